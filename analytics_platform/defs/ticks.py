"""Ticks of sensors and schedules: which fail, which gave up requesting days, and the root cause of an error."""

import re
from typing import Any

import dagster as dg

from analytics_platform.alerts import causes
from analytics_platform.alerts.alert import Alert

GAVE_UP = "Gave up on "  # how a sensor's reason to skip begins when it asks no more


def failing_automations(instance: dg.DagsterInstance, ui: str) -> list[Alert]:
    """One alert for each that runs and whose last finished tick failed or gave up."""
    found = []
    for state in instance.all_instigator_state():
        if not state.is_running:
            continue
        ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=2)
        last = next((tick for tick in ticks if tick.status.value != "STARTED"), None)
        if last is None:
            continue
        if last.status.value == "FAILURE":
            said = ": ".join(first_error(last.error)) if last.error else "without a message"
            kind = state.instigator_type.value.lower()
            found.append(causes.automation_failed(state.instigator_name, kind, said, ui))
        elif (last.skip_reason or "").startswith(GAVE_UP):
            found.append(causes.gave_up(state.instigator_name, last.skip_reason or "", ui))
    return found


def first_error(error: Any) -> tuple[str, str]:
    """Class and message of the error that was raised, not of the one that Dagster wrapped around it (its
    ``SerializableErrorInfo``, which it does not export).
    """
    while error.cause is not None:
        error = error.cause
    name = (error.cls_name or "Error").rpartition(".")[2]
    # The class, often with its module, stands in front of the message in what Dagster keeps.
    said = re.sub(rf"^([\w.]+\.)?{re.escape(name)}: ", "", error.message.strip())
    return name, said.partition("\n\nStack Trace")[0]
