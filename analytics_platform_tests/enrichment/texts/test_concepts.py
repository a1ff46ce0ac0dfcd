"""Concepts of texts: other wordings, and other languages, of one thing have the same."""

from pathlib import Path

import pytest

from analytics_platform.enrichment.errors import TaxonomyError
from analytics_platform.enrichment.texts.concepts import Concepts, packaged_concepts, read_concepts

SOME = Concepts(
    [
        ("pills", "en", "tablet*"),
        ("count", "en", "how many"),
        ("me", "en", "i"),
        ("save", "id", "simpan*"),
        ("pills", "th", "ยา"),
        ("save", "th", "เก็บ"),
    ]
)


def test_concepts_and_their_pairs_with_and_without_order() -> None:
    assert SOME.features_of(["i", "know", "how", "many", "tablets", "."], "en") == {
        *("me", "count", "pills"),
        *("me > count", "me > pills", "count > pills"),
        *("count & me", "me & pills", "count & pills"),
    }


def test_what_is_far_apart_is_told_apart() -> None:
    words = ["tablets", *["and"] * 10, "i"]
    assert SOME.features_of(words, "en") == {"pills", "me"}
    assert SOME.features_of(words[1:2] + words[:1] + words[3:], "en") >= {"pills > me"}


@pytest.mark.parametrize("word", ["simpan", "menyimpan", "kusimpan", "disimpannya", "simpanan"])
def test_an_indonesian_word_is_found_within_what_stands_before_and_after(word: str) -> None:
    assert SOME.features_of([word], "id") == {"save"}


def test_thai_is_found_within_a_text_without_spaces() -> None:
    assert SOME.features_of(["ฉันเก็บ", "ยาไว้"], "th") == {"save", "pills", "save > pills", "pills & save"}


def test_three_languages_have_the_packaged_concepts_of_one_sentence() -> None:
    said = {
        "en": ["i", "counted", "the", "pills", "again"],
        "id": ["obatnya", "kuhitung", "lagi"],
        "th": ["นับยาอีกแล้ว"],
    }
    for language, words in said.items():
        assert {"count", "pills", "often"} <= packaged_concepts().features_of(words, language), language


def test_words_without_a_concept_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "concepts.txt"
    file.write_text("en: tablet\n[pills]\nen: pill\n", "utf-8")
    with pytest.raises(TaxonomyError, match=r"concepts\.txt:1"):
        read_concepts(file)
