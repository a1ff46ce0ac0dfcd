"""A subscription as a source of the pump: messages are acknowledged when landing has them, and not before.

Whoever dies in between leaves them to be delivered again, and the lake counts those as duplicates: landed at least
once, stored once. A message of somebody else's has no attributes of ours: it is a line of statements, received when
Pub/Sub took it; what is no JSON object goes to quarantine. Does not live here: trying again (``lake/pump``).
"""

import base64
import binascii
import logging
import zlib
from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from analytics_platform.contracts import TABLES, Table
from analytics_platform.contracts.xapi import STATEMENTS
from analytics_platform.errors import SettingsError, SourceError
from analytics_platform.lake.landing import RawLine
from analytics_platform.lake.pump import Batch
from analytics_platform.lake.pump_status import Lag
from analytics_platform.pubsub.rest import PubSub, whole_name
from analytics_platform.settings import Settings

log = logging.getLogger(__name__)

AT_ONCE = 1_000
LEASE = 60  # seconds in which a batch has to be landed; then it is delivered again
LARGEST = 64_000_000  # bytes of a message that was compressed
ORIGIN = "pubsub"


class SubscriptionSource:
    """What waits in one subscription. Several pumps may share it: each message is given to one at a time."""

    name = "pubsub"
    pause = 1.0

    def __init__(self, pubsub: PubSub, subscription: str) -> None:
        self._pubsub, self._subscription = pubsub, subscription

    def batches(self) -> Generator[Batch, None, None]:
        while found := self._pubsub.pull(self._subscription, AT_ONCE):
            ids = [str(one["ackId"]) for one in found]
            self._pubsub.extend(self._subscription, ids, LEASE)
            lines: dict[str, list[RawLine]] = {}
            for one in found:
                table, line = line_of(one.get("message", {}))
                lines.setdefault(table.path, []).append(line)
            yield Batch([(TABLES[path], lines[path]) for path in sorted(lines)], ORIGIN, ids)

    def note(self, position: Any) -> None:
        try:
            self._pubsub.acknowledge(self._subscription, position)
        except SourceError as error:  # they come again, and count as duplicates
            log.warning("%s were landed and not acknowledged: %s", len(position), error)

    def is_full(self) -> bool:
        return False

    def lag(self) -> Lag:
        """Pub/Sub tells it to Cloud Monitoring only."""
        return Lag()

    def close(self) -> None:
        self._pubsub.close()


def line_of(message: Mapping[str, Any]) -> tuple[Table, RawLine]:
    """A message as a line of its table."""
    attributes = message.get("attributes") or {}
    table = TABLES.get(attributes.get("table", ""), STATEMENTS)
    received = _moment(attributes.get("received_at")) or _moment(message.get("publishTime")) or datetime.now(UTC)
    try:
        data = base64.b64decode(message.get("data", ""))
        if attributes.get("encoding") == "zlib":
            data = zlib.decompressobj().decompress(data, LARGEST)
    except (binascii.Error, zlib.error):
        return table, _unread(message, b"", received)
    if "table" in attributes:  # ours: a line as the collector took it
        return table, RawLine(data, received, attributes.get("problem"))
    try:
        whole = isinstance(orjson.loads(data), dict)
    except orjson.JSONDecodeError:
        whole = False
    if not whole:
        return table, _unread(message, data, received)
    # A line is a line: outside of texts JSON's line ends are blanks, and inside there are none.
    return table, RawLine(data.replace(b"\r", b" ").replace(b"\n", b" "), received)


def _unread(message: Mapping[str, Any], data: bytes, received: datetime) -> RawLine:
    shown = {"pubsub": str(message.get("messageId", "")), "value": data.decode(errors="backslashreplace")}
    return RawLine(orjson.dumps(shown), received, "not_json")


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def subscription_source(settings: Settings) -> SubscriptionSource:
    if not settings.pubsub_subscription:
        raise SettingsError("No Pub/Sub is set: set PUBSUB_SUBSCRIPTION, as projects/PROJECT/subscriptions/NAME.")
    name = whole_name("PUBSUB_SUBSCRIPTION", settings.pubsub_subscription, "subscriptions")
    return SubscriptionSource(PubSub.of(settings), name)
