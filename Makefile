PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

.PHONY: install run test lint check bench messages lock

install: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Acervo needs Python 3.11 or newer; try make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: install
	@$(BIN)/acervo setup
	@$(BIN)/acervo serve --port $(PORT)

test: install
	@$(BIN)/python -m pytest -q -n auto --dist loadgroup -m 'not slow'
	@$(BIN)/python -m pytest -q -m slow

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

bench: install
	$(BIN)/python -m bench

messages: install
	$(BIN)/pybabel -q extract --ignore-dirs=".* var" -F babel.cfg -k _ -k N_ -k translate -k gettext -k lazy_gettext -k ngettext:1,2 --no-location --sort-output -o translations/messages.pot .
	$(BIN)/pybabel -q update -N -i translations/messages.pot -d translations -l es

lock: install
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-header --extra dev pyproject.toml -o requirements.lock
