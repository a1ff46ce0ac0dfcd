"""The second reading: everyday phrases become words that Seven knows; names and quotes stay."""

from collections.abc import Mapping, Sequence

import pytest

from analytics_platform.serving.seven.plainly import in_plain_words, thesaurus


def rows(source: str) -> Sequence[Mapping[str, object]]:
    return [{"lesson_id": "l1", "lesson_name": "The movie night"}] if source == "lessons" else []


def test_a_phrase_becomes_a_known_word() -> None:
    assert in_plain_words("Which film has the most views?", rows) == "which video has the most views"


def test_names_and_quotes_stay() -> None:
    assert in_plain_words("who finished The Movie Night", rows).endswith("the movie night")
    assert '"movie"' in in_plain_words('answers that mention "movie"', rows)


@pytest.mark.parametrize("language", ["en", "id", "th"])
def test_each_language_has_its_phrases(language: str) -> None:
    said = thesaurus(language)
    assert len(said) > 1000
    assert all(phrase.strip() for phrase in said)


def test_no_english_phrase_stands_for_itself() -> None:
    assert [phrase for phrase, plain in thesaurus("en").items() if phrase == plain] == []
