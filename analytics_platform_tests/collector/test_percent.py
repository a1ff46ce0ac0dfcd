"""Decoding long forms says the same as the standard library, and costs little."""

import time
from urllib.parse import parse_qsl, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_platform.collector import percent

PIECES = st.lists(st.sampled_from(["%", "%4", "%41", "%c3%A9", "%zz", "%%41", "a", "+", "=", "&", "%00", "%ff", " "]))


@given(PIECES, st.integers(0, 3))
def test_a_long_text_is_decoded_as_the_standard_library_does(pieces: list[str], cut: int) -> None:
    text = ("".join(pieces).replace("&", "") + "%"[: cut % 2] + "4"[: cut // 2]).encode()
    long = b"x" * percent._SHORT + text
    assert percent.unquoted(long) == unquote_to_bytes(long)


@given(PIECES)
def test_long_pairs_are_those_of_the_standard_library(pieces: list[str]) -> None:
    text = "first=" + "y" * percent._SHORT + "&" + "".join(pieces)
    try:
        wanted = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=64)
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            percent.parse_pairs(text.encode())
    else:
        assert percent.parse_pairs(text.encode()) == wanted


def test_a_megabyte_of_percent_signs_costs_little() -> None:
    """It took 95 ms, five times in a second and the door stood still."""
    text = b"content=" + b"%41" * 340_000
    percent.parse_pairs(text)
    began = time.process_time()
    assert percent.parse_pairs(text) == [("content", "A" * 340_000)]
    assert time.process_time() - began < 0.04
