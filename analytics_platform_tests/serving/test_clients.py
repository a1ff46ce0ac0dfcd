"""Programs of others that ask the API as they come: pandas, a dashboard like Grafana's, a page on another origin."""

from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler

import pandas as pd
import pytest

from analytics_platform.settings import Settings
from analytics_platform_tests.loopback import served as http_served
from analytics_platform_tests.semantics.snapshot import put
from analytics_platform_tests.serving.browser import chromium
from analytics_platform_tests.serving.conftest import Served, serve

PAGE = b"""<!doctype html><title>elsewhere</title><script>
window.ask = async (url, key) => {
  try {
    const answer = await fetch(url, {headers: {Authorization: `Bearer ${key}`}});
    const body = await answer.json();
    return {status: answer.status, rows: body.data.length, version: answer.headers.get("X-Snapshot-Version")};
  } catch (error) { return {status: 0, rows: 0, version: String(error)}; }
};
</script>"""


class Elsewhere(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *_arguments: object) -> None:
        """Nothing."""


def test_pandas_reads_parquet_from_the_address(served: Served) -> None:
    """Pandas sends storage_options as headers; a file of the API is a file to it."""
    url = f"{served.client.base_url}/api/learning/responses?format=parquet"
    frame = pd.read_parquet(url, storage_options={"X-API-Key": served.keys["admin"]})
    wanted = served.get("/api/learning/responses").json()["data"]
    assert frame["answer_id"].tolist() == [row["answer_id"] for row in wanted]
    assert isinstance(frame["responded_at"].dtype, pd.DatetimeTZDtype)


def test_a_dashboard_like_grafana_draws_a_series(served: Served) -> None:
    """Its JSON source posts a body with the range of the board, takes the rows at ``data``, a time and a number."""
    board = {"metrics": ["activities"], "grain": "day", "start": "2020-01-01", "end": "2035-12-31"}
    rows = served.post("/api/metrics/query", board).raise_for_status().json()["data"]
    points = [(datetime.fromisoformat(row["day"]), row["activities"]) for row in rows]
    assert points
    assert points == sorted(points)
    whole = served.post("/api/metrics/query", {"metrics": ["activities"]}).json()["data"][0]["activities"]
    assert sum(value for _, value in points) == whole


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    with http_served(Elsewhere) as address:
        yield address


def test_a_page_on_another_origin_asks_only_where_it_may(served: Served, settings: Settings, elsewhere: str) -> None:
    put(settings, lessons=[{"lesson_id": "one", "people_started": 9}])
    with chromium() as browser, serve(settings.model_copy(update={"api_origins": elsewhere})) as open_to_it:
        if browser is None:
            pytest.skip("needs Chromium and playwright: apt-get install chromium")
        page = browser.new_page()
        page.goto(elsewhere)
        told, refused = (
            page.evaluate(
                "([url, key]) => window.ask(url, key)",
                [f"{api.client.base_url}/api/learning/lessons", api.keys["viewer"]],
            )
            for api in (open_to_it, served)
        )
    assert (told["status"], told["rows"]) == (200, 1)
    assert told["version"]
    assert refused["status"] == 0
    assert "TypeError" in refused["version"]
