"""The declaration of what is watched: it says what it does not know, and every metric has one name."""

from pathlib import Path

import pytest

from analytics_platform.insights.errors import DeclarationRefused
from analytics_platform.insights.watched import watched


def test_the_packaged_declaration_is_of_all_sources_and_the_platform() -> None:
    found = watched()
    assert {origin.source for origin in found.origins} == {"xapi", "nocodb", "video", "telemetry", "platform"}
    assert len(found.metrics) > 35
    assert sum(metric.forecast for metric in found.metrics) >= 10


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- {mart: m, source: s, metrics: {a: {unit: count, valu: 1}}}", "valu means nothing"),
        ("- {mart: m, source: s, metrics: {a: {unit: count}}}", "give a value, or a part and a whole"),
        ("- {mart: m, source: s, metrics: {a: {unit: share, part: x}}}", "give a value, or a part and a whole"),
        ("- {mart: m, source: s, hours: x, metrics: {}}", "hours means nothing"),
        (
            "- {mart: m, source: s, metrics: {a: {unit: count, value: x}}}\n"
            "- {mart: n, source: s, metrics: {a: {unit: count, value: x}}}",
            "declares a twice",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "watched.yaml"
    file.write_text(text)
    with pytest.raises(DeclarationRefused, match=complaint):
        watched(file)
