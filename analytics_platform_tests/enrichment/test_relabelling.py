"""The past labelled anew: what changed is told, a second time nothing, and wrong days are named."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from analytics_platform import settings as settings_module
from analytics_platform.cli import app
from analytics_platform.enrichment import relabelling
from analytics_platform.enrichment.chats.chat_labeller import ChatLabeller, label_chats
from analytics_platform.enrichment.errors import EnrichmentError
from analytics_platform.enrichment.methods.engine import Engine
from analytics_platform.enrichment.relabelling import relabel
from analytics_platform.lake.lake import Lake
from analytics_platform.settings import Settings
from analytics_platform_tests.enrichment.chats.test_chats import Scripted, message, put
from analytics_platform_tests.lines import DAY


class Newer(Scripted):
    """The same, but that everything good is called mixed."""

    def _label(self, text: str, task: str) -> Any:
        label = super()._label(text, task)
        return label if label.label != "positive" else type(label)(task, "mixed", 0.8, "llm", "v", ("mixed",))


@pytest.fixture
def labelled(lake: Lake, settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Newer:
    """A day labelled by v1; now v2 labels."""
    put(lake, message("a", "good a"), message("b", "bad b"), message("c", "good a"))
    label_chats(settings, [DAY], ChatLabeller(Engine(method=Scripted(), rules=engine.rules), "v1"))
    newer = Newer()
    now = ChatLabeller(Engine(method=newer, rules=engine.rules), "v2")
    monkeypatch.setattr(relabelling, "open_chat_labeller", lambda _settings: now)
    monkeypatch.setattr(settings_module, "load", lambda: settings)
    return newer


def test_what_changed_between_versions(settings: Settings, labelled: Newer) -> None:
    (chats,) = relabel(settings, DAY, what=["chats"])
    assert (chats.days, chats.rows, chats.other_version) == ([DAY], 3, 3)
    assert chats.changes["sentiment"] == Counter({("positive", "mixed"): 2})
    assert not chats.changes["topic"]
    assert [version.split()[0] for version in chats.versions] == ["v1"]
    assert sorted(labelled.asked) == ["bad b", "good a"]
    (again,) = relabel(settings, DAY, what=["chats"])
    assert (again.other_version, again.changes["sentiment"]) == (0, Counter())
    assert len(labelled.asked) == 2


def test_the_command(settings: Settings, labelled: Newer) -> None:
    words = ["labels", "relabel", "--since", str(DAY), "--only", "chats"]
    said = CliRunner().invoke(app, words, catch_exceptions=False).output
    assert "chats: 3 labelled on 1 days, 3 of another version" in said
    assert "2 × positive → mixed" in said
    assert "nothing changed" in CliRunner().invoke(app, words, catch_exceptions=False).output


@pytest.mark.parametrize(("since", "until"), [(date(2999, 1, 1), None), (DAY, DAY - timedelta(days=1))])
def test_wrong_days_are_named(settings: Settings, since: date, until: date | None) -> None:
    with pytest.raises(EnrichmentError, match="nothing to label from"):
        relabel(settings, since, until)


def test_days_without_texts_are_named(settings: Settings) -> None:
    with pytest.raises(EnrichmentError, match="holds chats or answers"):
        relabel(settings, DAY, DAY)
