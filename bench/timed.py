"""``python -m bench.timed import …``: a command of ``acervo``; the last line of its output says how long it took.

The clock starts when the interpreter and the application have: the floors' clocks do not count theirs either.
"""

from __future__ import annotations

import sys
import time

from app import cli, create_app
from web.locale import language


def main(command: str, *arguments: str) -> None:
    app = create_app()
    with app.app_context(), language("en"):
        began = time.perf_counter()
        try:
            cli.commands[command].main(list(arguments), prog_name=command, standalone_mode=False)
        except SystemExit as end:
            # A command that refuses its work is not to be taken for a quick one.
            if end.code:
                raise
        print(time.perf_counter() - began)


if __name__ == "__main__":
    main(*sys.argv[1:])
