"""Reading a text: normalising, cutting three scripts into words, languages, feeling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_platform.enrichment.texts.language import identify
from analytics_platform.enrichment.texts.lexicon import feel, packaged
from analytics_platform.enrichment.texts.spelling import respell
from analytics_platform.enrichment.texts.text import Words, normalise


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    normal = normalise(text)
    assert "  " not in normal
    Words({"ดีมาก"}).of(normal)
    ((language, sure),) = identify([text])
    assert language
    assert 0 <= sure <= 1


def test_links_names_numbers_and_stretched_letters_become_signs() -> None:
    assert normalise("Sooooo goood @ann https://x.org/1 12.50 hahaha") == "soo good <name> <link> 0 <laugh>"


def test_sara_am_is_one_sign_however_it_was_typed() -> None:
    assert normalise("น\u0e4d\u0e32") == normalise("น\u0e33")


def test_thai_is_cut_by_the_longest_known_words() -> None:
    words = Words({"ไม่", "ไม่ชอบ", "บท", "บทเรียน", "นี้"})
    assert words.of("ไม่ชอบบทเรียนนี้ app") == ["ไม่ชอบ", "บทเรียน", "นี้", "app"]


def test_colloquial_spellings_stand_for_their_words() -> None:
    assert respell(["gak", "bgs", "bgt"], "id") == ["tidak", "bagus", "banget"]
    assert respell(["มั้ย"], "th") == ["ไหม"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hi", "en"),
        ("sawasdee krub", "th"),
        ("bahut accha app hai", "hi"),
        ("khong dang nhap duoc", "vi"),
        ("schlechte app", "de"),
        ("bellissima app", "it"),
        ("me encanta", "es"),
        ("halo kak", "id"),
        ("bgs bgt aplikasinya", "id"),
        ("ดีมาก app นี้", "th"),
        ("nak beli kereta baru tapi tak boleh", "ms"),
        ("hola, no puedo entrar en mi cuenta, gracias", "es"),
        ("это очень хорошо", "ru"),
        ("とても良い", "ja"),
        ("12345 😀", "unknown"),
    ],
)
def test_the_language_of_short_texts(text: str, language: str) -> None:
    assert identify([text])[0][0] == language


@pytest.mark.parametrize(
    ("words", "language", "sign"),
    [
        (["not", "good"], "en", -1),
        (["very", "good"], "en", 1),
        (["tidak", "bagus"], "id", -1),
        (["ไม่", "สนุก"], "th", -1),
        (["good", "morning"], "en", 0),
        (["👍"], "emoji", 1),
    ],
)
def test_feeling_minds_negation_and_greetings(words: list[str], language: str, sign: int) -> None:
    net = feel(words, packaged(language)).amounts[0]
    assert (net > 0) - (net < 0) == sign
