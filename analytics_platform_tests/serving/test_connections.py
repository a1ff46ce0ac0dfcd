"""Tableau and Power BI against doubles that are scripted after their interfaces: what is sent, refused, and told."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from analytics_platform.defs.connections import due
from analytics_platform.errors import SettingsError
from analytics_platform.serving.exports import powerbi
from analytics_platform.serving.exports.connections import FILE, Tableau, connections
from analytics_platform.serving.exports.refreshing import health, refresh
from analytics_platform.settings import Settings
from analytics_platform_tests.loopback import served
from analytics_platform_tests.semantics.organisation import marts
from analytics_platform_tests.semantics.snapshot import put

SECRET = "a-secret-of-the-test"
Answer = tuple[int, bytes, dict[str, str]]


@dataclass
class Double:
    """What was asked, in order, and a function that answers."""

    answer: Callable[[str, str, bytes], Answer]
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    url: str = ""


@contextmanager
def scripted(answer: Callable[[str, str, bytes], Answer]) -> Iterator[Double]:
    double = Double(answer)

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            double.asked.append((self.command, self.path, body))
            status, found, headers = double.answer(self.command, self.path, body)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(found)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(found)

        def log_message(self, *_arguments: Any) -> None: ...

    for method in ("GET", "POST", "PUT", "DELETE"):
        setattr(Handler, f"do_{method}", Handler._any)
    with served(Handler) as double.url:
        yield double


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(platform_home=tmp_path_factory.mktemp("bi") / "home", _env_file=None)
    put(settings, **marts())
    (settings.home / "secret").write_text(SECRET + "\n")
    return settings


def write(settings: Settings, *lines: dict[str, Any]) -> None:
    (settings.home / FILE).write_text(json.dumps(list(lines)))


def power_bi(settings: Settings, url: str, **more: Any) -> dict[str, Any]:
    return {
        "name": "office", "kind": "powerbi", "every": "hour", "role": "analyst", "workspace": "w 1",
        "dataset": "Learning",
        "tables": [{"name": "lessons"}, {"name": "answers", "group_by": ["cohort"], "called": "answers_by_cohort"}],
        "tenant": "t", "client_id": "c", "secret_file": str(settings.home / "secret"), "authority": url, "api": url,
        "refresh": ["imported"],
    } | more  # fmt: skip


class Office:
    """Power BI with one push dataset, which is there or not; it refuses for its rate once."""

    def __init__(self, datasets: list[dict[str, str]]) -> None:
        self.datasets, self.rows, self.refused = datasets, dict[str, list[Any]](), False

    def __call__(self, method: str, path: str, body: bytes) -> Answer:
        if path == "/t/oauth2/v2.0/token":
            return (200, b'{"access_token": "x"}', {}) if SECRET.encode() in body else (401, b'{"error": "no"}', {})
        assert path.startswith("/v1.0/myorg/groups/w%201/datasets"), path
        if path.endswith("/datasets"):
            return 200, json.dumps({"value": self.datasets}).encode(), {}
        if path.endswith("/rows"):
            table = path.split("/")[-2]
            if method == "DELETE":
                self.rows[table] = []
            elif not self.refused:
                self.refused = True
                return 429, b"", {"Retry-After": "0"}
            else:
                self.rows[table] += json.loads(body)["rows"]
            return 200, b"", {}
        if method == "POST" and "defaultRetentionPolicy" in path:
            self.datasets.append({"id": "d1", "name": json.loads(body)["name"]})
            return 201, b'{"id": "d1"}', {}
        return (202 if path.endswith("/refreshes") else 200), b"", {}


def test_power_bi_holds_the_rows_of_the_snapshot(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(powerbi, "MOST_ROWS", 1)  # each row a request
    office = Office([])
    with scripted(office) as double:
        write(home, power_bi(home, double.url))
        [one] = connections(home)
        for _ in range(2):  # the second time the dataset is there, and rows are replaced
            state = refresh(home, one)
            assert (state.error, state.rows) == (None, 4)
            assert [row["lesson_name"] for row in office.rows["lessons"]] == ["Sleep", "Focus"]
            assert {row["cohort"]: row["answers"] for row in office.rows["answers_by_cohort"]} == {
                "North / Harbour": 10, "North / Hill": 2
            }  # fmt: skip
        made = [body for method, path, body in double.asked if "defaultRetentionPolicy" in path]
        assert len(made) == 1
        kinds = {c["name"]: c["dataType"] for t in json.loads(made[0])["tables"] for c in t["columns"]}
        assert (kinds["lesson_name"], kinds["people_started"], kinds["completion_rate"]) == (
            "string",
            "Int64",
            "Double",
        )
        assert [m for m, path, _ in double.asked if path.endswith("datasets/imported/refreshes")] == ["POST", "POST"]
    assert health(home)["office"].succeeded_at == state.tried_at


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_failure_is_told_with_the_last_success_and_without_secrets(status: int, home: Settings) -> None:
    with scripted(Office([])) as double:
        write(home, power_bi(home, double.url))
        good = refresh(home, connections(home)[0])
        double.answer = lambda *_: (status, f'{{"error": "{SECRET}"}}'.encode() if status == 500 else b"{}", {})
        bad = refresh(home, connections(home)[0])
    assert bad.error is not None
    assert str(status) in bad.error
    assert (bad.succeeded_at, health(home)["office"]) == (good.succeeded_at, bad)
    gone = refresh(home, connections(home)[0])  # nobody listens there any more
    assert "could not be reached" in str(gone.error)


def test_a_viewers_connection_sees_no_people(home: Settings) -> None:
    with scripted(Office([])) as double:
        write(home, power_bi(home, double.url, role="viewer", tables=[{"name": "at_risk"}]))
        assert "shows people" in str(refresh(home, connections(home)[0]).error)
        assert not [path for _, path, _ in double.asked if path.endswith("/rows")]


def test_a_connection_is_due_by_its_hour(home: Settings) -> None:
    write(home, power_bi(home, "http://127.0.0.1:9"), power_bi(home, "http://x", name="nightly", every="day"))
    request = due(home, datetime(2026, 3, 3, 3, 20, tzinfo=UTC))
    assert request.run_config["ops"]["exports__connections"]["config"]["names"] == ["office", "nightly"]  # type: ignore[union-attr]
    request = due(home, datetime(2026, 3, 3, 4, 20, tzinfo=UTC))
    assert request.run_config["ops"]["exports__connections"]["config"]["names"] == ["office"]  # type: ignore[union-attr]
    write(home, power_bi(home, "http://x", every="week"))
    assert not hasattr(due(home, datetime(2026, 3, 3, 3, 20, tzinfo=UTC)), "run_config")
    write(home, power_bi(home, "http://x", every="fortnight"))
    with pytest.raises(SettingsError, match=r"connection 1: powerbi.every"):
        connections(home)


XML = 'xmlns="http://tableau.com/api" version="3.19"'


def tableau_server(projects: tuple[str, ...]) -> Callable[[str, str, bytes], Answer]:
    """https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref.htm, as far as the client uses it."""
    listed = "".join(f'<project id="p{n}" name="{name}"/>' for n, name in enumerate(projects))

    def answer(method: str, path: str, body: bytes) -> Answer:
        if path.endswith("/auth/signin"):
            if SECRET.encode() not in body:
                error = '<error code="401001"><summary>Signin Error</summary><detail>no such token</detail></error>'
                return 401, f"<tsResponse {XML}>{error}</tsResponse>".encode(), {}
            found = '<credentials token="k"><site id="s" contentUrl="learning"/><user id="u"/></credentials>'
        elif "/projects" in path:
            found = f'<pagination pageNumber="1" pageSize="100" totalAvailable="{len(projects)}"/>'
            found += f"<projects>{listed}</projects>"
        elif "/datasources" in path:
            found = '<datasource id="d" name="management"><project id="p1" name="Learning"/></datasource>'
        else:
            found = ""
        return 200, f"<tsResponse {XML}>{found}</tsResponse>".encode(), {"Content-Type": "application/xml"}

    return answer


def tableau(settings: Settings, url: str) -> dict[str, Any]:
    return {
        "name": "management", "kind": "tableau", "tables": [{"name": "lessons"}], "role": "analyst", "server": url,
        "site": "learning", "project": "Learning", "token_name": "platform",
        "token_file": str(settings.home / "secret"),
    }  # fmt: skip


@contextmanager
def opened(hyper: Any, file: Path) -> Iterator[Any]:
    """The file as Tableau's own engine reads it."""
    quiet = hyper.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU
    with (
        hyper.HyperProcess(quiet, parameters={"log_dir": str(file.parent)}) as process,
        hyper.Connection(process.endpoint, file) as connection,
    ):
        yield connection


