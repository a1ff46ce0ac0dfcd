"""Training counts features by numbers, serving by names: both see the same of every text."""

from analytics_platform.enrichment.measuring.holdout import LANGUAGES, rows_of
from analytics_platform.enrichment.taxonomy import read_taxonomies
from analytics_platform.enrichment.texts.counting import count_features, count_pairs
from analytics_platform.enrichment.texts.features import Incidence, features_of, pairs_of
from analytics_platform.enrichment.texts.text_features import Reader


def assert_alike(texts: list[list[str]]) -> Incidence:
    same(Incidence.of([pairs_of(words) for words in texts]), count_pairs(texts))
    return same(Incidence.of([features_of(words) for words in texts]), count_features(texts))


def same(named: Incidence, counted: Incidence) -> Incidence:
    assert sorted(named.names) == sorted(counted.names)
    assert named.sizes.tolist() == counted.sizes.tolist()
    columns = [counted.names.index(name) for name in named.names]
    assert (named.ones != counted.ones[:, columns]).nnz == 0
    return counted


def test_texts_of_three_languages_have_the_same_features_either_way() -> None:
    reader = Reader(read_taxonomies())
    texts = [row["text"] for language in LANGUAGES for row in rows_of(f"{language}.csv")[:40]]
    found = assert_alike(reader.read(texts, ["th"] * len(texts)).words)
    assert len(found.names) > 1000
    assert max(found.sizes) > 100


def test_empty_texts_signs_and_words_that_look_like_borders() -> None:
    strange = [
        [],
        ["^"],
        ["^", "$"],
        ["."],
        ["...", ","],
        ["ก"],
        ["b", "ก", ".", "a", "?", "b", "a", "a"],
        ["ก", "a", "ข"],
    ]
    assert_alike(strange + strange)
    assert_alike([])
    assert_alike([["a"]])


def test_pairs_stand_near_each_other_in_either_order_with_words_between() -> None:
    assert pairs_of(["counted", "all", ",", "the", "pills"]) == {"s counted the", "s all pills", "s counted pills"}
    assert pairs_of(["pills", "are", "counted"]) == {"s counted pills"}
    assert pairs_of(["two", "words"]) == set()
