"""``anomalies confirm``, ``dismiss``, ``cause`` and checks: what people and sources say, kept in files and used."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from analytics_platform.cli import app
from analytics_platform.errors import PlatformError
from analytics_platform.insights.feedback import Verdict
from analytics_platform.insights.records import read_feedback

START = np.datetime64("2026-01-01T00:00:00")


def run(*words: str | Path) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def stamp(row: int) -> str:
    return f"{START + np.timedelta64(row, 'h')}Z"


def write(path: Path, head: str, lines: list[str]) -> Path:
    path.write_text("\n".join([head, *lines]) + "\n")
    return path


@pytest.fixture
def weekly(tmp_path: Path) -> Path:
    """Bumps of one size at rows 400, 700 and 1000 of a wave."""
    rng = np.random.default_rng(0)
    values = 100 + 20 * np.sin(np.arange(1400) * np.pi / 12) + rng.normal(size=1400)
    for row in (400, 700, 1000):
        values[row : row + 3] += 9
    return write(tmp_path / "wave.csv", "timestamp,value", [f"{stamp(row)},{values[row]:.4f}" for row in range(1400)])


def incident_at(row: int, told: str) -> dict[str, str] | None:
    """The incident that opens in a bump of three rows."""
    opened = {stamp(row + step) for step in range(3)}
    return next((each for each in json.loads(told)["incidents"] if each["from"] in opened), None)


def test_a_dismissed_incident_does_not_come_again_and_a_confirmed_one_does(weekly: Path, tmp_path: Path) -> None:
    assert incident_at(1000, run("anomalies", "score", weekly, "--json"))
    for verdict, again in (("dismiss", False), ("confirm", True)):
        said = tmp_path / "said" / f"{verdict}.csv"
        for row in (400, 700):
            span = ("--from", stamp(row), "--to", stamp(row + 2), "--given", stamp(row + 10))
            told = run("anomalies", verdict, said, *span)
        assert "now holds 2" in told
        found = run("anomalies", "score", weekly, "--json", "--feedback", said)
        assert bool(incident_at(1000, found)) is again
        assert incident_at(400, found)  # what was said later does not change it


def test_what_was_said_now_does_not_change_the_past(weekly: Path, tmp_path: Path) -> None:
    said = tmp_path / "said.csv"
    run("anomalies", "dismiss", said, "--from", stamp(400))
    (held,) = read_feedback(said)
    assert (held.series, held.verdict, held.last) == ("", Verdict.dismissed, held.first)
    plain, told = (run("anomalies", "score", weekly, "--csv", *more) for more in ((), ("--feedback", said)))
    assert plain == told


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("series,from,to,verdict\n", "has no column given; it needs series,from,to,verdict,given"),
        ("series,from,to,verdict,given\n,2026-01-01,2026-01-02,maybe,2026-01-03\n", "line 2: 'maybe' is no verdict"),
        ("series,from,to,verdict,given\n,then,2026-01-02,dismissed,2026-01-03\n", "line 2: 'then' is no time"),
    ],
)
def test_a_wrong_feedback_file_is_told_and_not_written_to(
    content: str, words: str, weekly: Path, tmp_path: Path
) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(content)
    for command in (("score", weekly, "--feedback", path), ("confirm", path, "--from", "2026-01-01")):
        with pytest.raises(PlatformError, match=words):
            run("anomalies", *command)
    assert path.read_text() == content


def test_an_incident_that_ends_before_it_starts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match="--to 2026-01-01 is before --from 2026-01-02"):
        run("anomalies", "confirm", tmp_path / "f.csv", "--from", "2026-01-02", "--to", "2026-01-01")


def test_an_incident_while_a_check_is_red_is_a_data_gap(weekly: Path, tmp_path: Path) -> None:
    failed = [f"xapi,ledger_balances,{stamp(390)},{stamp(401)}", f"video,fresh,{stamp(0)},"]
    checks = write(tmp_path / "checks.csv", "source,check,from,to", failed)
    words = ("anomalies", "score", weekly, "--checks", checks, "--source", "xapi")
    told = run(*words, "--json")
    early, late = incident_at(400, told), incident_at(700, told)
    assert early is not None
    assert late is not None
    assert (early["nature"], early["failed_checks"]) == ("data gap", ["ledger_balances"])
    assert (late["nature"], late["failed_checks"]) == ("behaviour", [])
    assert "data gap: ledger_balances" in run(*words)
    rows = list(csv.DictReader(io.StringIO(run(*words, "--csv"))))
    assert [rows[row]["nature"] for row in (399, 402, 702)] == ["", "data gap", "behaviour"]
    still = run("anomalies", "score", weekly, "--checks", checks, "--source", "video", "--json")
    assert {each["nature"] for each in json.loads(still)["incidents"]} == {"data gap"}


def test_checks_find_their_series_by_name(weekly: Path, tmp_path: Path) -> None:
    lines = [f"{name},{line}" for name in ("xapi", "video") for line in weekly.read_text().splitlines()[1:]]
    two = write(tmp_path / "two.csv", "series,timestamp,value", lines)
    checks = write(tmp_path / "checks.csv", "source,check,from,to", [f"video,fresh,{stamp(0)},"])
    told = json.loads(run("anomalies", "score", two, "--checks", checks, "--json"))["incidents"]
    assert {(each["series"], each["nature"]) for each in told} == {("xapi", "behaviour"), ("video", "data gap")}


@pytest.fixture
def traffic(tmp_path: Path) -> Path:
    """Requests and errors by country and device; Indonesia's phones fail on the last day but one."""
    rng = np.random.default_rng(1)
    lines = []
    for row in range(60 * 24):
        for country, size in (("th", 900), ("id", 300), ("de", 60)):
            for device, part in (("phone", 0.7), ("desk", 0.3)):
                asked = int(rng.poisson(size * part * (1.2 + np.sin(row * np.pi / 12))))
                bad = 0.4 if country == "id" and device == "phone" and 1400 <= row < 1404 else 0.02
                lines.append(f"{stamp(row)},{country},{device},{asked},{rng.binomial(asked, bad)}")
    return write(tmp_path / "traffic.csv", "timestamp,country,device,requests,errors", lines)