def test_tableau_gets_a_file_that_hyper_reads(home: Settings, tmp_path: Path) -> None:
    hyper = pytest.importorskip("tableauhyperapi", reason="needs the extra tableau")
    with scripted(tableau_server(("Other", "Learning"))) as double:
        write(home, tableau(home, double.url))
        [one] = connections(home)
        assert isinstance(one, Tableau)
        state = refresh(home, one)
        assert (state.error, state.rows) == (None, 2)
        double.answer = tableau_server(("Other",))
        assert "no project 'Learning'" in str(refresh(home, one).error)
        (home.home / "secret").write_text("another")
        assert "no such token" in str(refresh(home, one).error)
        (home.home / "secret").write_text(SECRET + "\n")
    [(path, body)] = [(path, body) for method, path, body in double.asked if "/datasources" in path]
    assert "overwrite=true" in path.lower()
    start = body.index(b"\r\n\r\n", body.index(b'filename="management.hyper"')) + 4
    file = tmp_path / "received.hyper"
    file.write_bytes(body[start : body.rindex(b"\r\n--")])
    with (
        hyper.HyperProcess(
            hyper.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_dir": str(tmp_path)}
        ) as process,
        hyper.Connection(process.endpoint, file) as connection,
    ):
        rows = connection.execute_list_query(
            'select "lesson_name", "people_started" from "Extract"."lessons" order by "position"'
        )
    assert rows == [["Sleep", 7], ["Focus", 2]]


def test_hyper_takes_every_type(tmp_path: Path) -> None:
    hyper = pytest.importorskip("tableauhyperapi", reason="needs the extra tableau")
    from analytics_platform.serving.exports.tableau import write_hyper

    moment = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
    table = pa.table(
        {
            "text": pa.array(["สวัสดี", None]),
            "money": pa.array([None, "1.500000001"]).cast(pa.decimal128(38, 9)),
            "moment": pa.array([moment, None], pa.timestamp("us", "UTC")),
            "day": pa.array([moment.date(), None]),
            "many": pa.array([["a", "b"], None]),
            "nothing": pa.nulls(2),
            "flag": pa.array([True, None]),
        }
    )
    write_hyper(tmp_path / "all.hyper", {"every type": table})
    with (
        hyper.HyperProcess(
            hyper.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_dir": str(tmp_path)}
        ) as process,
        hyper.Connection(process.endpoint, tmp_path / "all.hyper") as connection,
    ):
        names = connection.catalog.get_table_definition(hyper.TableName("Extract", "every type"))
        [[text, many]] = connection.execute_list_query('select "text", "many" from "Extract"."every type" where "flag"')
    assert [column.name.unescaped for column in names.columns] == table.column_names
    assert (text, many) == ("สวัสดี", "a | b")
