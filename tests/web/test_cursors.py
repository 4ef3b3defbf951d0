from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import cursors

_VALUES = st.lists(
    st.one_of(st.text(max_size=40), st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False)),
    min_size=1,
    max_size=3,
)


@given(_VALUES)
def test_a_cursor_gives_back_what_was_put_in(values: list[object]):
    assert cursors.decode(cursors.encode(values), len(values)) == values


@given(_VALUES)
def test_a_cursor_needs_no_escaping_in_an_address(values: list[object]):
    assert set(cursors.encode(values)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.text(max_size=200))
def test_any_other_text_is_refused_or_is_a_list_of_that_length(text: str):
    with contextlib.suppress(cursors.BadCursor):
        assert len(cursors.decode(text, 2)) == 2


def pack(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "zz",
        "ñ",
        "A" * (cursors.LONGEST + 1),
        pack('{"a":1}'),
        pack("[]"),
        pack("[1]"),
        pack("[1,2,3]"),
        pack("[true,1]"),
        pack("[null,1]"),
        pack("[[1],1]"),
        pack("[" * 400),
        pack('["a",1]') + "*",
    ],
)
def test_a_broken_cursor_is_refused(text: str):
    with pytest.raises(cursors.BadCursor):
        cursors.decode(text, 2)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 23, r'"\ud800"'])
def test_what_no_list_is_sorted_by_is_refused(number: str):
    with pytest.raises(cursors.BadCursor):
        cursors.decode(pack(f'[{number},"a"]'), 2)
