"""What the ticks of sensors and schedules say: which fail, and which gave up asking for days."""

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
            said = last.error.message if last.error else "without a message"
            kind = state.instigator_type.value.lower()
            found.append(causes.automation_failed(state.instigator_name, kind, said, ui))
        elif (last.skip_reason or "").startswith(GAVE_UP):
            found.append(causes.gave_up(state.instigator_name, last.skip_reason or "", ui))
    return found
