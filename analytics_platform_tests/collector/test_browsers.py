"""Pages of other origins: CORS, public keys, and the tracker in a real browser."""

import base64
import functools
import http.server
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from analytics_platform.collector.store.credentials import add_public_key

from .conftest import VERSION, Collector
from .samples import with_id

PAGE = "https://learn.example.org"
PLAY = {"video_id": "v", "event_type": "PLAY", "video_time_sec": 0}
ASKED = {"Origin": PAGE, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}


def public_key(collector: Collector, *origins: str, events: tuple[str, ...] = ("video",), rate: float = 50) -> str:
    connection = collector.database.connect()
    try:
        return add_public_key(connection, "page", origins, events, rate)
    finally:
        connection.close()


def test_no_origin_is_allowed_by_default(collector: Collector) -> None:
    assert httpx.options(f"{collector.url}/xapi/statements", headers=ASKED).status_code == 403
    answer = collector.client.get("/xapi/statements", headers={"Origin": PAGE})
    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Vary"] == "Origin"


def test_an_allowed_origin(start: Callable[..., Collector]) -> None:
    collector = start(collector_cors_origins=f"https://a.example, {PAGE}")
    for path in ("/xapi/statements", "/xapi/activities/state", "/v1/video/events", "/v1/xapi/batch"):
        preflight = httpx.options(f"{collector.url}{path}", headers=ASKED)
        assert preflight.status_code == 204, path
        assert preflight.headers["Access-Control-Allow-Origin"] == PAGE
        assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
        for name in ("authorization", "x-experience-api-version", "content-type", "if-match", "if-none-match"):
            assert name in preflight.headers["Access-Control-Allow-Headers"].lower()
    good = collector.client.post("/xapi/statements", json=with_id(), headers={"Origin": PAGE})
    bad = collector.client.post("/xapi/statements", json={}, headers={"Origin": PAGE})
    stranger = httpx.get(f"{collector.url}/xapi/statements", headers={"Origin": PAGE} | VERSION)
    assert [good.status_code, bad.status_code, stranger.status_code] == [200, 400, 401]
    for answer in (good, bad, stranger):  # a page may read why it was refused
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        assert "X-Experience-API-Version" in answer.headers["Access-Control-Expose-Headers"]
    other = httpx.options(f"{collector.url}/xapi/statements", headers=ASKED | {"Origin": "https://b.example"})
    assert (other.status_code, "Access-Control-Allow-Origin" in other.headers) == (403, False)


def test_any_origin_comes_without_the_browsers_own_credentials(start: Callable[..., Collector]) -> None:
    collector = start(collector_cors_origins="*")
    preflight = httpx.options(f"{collector.url}/xapi/statements", headers=ASKED)
    assert preflight.headers["Access-Control-Allow-Origin"] == PAGE
    assert "Access-Control-Allow-Credentials" not in preflight.headers


def test_a_public_key_sends_events_of_its_kind_from_its_pages(collector: Collector) -> None:
    key = public_key(collector, PAGE)
    here = {"Origin": PAGE}

    def code(path: str, method: str = "POST", body: Any = PLAY, **headers: str) -> int:
        url = f"{collector.url}{path}?key={key}"
        return httpx.request(method, url, content=json.dumps(body), headers=VERSION | headers).status_code

    sent = httpx.post(f"{collector.url}/v1/video/events?key={key}", content=json.dumps([PLAY]), headers=here)
    assert (sent.status_code, sent.headers["Access-Control-Allow-Origin"]) == (201, PAGE)
    assert code("/v1/video/events") == 403  # no origin
    assert code("/v1/video/events", Origin="https://evil.example") == 403
    assert code("/api/analytics/track/action", body={"action": "x"}, **here) == 403
    for path, method in (("/xapi/statements", "GET"), ("/xapi/statements", "POST"), ("/v1/xapi/batch", "POST")):
        assert code(path, method, **here) == 401
    assert httpx.get(f"{collector.url}/xapi/statements", auth=(key, ""), headers=VERSION).status_code == 401
    unknown = httpx.post(f"{collector.url}/v1/video/events?key=pk-{'0' * 24}", content="[]", headers=here)
    assert unknown.status_code == 401
    preflight = ASKED | {"Access-Control-Request-Method": "POST"}
    assert httpx.options(f"{collector.url}/v1/video/events?key={key}", headers=preflight).status_code == 204
    assert httpx.options(f"{collector.url}/xapi/statements?key={key}", headers=preflight).status_code == 403
    connection = collector.database.connect()
    [(payload,)] = connection.rows("select payload from lines")
    connection.close()
    assert json.loads(payload)["public_key"] == key  # whoever reads it knows that anybody could have sent it


