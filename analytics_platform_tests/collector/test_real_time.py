"""From acceptance to the screen: the collector as it ships by itself, and the last hour as API and pages show it."""

import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

from analytics_platform.insights.live import Live, LiveWindow
from analytics_platform.lake import open_lake
from analytics_platform.semantics import Role, Viewer
from analytics_platform.serving.last_hour import last_hour
from analytics_platform_tests.collector.conftest import Collector

ON_SCREEN_SECONDS, START_SECONDS = 30, 120


def test_what_was_accepted_is_on_the_screen_within_half_a_minute(start: Callable[..., Collector]) -> None:
    collector = start(shipping=True)

    def send(path: str, **event: str) -> None:
        assert collector.client.post(path, json={"user_id": "ann", **event}).status_code < 300

    with closing(LiveWindow(open_lake(collector.settings))) as window:

        def wait(seconds: int, until: Callable[[Live], bool]) -> Live:
            began = time.monotonic()
            while not until(live := last_hour(window, Viewer("test", Role.ADMIN))):
                assert time.monotonic() - began < seconds, f"{live.events} events, viewers {live.viewers}"
                time.sleep(0.2)
            return live

        now = datetime.now(UTC).isoformat()
        send("/api/analytics/track/action", action="open", timestamp=now)
        wait(START_SECONDS, lambda live: live.events == 1)  # the process that ships is up

        send("/v1/video/events", event_id="v1", event_type="PLAY", event_timestamp=now, video_id="sleep")
        send("/api/analytics/track/action", action="close", timestamp=now)
        live = wait(ON_SCREEN_SECONDS, lambda live: live.events == 2 and bool(live.viewers))
    assert (live.active_users, live.viewers) == (1, {"sleep": 1})