def test_the_members_that_explain_a_deviation_are_named_with_their_share(traffic: Path) -> None:
    words = ("anomalies", "cause", traffic, "--value", "errors", "--by", "country", "--by", "device")
    country, device = json.loads(run(*words, "--json"))
    assert (country["from"], country["period"]) == (stamp(1400), 24)  # the last incident of the sum, without --from
    assert country["main"] == ["id"]
    assert device["main"] == ["phone"]
    assert sum(member["share"] for member in country["members"]) == pytest.approx(1.0, abs=1e-4)
    assert country["members"][0]["share"] > 0.8
    assert "* id" in run(*words)


def test_a_rate_is_explained_by_errors_over_the_expected_rate(traffic: Path) -> None:
    span = ("--from", stamp(1400), "--to", stamp(1403))
    words = ("anomalies", "cause", traffic, "--value", "errors", "--of", "requests", "--by", "country", *span)
    (country,) = json.loads(run(*words, "--json"))
    assert country["main"] == ["id"]
    assert all(abs(member["share"]) < 0.1 for member in country["members"] if member["member"] != "id")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--by", "planet"), "has no column planet; it has timestamp, country, device, requests, errors"),
        (("--by", "country", "--from", "2020-01-01"), "no row between --from and --to"),
        (("--by", "country", "--from", "2026-01-01T03:00:00Z"), "3 rows before the incident are too few"),
        (("--by", "country", "--from", "noon"), "--from: 'noon' is no time"),
    ],
)
def test_what_cannot_be_explained_says_why(words: tuple[str, ...], told: str, traffic: Path) -> None:
    with pytest.raises(PlatformError, match=told):
        run("anomalies", "cause", traffic, "--value", "errors", *words)


def test_a_calm_file_has_nothing_to_explain(tmp_path: Path) -> None:
    calm = write(tmp_path / "calm.csv", "timestamp,value,kind", [f"{stamp(row)},5,a" for row in range(100)])
    with pytest.raises(PlatformError, match="has no incident"):
        run("anomalies", "cause", calm, "--by", "kind")


@pytest.mark.parametrize("command", ["score", "confirm", "dismiss", "cause"])
def test_help_reads_well(command: str) -> None:
    assert "Usage" in run("anomalies", command, "--help")


@pytest.mark.parametrize(
    "words",
    [
        ("score", "f.csv", "--csv", "--json"),
        ("score", "f.csv", "--source", "xapi"),
        ("cause", "f.csv", "--by", "a", "--to", "x"),
    ],
)
def test_options_that_do_not_go_together_are_refused(words: tuple[str, ...]) -> None:
    assert CliRunner().invoke(app, ["anomalies", *words]).exit_code == 2