def test_a_public_key_has_a_rate(collector: Collector) -> None:
    key = public_key(collector, PAGE, rate=3)
    url = f"{collector.url}/v1/video/events?key={key}"
    codes = [httpx.post(url, content="[]", headers={"Origin": PAGE}).status_code for _ in range(8)]
    assert codes[:3] == [201] * 3
    assert 429 in codes


def test_the_script(collector: Collector) -> None:
    answer = httpx.get(f"{collector.url}/v1/tracker.js", headers={"Origin": "https://anywhere.example"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert len(answer.text.splitlines()) < 180
    again = httpx.get(f"{collector.url}/v1/tracker.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


# A recording has no length and no index until it was played to its end once; a file from a disk has both.
LOAD_VIDEO = """async () => {
  const video = document.getElementById("v");
  video.src = URL.createObjectURL(await (await fetch("film.webm")).blob());
  const until = (name) => new Promise((resolve) => video.addEventListener(name, resolve, { once: true }));
  const loaded = until("loadedmetadata"); await loaded;
  const ended = until("seeked"); video.currentTime = 1e6; await ended;
  const back = until("seeked"); video.currentTime = 0; await back;
}"""
MAKE_VIDEO = """async () => {
  const canvas = document.createElement("canvas"); canvas.width = 64; canvas.height = 48;
  const pen = canvas.getContext("2d"); let n = 0;
  const draw = setInterval(() => { pen.fillStyle = `hsl(${n++ * 20},90%,50%)`; pen.fillRect(0, 0, 64, 48); }, 40);
  const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm;codecs=vp8" });
  const pieces = []; recorder.ondataavailable = (event) => pieces.push(event.data);
  const done = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start(); await new Promise((resolve) => setTimeout(resolve, 2500)); recorder.stop(); await done;
  clearInterval(draw);
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if chromium is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    options = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--disable-background-networking"]
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=chromium, args=options)
        yield found
        found.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder that is served from an origin of its own."""
    folder = tmp_path / "site"
    folder.mkdir()
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def arrived(collector: Collector, least: int) -> list[dict[str, Any]]:
    connection = collector.database.connect()
    deadline = time.monotonic() + 10
    while True:
        found = [json.loads(bytes(row[0])) for row in connection.rows("select payload from lines order by seq")]
        if len(found) >= least or time.monotonic() > deadline:
            connection.close()
            return found
        time.sleep(0.1)


def page_of(collector: Collector, key: str) -> str:
    return (
        f'<!doctype html><body><script src="{collector.url}/v1/tracker.js" data-key="{key}" data-user="u1" defer>'
        '</script><template><video id="v" data-video-id="film" muted></video></template></body>'
    )


def test_a_real_browser_plays_seeks_and_is_closed(collector: Collector, site: tuple[Path, str], browser: Any) -> None:
    folder, origin = site
    key = public_key(collector, origin)
    (folder / "empty.html").write_text("<!doctype html>")
    (folder / "page.html").write_text(page_of(collector, key))
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{origin}/empty.html")
    (folder / "film.webm").write_bytes(base64.b64decode(page.evaluate(MAKE_VIDEO)))
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{origin}/page.html")
    page.wait_for_function("window.videoTracker")
    page.evaluate("document.body.append(document.querySelector('template').content)")  # a video that comes later
    page.evaluate(LOAD_VIDEO)
    page.evaluate("videoTracker.flush()")
    before = [event["event_type"] for event in arrived(collector, 2)]
    assert before == ["SEEK", "SEEK"]  # of the loading
    page.evaluate("document.getElementById('v').play()")
    page.wait_for_function("document.getElementById('v').currentTime > 0.5")
    page.evaluate("document.getElementById('v').currentTime = 1.2")
    page.wait_for_function("!document.getElementById('v').seeking")
    page.evaluate("document.getElementById('v').playbackRate = 0.5")
    page.wait_for_timeout(200)
    page.close(run_before_unload=True)  # as a person closes a tab; nothing has been sent yet but by the closing
    events = arrived(collector, 6)[2:]
    context.close()
    assert [event["event_type"] for event in events] == ["PLAY", "SEEK", "RATE_CHANGE", "PAUSE"], (events, said)
    assert {(event["video_id"], event["user_id"], event["public_key"]) for event in events} == {("film", "u1", key)}
    assert len({event["session_id"] for event in events}) == 1
    play, seek, _, pause = events
    assert {round(event["duration"]) for event in events} <= {2, 3}
    assert play["video_time_sec"] < 0.5
    assert 0.4 < seek["from"] < 1.1
    assert seek["to"] == pytest.approx(1.2, abs=0.1)
    assert 1.2 <= pause["video_time_sec"] < 2.5
    collector.ship()
    assert sum(entry.stored for entry in collector.build_lake("video/events")) == 6


def test_a_browser_that_is_offline_sends_later_and_one_that_says_no_sends_nothing(
    collector: Collector, site: tuple[Path, str], browser: Any
) -> None:
    folder, origin = site
    (folder / "page.html").write_text(page_of(collector, public_key(collector, origin)))
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{origin}/page.html")
    context.set_offline(True)
    page.evaluate("videoTracker.track({video_id: 'other', event_type: 'PLAY', video_time_sec: 3})")
    page.wait_for_timeout(300)
    assert "other" in page.evaluate("JSON.stringify(localStorage)")
    context.set_offline(False)
    [event] = arrived(collector, 1)
    assert (event["video_id"], event["video_time_sec"], event["user_id"]) == ("other", 3, "u1")
    context.close()
    silent = browser.new_context()
    silent.add_init_script("Object.defineProperty(navigator, 'doNotTrack', {get: () => '1'})")
    page = silent.new_page()
    page.goto(f"{origin}/page.html")
    page.evaluate("videoTracker.track({video_id: 'never', event_type: 'PLAY'}); videoTracker.flush()")
    page.wait_for_timeout(300)
    silent.close()
    assert len(arrived(collector, 1)) == 1


def test_xapi_from_a_page_of_another_origin(
    start: Callable[..., Collector], site: tuple[Path, str], browser: Any
) -> None:
    """As xAPI's JavaScript clients do it: preflight, own headers, ETag of a document read by the page."""
    folder, origin = site
    (folder / "empty.html").write_text("<!doctype html>")
    collector = start(collector_cors_origins=origin)
    name, secret = collector.credential("write", "read_own")
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{origin}/empty.html")
    done = page.evaluate(
        """async ([url, who, statement]) => {
          const headers = { Authorization: "Basic " + btoa(who), "X-Experience-API-Version": "1.0.3",
                            "Content-Type": "application/json" };
          const post = await fetch(url + "/xapi/statements", { method: "POST", headers, body: statement });
          const ids = await post.json();
          const state = url + "/xapi/activities/state?stateId=s&activityId=http://a.b/c&agent=" +
            encodeURIComponent('{"mbox":"mailto:a@b.example"}');
          await fetch(state, { method: "PUT", headers, body: '{"a":1}' });
          const first = await fetch(state, { headers });
          const etag = first.headers.get("ETag");
          const again = await fetch(state, { method: "PUT", headers: { ...headers, "If-Match": etag }, body: "{}" });
          const refused = await fetch(url + "/xapi/statements", { method: "POST", headers, body: "{}" });
          return [ids.length, etag !== null, again.status, refused.status, (await refused.json()).error !== undefined];
        }""",
        [collector.url, f"{name}:{secret}", json.dumps(with_id())],
    )
    context.close()
    assert done == [1, True, 204, 400, True]
