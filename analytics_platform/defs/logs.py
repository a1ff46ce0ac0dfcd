"""Log lines of runs as JSON, one object a line, with run, job, step and days: for whoever collects logs by machine.

What an error quotes is masked, as in alerts: it may be words or the address of a learner. Does not live here: the logs
of the collector, which has a setting of its own.
"""

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import orjson

from analytics_platform.alerts.causes import masked
from analytics_platform.defs.days import PARTITION, RANGE_END, RANGE_START

_LONGEST = 2000


def json_logger() -> dg.LoggerDefinition:
    def build(_context: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("analytics_platform", logging.INFO)
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
        return logger

    return dg.LoggerDefinition(build, description="One JSON object a line.")


class JsonLines(logging.Formatter):
    """A record of a run as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        about: dict[str, Any] = getattr(record, "dagster_meta", {})
        tags = about.get("job_tags") or {}
        event = about.get("dagster_event")
        said = str(about.get("orig_message") or record.getMessage())
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "message": masked(said, _LONGEST) if record.levelno >= logging.WARNING else said[:_LONGEST],
            "event": event.event_type_value if event else None,
            "job": about.get("job_name"),
            "run_id": about.get("run_id"),
            "step": about.get("step_key"),
            "first_day": tags.get(RANGE_START) or tags.get(PARTITION),
            "last_day": tags.get(RANGE_END) or tags.get(PARTITION),
        }
        return orjson.dumps({name: value for name, value in line.items() if value is not None}).decode()
