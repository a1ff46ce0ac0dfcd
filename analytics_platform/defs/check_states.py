"""Which checks fail now: the latest evaluation of each check on the instance."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg

LOOKED_AT = 50  # newest executions of a check


@dataclass(frozen=True)
class RedCheck:
    """A check whose last evaluation failed; ``blocks`` what is below it, or only warns."""

    asset: str
    check: str
    blocks: bool
    at: str
    message: str


def check_keys(made: Iterable[dg.AssetsDefinition | dg.AssetSpec]) -> set[dg.AssetCheckKey]:
    """The checks of assets, and those that stand beside them."""
    return {key for one in made if isinstance(one, dg.AssetsDefinition) for key in one.check_keys}


def red_checks(instance: dg.DagsterInstance, keys: "set[dg.AssetCheckKey]") -> list[RedCheck]:
    """Those of these checks that are red, the blocking ones first."""
    found = [red for key in keys if (red := _red(instance, key))]
    return sorted(found, key=lambda red: (not red.blocks, red.asset, red.check))


def failing_checks(instance: dg.DagsterInstance, keys: "set[dg.AssetCheckKey]") -> list[str]:
    """The red checks that stop what is below them, as a sentence each."""
    return [f"{red.check} of {red.asset}" for red in red_checks(instance, keys) if red.blocks]


def _red(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> RedCheck | None:
    """By the newest evaluation. A run plans checks that it may not come to, as of imports where nothing is new."""
    for record in instance.event_log_storage.get_asset_check_execution_history(key, limit=LOOKED_AT):
        event = record.event.dagster_event if record.event else None
        if event is not None and event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            one = event.asset_check_evaluation_data
            if one.passed:
                return None
            said = one.description or str(getattr(one.metadata.get("message"), "value", ""))
            at = datetime.fromtimestamp(record.create_timestamp, UTC).isoformat(timespec="seconds")
            blocks = one.severity == dg.AssetCheckSeverity.ERROR
            return RedCheck(key.asset_key.to_user_string(), key.name, blocks, at, said)
    return None
