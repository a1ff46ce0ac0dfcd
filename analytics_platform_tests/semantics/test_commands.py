"""analytics-platform metrics query: nothing that was asked is left out in silence, and no data reads NULL."""

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from analytics_platform import settings as settings_module
from analytics_platform.semantics.commands import metrics, printed
from analytics_platform.semantics.errors import WrongQuestion
from analytics_platform.settings import Settings


@pytest.fixture(autouse=True)
def _here(seven: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_module, "load", lambda: seven)


def asked(*words: str) -> str:
    result = CliRunner().invoke(metrics, ["query", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_name_of_both_kinds_is_the_metric_where_it_is_grouped() -> None:
    assert asked("completions", "--by", "lesson").split()[:2] == ["lesson", "completions"]
    assert "person_id" in asked("completions").split()


@pytest.mark.parametrize("words", [("--by", "cohort"), ("--grain", "week"), ("--start", "2026-03-01")])
def test_a_named_query_refuses_what_it_does_not_know(words: tuple[str, str]) -> None:
    with pytest.raises(WrongQuestion, match=rf"lessons is a named query, and it has no {words[0]}.*show lessons"):
        asked("lessons", *words)


def test_days_are_parameters_of_a_named_query_that_has_them() -> None:
    everything, none = (asked("responses", *words) for words in ((), ("--start", "2030-01-01")))
    assert "0 rows of" in none
    assert "0 rows of" not in everything


def test_no_data_reads_null_and_an_empty_cell_in_csv() -> None:
    table = pa.table([pa.array([1, None]), pa.array([None, 2.5]), pa.array(["x", None])], names=["a", "a", "b"])
    assert [line.split() for line in printed(table, csv=False).splitlines()] == [
        ["a", "a", "b"],
        ["1", "NULL", "x"],
        ["NULL", "2.5", "NULL"],
    ]
    assert printed(table, csv=True).splitlines() == ["a,a,b", "1,,x", ",2.5,"]
