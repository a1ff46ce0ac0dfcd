"""Taxonomies are the team's: a changed file is a new version, a new label is learned, a wrong file is explained."""

from pathlib import Path

import pytest

from analytics_platform.enrichment.errors import TaxonomyError
from analytics_platform.enrichment.learning.examples import MODELLED, for_taxonomies, packaged_examples
from analytics_platform.enrichment.methods.local import LocalMethod
from analytics_platform.enrichment.taxonomy import PACKAGED, read_taxonomies, read_taxonomy

LANGUAGES = ("en", "th", "id")


def test_each_label_has_at_least_seventy_written_texts_per_language() -> None:
    examples = packaged_examples()
    for task in MODELLED:
        for name in read_taxonomies()[task].names:
            for language in LANGUAGES:
                texts = {e.text for e in examples if e.labels.get(task) == name and e.language == language}
                assert len(texts) >= 70, (task, name, language, len(texts))


def test_every_packaged_label_has_a_description_and_examples() -> None:
    for taxonomy in read_taxonomies().values():
        for label in taxonomy.labels.values():
            assert label.description
            assert set(label.examples) >= set(LANGUAGES)


def test_a_changed_file_is_a_new_version_and_another_model(tmp_path: Path) -> None:
    before = read_taxonomies()
    (tmp_path / "topics.yaml").write_text((PACKAGED / "topics.yaml").read_text("utf-8") + "# reviewed\n", "utf-8")
    after = read_taxonomies(tmp_path)
    assert after["topic"].version != before["topic"].version
    assert after["intent"].version == before["intent"].version
    assert LocalMethod(after).version != LocalMethod(before).version


def test_removed_labels_lose_their_texts_and_new_ones_bring_theirs(tmp_path: Path) -> None:
    (tmp_path / "topics.yaml").write_text(
        "task: topic\nlabels:\n"
        "  pricing: {description: Money}\n"
        "  canteen: {description: Food at work, examples: {en: [what is for lunch, the soup was cold]}}\n",
        "utf-8",
    )
    fitting = for_taxonomies(packaged_examples(), read_taxonomies(tmp_path))
    assert {e.labels["topic"] for e in fitting if "topic" in e.labels} == {"pricing", "canteen", "none"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- a\n", "needs the keys task and labels"),
        ("task: topic\nlabels: {a: {description: x}}\n", "at least two labels"),
        ("task: topic\nlabels: {a: {description: x}, b: {}}\n", "label b needs a description"),
        ("task: topic\nunknown_below: 7\nlabels: {a: {description: x}, b: {description: y}}\n", "from 0 to 1"),
        ("task: [\n", "is not YAML"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "topics.yaml"
    file.write_text(content)
    with pytest.raises(TaxonomyError, match=message):
        read_taxonomy(file)
