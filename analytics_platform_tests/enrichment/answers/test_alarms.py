"""Alarms: rules and cohorts' words on a day's answers, each once, and new words that scan the past."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analytics_platform import settings as settings_module
from analytics_platform.cli import app
from analytics_platform.enrichment.answers.answer_labeller import Labeller, label_days
from analytics_platform.enrichment.answers.rescanning import changed_rules, rescan
from analytics_platform.enrichment.errors import TaxonomyError
from analytics_platform.enrichment.methods.engine import Engine
from analytics_platform.lake.lake import Lake
from analytics_platform.settings import Settings
from analytics_platform_tests.enrichment.answers.test_answers import answer, labels, put
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, land

pytestmark = pytest.mark.slow

HEAD = "cohort,word,tier,from_date,until_date\n"
LATER = NOON + timedelta(days=10)


@pytest.fixture(scope="module")
def labeller(engine: Engine) -> Labeller:
    return Labeller(engine)


@pytest.fixture
def watching(settings: Settings, tmp_path: Path) -> Settings:
    (tmp_path / "words.csv").write_text(HEAD)
    return settings.model_copy(update={"safety_words_file": str(tmp_path / "words.csv")})


def watch(settings: Settings, *lines: str) -> None:
    Path(settings.safety_words_file).write_text(HEAD + "".join(line + "\n" for line in lines))


def alarms(lake: Lake, *days: date) -> list[tuple[str, str, str, str | None]]:
    return labels(lake, "labels/safety", "answer_id, rule, tier, cohort", *days)  # type: ignore[return-value]


def test_rules_fire_and_metaphors_do_not(lake: Lake, settings: Settings, labeller: Labeller) -> None:
    put(
        lake,
        answer("a", "Some days I want to end it"),
        answer("b", "This assignment is killing me"),
        answer("c", "My husband hits me, and I feel hopeless"),
    )
    label_days(settings, [DAY], labeller, NOON)
    assert [(id, tier) for id, _, tier, _ in alarms(lake)] == [("a", "critical"), ("c", "high"), ("c", "medium")]
    ids = labels(lake, "labels/safety", "firing_id, answer_id, fired_at, words, version like 'safety-%'")
    assert len({row[0] for row in ids}) == 3
    assert {row[2] for row in ids} == {NOON}
    assert all(row[3] and row[4] for row in ids)


def test_words_are_of_their_cohort_and_in_force_between_their_dates(
    lake: Lake, watching: Settings, labeller: Labeller
) -> None:
    put(lake, answer("a", "The bridge was icy. Not a bottle in sight, only Vodka and whiskey."))
    watch(
        watching,
        "North / Hill,bridge,high,2026-03-01,",
        ",vodka,medium,2026-03-01,",
        "South,whiskey,high,2026-03-01,2026-03-09",  # no longer on the day of the answer
        "South,icy,high,2026-12-01,",  # not yet
        "South,bottle,high,2026-03-01,",  # negated
        "South,bridges,high,2026-03-01,",  # another word
    )
    label_days(watching, [DAY], labeller, NOON)
    assert alarms(lake) == [
        ("a", "word:North / Hill:bridge", "high", "North / Hill"),
        ("a", "word:all:vodka", "medium", None),
    ]


def test_a_new_word_scans_the_past_once_and_what_has_fired_stays(
    lake: Lake, watching: Settings, labeller: Labeller
) -> None:
    next_day = DAY + timedelta(days=1)
    put(lake, answer("a", "I want to end my life near the bridge"))
    at = f"{next_day}T09:00:00Z"
    land(lake, "xapi/statements", answer("b", "A walk over the bridge", timestamp=at), answer("c", "Tea", timestamp=at),
         at=NOON + timedelta(days=2))  # fmt: skip
    lake.build(STATEMENTS, [next_day])
    days = [DAY, next_day]
    label_days(watching, days, labeller, NOON)
    assert changed_rules(watching, DAY) == {}
    before = labels(lake, "labels/safety", "*", *days)

    watch(watching, "North,bridge,high,2026-03-20,")
    assert changed_rules(watching, DAY) == {}  # from 20 March on
    assert set(changed_rules(watching, LATER.date())) == {"word:North:bridge"}
    found = rescan(watching, LATER)
    assert (found.rules, found.days) == (("word:North:bridge",), tuple(days))
    assert [id for id, rule, _, _ in alarms(lake, *days) if rule == "word:North:bridge"] == ["a", "b"]
    times = dict(labels(lake, "labels/safety", "rule, fired_at", *days))
    assert times["word:North:bridge"] == LATER
    assert set(before) <= set(labels(lake, "labels/safety", "*", *days))

    assert rescan(watching, LATER + timedelta(days=1)).rules == ()
    stored = labels(lake, "labels/safety", "*", *days)
    label_days(watching, days, labeller, LATER + timedelta(days=2))
    assert labels(lake, "labels/safety", "*", *days) == stored


def test_a_word_that_changes_its_tier_or_goes_is_followed(lake: Lake, watching: Settings, labeller: Labeller) -> None:
    put(lake, answer("a", "The bridge"))
    watch(watching, "North,bridge,medium,2026-03-01,")
    label_days(watching, [DAY], labeller, NOON)
    watch(watching, "North,bridge,critical,2026-03-01,")
    assert rescan(watching, LATER).days == (DAY,)
    assert [tier for _, _, tier, _ in alarms(lake)] == ["critical"]
    assert labels(lake, "labels/safety", "fired_at") == [(NOON,)]
    watch(watching)
    assert rescan(watching, LATER).days == (DAY,)
    assert alarms(lake) == []


def test_a_missing_words_file_is_an_error_with_words(settings: Settings, labeller: Labeller) -> None:
    wrong = settings.model_copy(update={"safety_words_file": "gone.csv"})
    with pytest.raises(TaxonomyError, match=r"SAFETY_WORDS_FILE names gone\.csv"):
        label_days(wrong, [DAY], labeller)


def test_the_command_says_what_it_scanned(
    lake: Lake, watching: Settings, labeller: Labeller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_module, "load", lambda: watching)
    put(lake, answer("a", "The bridge"))
    label_days(watching, [DAY], labeller, NOON)
    watch(watching, "North,bridge,high,2026-03-01,")
    first, again = (CliRunner().invoke(app, ["labels", "rescan"], catch_exceptions=False).output for _ in range(2))
    assert "word:North:bridge" in first
    assert "1 days, 2026-03-10 to 2026-03-10" in first
    assert "No rule or word is new" in again
