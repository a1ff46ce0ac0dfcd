"""Shipping: in order, and after any crash a repeat at most, which the ledger counts."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from analytics_platform.collector import shipping
from analytics_platform.collector.store import queue
from analytics_platform.collector.store.queue import STATEMENTS, lag, mark_shipped, next_waiting
from analytics_platform.errors import SourceError
from analytics_platform.lake import open_lake
from analytics_platform.lake.pump import Pump
from analytics_platform.lake.recognised import Recognised
from analytics_platform.pubsub.source import subscription_source
from analytics_platform_tests.pubsub.double import SUBSCRIPTION, TOPIC, pubsub

from .conftest import Collector
from .samples import with_id


def test_a_crash_between_landing_and_the_mark_repeats_one_shipment(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector.client.post("/xapi/statements", json=[with_id() for _ in range(5)])
    collector.client.post("/v1/video/events", json={"video_id": "v", "event_type": "PLAY", "event_id": "e"})

    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(shipping, "mark_shipped", crash)
        with pytest.raises(KeyboardInterrupt):
            collector.ship()
    assert collector.ship() == 6
    [entry] = collector.build_lake("xapi/statements")
    assert (entry.received, entry.stored, entry.duplicate, entry.quarantined) == (10, 5, 5, 0)


def test_small_shipments_keep_the_order(collector: Collector) -> None:
    names = [with_id() for _ in range(20)]
    collector.client.post("/xapi/statements", json=names)
    landing = open_lake(collector.settings).landing
    connection = collector.database.connect()
    assert lag(connection)[0] == 20
    assert shipping.ship(collector.database, landing, 2000) == 20
    assert lag(connection) == (0, 0.0)
    connection.close()
    assert sum(entry.stored for entry in collector.build_lake("xapi/statements")) == 20


def test_what_waits_is_looked_at_in_portions(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_AT_ONCE", 3)
    monkeypatch.setattr(queue, "_MOST", 12)
    collector.client.post("/xapi/statements", json=[with_id() for _ in range(20)])
    connection = collector.database.connect()

    def places(most_bytes: int) -> list[int]:
        return [line.place for line in next_waiting(connection, STATEMENTS, most_bytes)]

    ((size,),) = connection.rows("select size from statements where seq = 1")
    assert [places(most) for most in (0, size, 7 * size)] == [[1], [1], list(range(1, 8))]
    assert places(1 << 20) == list(range(1, 13))
    mark_shipped(connection, STATEMENTS, 12)
    assert places(1 << 20) == list(range(13, 21))
    mark_shipped(connection, STATEMENTS, 20)
    assert places(1 << 20) == []
    connection.close()


def test_one_process_ships_at_a_time(collector: Collector) -> None:
    collector.client.post("/xapi/statements", json=with_id())
    with collector.database.alone("shipping") as mine:
        assert mine
        assert collector.ship() == 0
    assert collector.ship() == 1


def test_a_collector_that_ends_is_not_waited_for(collector: Collector) -> None:
    collector.client.post("/xapi/statements", json=[with_id() for _ in range(20)])
    answers = iter([False, False, True, True])
    landing = open_lake(collector.settings).landing
    shipped = shipping.ship(collector.database, landing, 2000, lambda: next(answers))
    assert 0 < shipped < 20
    assert collector.ship() == 20 - shipped


def test_a_backlog_is_bounded_and_then_empties(start: Callable[..., Collector]) -> None:
    collector = start(collector_max_unshipped=1000)
    batch = [with_id() for _ in range(500)]
    codes = [
        collector.client.post("/xapi/statements", json=[with_id() for _ in batch]).status_code
        for _ in range(8)  # sooner than the writer counts again
    ]
    assert codes == [200, 200] + [503] * 6
    connection = collector.database.connect()
    assert lag(connection)[0] == 1000
    connection.close()
    state = {"activityId": "https://a.example/1", "agent": '{"mbox":"mailto:a@b.example"}', "stateId": "s"}
    assert collector.client.put("/xapi/activities/state", params=state, content=b"x").status_code == 204
    collector.ship()
    time.sleep(1.2)
    assert collector.client.post("/xapi/statements", json=with_id()).status_code == 200


def test_what_came_again_at_the_door_stands_beside_the_ledger(collector: Collector) -> None:
    statement, event = with_id(), {"video_id": "v", "event_type": "PLAY", "event_id": "e"}
    for _ in range(3):
        collector.client.post("/xapi/statements", json=[statement, with_id()])
        collector.client.post("/v1/video/events", json=event)
    with_other_content = {**statement, "timestamp": "2020-01-01T00:00:00Z"}
    assert collector.client.post("/xapi/statements", json=[with_other_content]).status_code == 409
    pumped = Pump(shipping.queue_source(collector.settings), open_lake(collector.settings).landing)
    assert pumped.once() == 5
    recognised = Recognised(open_lake(collector.settings).store)
    assert {path: repeats for (path, _), repeats in recognised.read().items()} == {
        "xapi/statements": 2,
        "video/events": 2,
    }
    collector.client.post("/v1/video/events", json=event)
    assert pumped.once() == 0
    assert sum(recognised.read().values()) == 5


def test_lines_go_through_a_topic_where_one_is_set(collector: Collector) -> None:
    """Published, landed by a pump elsewhere, and what the collector would have landed itself."""
    collector.client.post("/xapi/statements", json=[with_id() for _ in range(5)])
    collector.client.post("/v1/video/events", json={"video_id": "v", "event_type": "PLAY", "event_id": "e"})
    with pubsub() as double:
        places = {"pubsub_topic": TOPIC, "pubsub_subscription": SUBSCRIPTION, "pubsub_endpoint": double.url}
        settings = collector.settings.model_copy(update=places)
        double.trouble = 503
        with pytest.raises(SourceError, match="503"):
            shipping.ship_now(settings)
        double.trouble = 0
        assert shipping.ship_now(settings).startswith("6 lines shipped")
        assert collector.build_lake("xapi/statements") == []
        source = subscription_source(settings)
        assert Pump(source, open_lake(settings).landing).once() == 6
        source.close()
    [entry] = collector.build_lake("xapi/statements")
    assert (entry.received, entry.stored, entry.quarantined) == (5, 5, 0)
