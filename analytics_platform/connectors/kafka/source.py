"""A topic as a source of the pump: offsets are committed when landing has the lines, and not before.

Whatever dies in between reads the messages again, and the lake counts them as duplicates. Each line carries ``kafka``,
its topic, partition and offset, so that quarantine says where a bad message is, and an event without an id is known by
where it stands. Does not live here: trying again (``lake/pump``).
"""

import logging
from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from analytics_platform.contracts.video import EVENTS
from analytics_platform.errors import SettingsError, SourceError
from analytics_platform.lake.landing import RawLine
from analytics_platform.lake.pump import Batch
from analytics_platform.lake.pump_status import Lag
from analytics_platform.settings import Settings

if TYPE_CHECKING:
    from confluent_kafka import Consumer, Message

log = logging.getLogger(__name__)

AT_ONCE = 5_000  # messages of one batch
WAIT_SECONDS = 1.0
JOIN_SECONDS = 60.0  # for the group to give this consumer its partitions
Offsets = dict[tuple[str, int], int]


class KafkaSource:
    """The messages of one topic up to its end. The consumer stays in its group between two looks."""

    name = "kafka"
    pause = 1.0

    def __init__(self, options: dict[str, Any], topic: str) -> None:
        self._options = options
        self._topic = topic
        self._consumer: Consumer | None = None
        self._at_end: set[tuple[str, int]] = set()
        self._reached = Offsets()

    def batches(self) -> Generator[Batch, None, None]:
        finished = False
        try:
            yield from self._to_the_end(self._joined())
            finished = True
        finally:
            if not finished:  # what was read and not committed is read again: by a consumer that begins there
                self.close()

    def _to_the_end(self, consumer: "Consumer") -> Generator[Batch, None, None]:
        from confluent_kafka import KafkaError

        waited = 0.0
        while waited < JOIN_SECONDS:
            lines, offsets = [], Offsets()
            messages = self._consumed(consumer)
            for message in messages:
                place = (str(message.topic()), int(message.partition() or 0))
                error = message.error()
                if error is None:
                    self._at_end.discard(place)
                    offsets[place] = int(message.offset() or 0) + 1
                    lines += line_of(message)
                elif error.code() == KafkaError._PARTITION_EOF:
                    self._at_end.add(place)  # told once, until something new comes
                    self._reached[place] = int(message.offset() or 0)
                else:
                    raise SourceError(f"The topic {self._topic} cannot be read: {error.str()}. Check KAFKA_OPTIONS.")
            if offsets:
                yield Batch([(EVENTS, lines)], "kafka", offsets)
            assigned = {(partition.topic, partition.partition) for partition in consumer.assignment()}
            if assigned and assigned <= self._at_end:
                return
            waited = 0.0 if messages else waited + WAIT_SECONDS
        if not consumer.assignment():
            self._demand_topic(consumer)

    def _demand_topic(self, consumer: "Consumer") -> None:
        """A consumer may be one too many for its topic; a topic or a broker that is not there is an error."""
        from confluent_kafka import KafkaException

        try:
            found = consumer.list_topics(self._topic, timeout=WAIT_SECONDS).topics[self._topic].error
        except KafkaException as error:
            raise SourceError(f"KAFKA_SERVERS do not answer: {error.args[0].str()}. Check KAFKA_OPTIONS.") from None
        if found is not None:
            raise SourceError(f"The topic {self._topic} cannot be read: {found.str()}. Set KAFKA_TOPIC.")

    def _consumed(self, consumer: "Consumer") -> "Sequence[Message]":
        from confluent_kafka import KafkaException

        try:
            return consumer.consume(AT_ONCE, WAIT_SECONDS)
        except KafkaException as error:
            raise SourceError(f"The topic {self._topic} cannot be read: {error.args[0].str()}.") from None

    def _joined(self) -> "Consumer":
        from confluent_kafka import Consumer

        if self._consumer is None:
            self._consumer = Consumer(self._options, logger=log)
            self._consumer.subscribe([self._topic])
        return self._consumer

    def note(self, position: Any) -> None:
        from confluent_kafka import KafkaException, TopicPartition

        if self._consumer is None:
            return
        self._reached.update(position)
        offsets = [TopicPartition(topic, partition, offset) for (topic, partition), offset in position.items()]
        try:
            self._consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            # The group was reshuffled meanwhile: another consumer reads these messages again.
            log.warning("Offsets of %s were not committed: %s.", self._topic, error.args[0].str())

    def is_full(self) -> bool:
        return False

    def lag(self) -> Lag:
        """Messages behind this consumer's partitions, as it heard last; unknown before it has any."""
        if self._consumer is None:
            return Lag()
        waiting = 0
        for partition in self._consumer.assignment():
            _low, high = self._consumer.get_watermark_offsets(partition, cached=True) or (0, 0)
            waiting += max(0, high - self._reached.get((partition.topic, partition.partition), high))
        return Lag(waiting)

    def close(self) -> None:
        if self._consumer is not None:
            self._consumer.close()
            self._consumer = None
            self._at_end.clear()


def line_of(message: "Message") -> list[RawLine]:
    """A message as a line; none for a tombstone. What is no JSON object goes to quarantine with its place."""
    value = message.value()
    if value is None:
        return []
    now, text = datetime.now(UTC), bytes(value).lstrip() if isinstance(value, bytes) else str(value).encode().lstrip()
    place = orjson.dumps(f"{message.topic()}/{message.partition()}/{message.offset()}")
    if text[:1] != b"{":
        shown = orjson.dumps(text.decode(errors="backslashreplace"))
        return [RawLine(b'{"kafka":%s,"value":%s}' % (place, shown), now, "not_json")]
    rest = text[1:].lstrip()
    return [RawLine(b'{"kafka":%s%s%s' % (place, b"" if rest[:1] == b"}" else b",", rest), now)]


def kafka_source(settings: Settings) -> KafkaSource:
    """The source for the settings; an option of ours that must hold cannot be set otherwise."""
    try:
        import confluent_kafka  # noqa: F401
    except ImportError:
        raise SettingsError("Kafka needs its client: install analytics-platform[kafka].") from None
    if not settings.kafka_servers:
        raise SettingsError("No Kafka is set: set KAFKA_SERVERS to its brokers, as broker.example.org:9092.")
    options: dict[str, Any] = {"group.id": settings.kafka_group, "auto.offset.reset": "earliest"}
    for part in filter(None, settings.kafka_options.get_secret_value().split(";")):
        name, sign, value = part.partition("=")
        if not sign:
            raise SettingsError("KAFKA_OPTIONS: write name=value;name=value, as security.protocol=SASL_SSL.")
        options[name.strip()] = value.strip()
    ours = {"bootstrap.servers": settings.kafka_servers, "enable.auto.commit": False, "enable.partition.eof": True}
    return KafkaSource(options | ours, settings.kafka_topic)
