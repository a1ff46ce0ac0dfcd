"""A topic as a sink of the pump: a message for each line, its table, time of receipt and refusal as attributes.

A batch that is sent again after a crash is published again, and the lake stores each line once. A message may be 10 MB
and a request, too: large lines are compressed, and a request ends before it is full.
"""

import base64
import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from analytics_platform.pubsub.rest import PubSub, whole_name
from analytics_platform.settings import Settings

if TYPE_CHECKING:
    from analytics_platform.contracts import Table
    from analytics_platform.lake.landing import RawLine

MOST, MOST_BYTES = 1_000, 6_000_000  # messages of a request, and their size, which base64 makes a third larger
LARGE = 500_000


class TopicSink:
    """Where the collector's lines go instead of landing."""

    def __init__(self, pubsub: PubSub, topic: str) -> None:
        self._pubsub, self._topic = pubsub, topic

    @classmethod
    def of(cls, settings: Settings) -> "TopicSink | None":
        """None where no topic is set."""
        if not settings.pubsub_topic:
            return None
        return cls(PubSub.of(settings), whole_name("PUBSUB_TOPIC", settings.pubsub_topic, "topics"))

    def close(self) -> None:
        self._pubsub.close()

    def append(self, table: "Table", lines: "Sequence[RawLine]", origin: str) -> None:
        """Returns when the topic has every line."""
        for messages in _requests(table.path, lines, origin):
            self._pubsub.publish(self._topic, messages)


def _requests(table: str, lines: "Sequence[RawLine]", origin: str) -> Iterator[list[dict[str, Any]]]:
    messages: list[dict[str, Any]] = []
    size = 0
    for line in lines:
        data, attributes = line.payload, {"table": table, "origin": origin, "received_at": line.received_at.isoformat()}
        if line.problem:
            attributes["problem"] = line.problem
        if len(data) > LARGE:
            data, attributes["encoding"] = zlib.compress(data), "zlib"
        if messages and (len(messages) == MOST or size + len(data) > MOST_BYTES):
            yield messages
            messages, size = [], 0
        messages.append({"data": base64.b64encode(data).decode(), "attributes": attributes})
        size += len(data)
    if messages:
        yield messages
