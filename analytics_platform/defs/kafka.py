"""Kafka in the control room: a job that drains the topic, and its schedule. For who runs no ``pump kafka``.

Both may run at once: they are two consumers of one group. What landed waits then, and the sensor reopened_days asks for
its days. Does not live here: reading the topic (``connectors/kafka``).
"""

import time

import dagster as dg

from analytics_platform.defs.setting_groups import settings_of
from analytics_platform.settings import Settings

JOB = "drain_kafka"
MOST_SECONDS = 600  # of a run; what is left the next one reads


def kafka_job(settings: Settings) -> dg.JobDefinition:
    # Two drains at once would share the partitions, and the second would mostly wait: a pool holds one.
    @dg.op(
        pool="kafka",
        required_resource_keys={"kafka"},
        description="Lands what the topic holds, up to its end; offsets are committed when landing has the lines.",
    )
    def drain_topic(context: dg.OpExecutionContext) -> None:
        own = settings_of(context, settings, ["kafka"])
        if not own.kafka_servers:
            context.log.info("No Kafka is set: set KAFKA_SERVERS, or turn the schedule off.")
            return
        landed = drain(own)
        context.log.info(f"{landed:,} lines landed from {own.kafka_topic}.")
        context.add_output_metadata({"lines": landed, "topic": own.kafka_topic})

    @dg.job(
        name=JOB,
        description="Video events of KAFKA_TOPIC into landing, from where the group stands to the end of the topic.",
        executor_def=dg.in_process_executor,
    )
    def drain_kafka() -> None:
        drain_topic()

    return drain_kafka


def kafka_schedule(settings: Settings, job: dg.JobDefinition) -> dg.ScheduleDefinition:
    on = dg.DefaultScheduleStatus.RUNNING if settings.kafka_servers else dg.DefaultScheduleStatus.STOPPED
    return dg.ScheduleDefinition(
        name="kafka_every_ten_minutes",
        job=job,
        cron_schedule="*/10 * * * *",
        default_status=on,
        description="Drains KAFKA_TOPIC; off where no broker is set.",
    )


def drain(settings: Settings) -> int:
    """Land the topic to its end, for as long as a run may take; the number of lines."""
    from analytics_platform.connectors.kafka.source import kafka_source
    from analytics_platform.lake import open_lake
    from analytics_platform.lake.pump import Pump
    from analytics_platform.lake.pump_status import StatusFile

    deadline, source = time.monotonic() + MOST_SECONDS, kafka_source(settings)
    try:
        pump = Pump(source, open_lake(settings).landing, StatusFile.of(settings.home))
        return pump.once(lambda: time.monotonic() > deadline)
    finally:
        source.close()
