"""Which blocking checks are red now: the last word of each check on the instance."""

from collections.abc import Iterable

import dagster as dg

LOOKED_AT = 50  # newest executions of a check


def check_keys(made: Iterable[dg.AssetsDefinition | dg.AssetSpec]) -> set[dg.AssetCheckKey]:
    """The checks of assets, and those that stand beside them."""
    return {key for one in made if isinstance(one, dg.AssetsDefinition) for key in one.check_keys}


def failing_checks(instance: dg.DagsterInstance, keys: "set[dg.AssetCheckKey]") -> list[str]:
    """Checks of these whose last evaluation failed with severity ERROR, as a sentence each."""
    ordered = sorted(keys, key=lambda key: key.to_user_string())
    return [f"{key.name} of {key.asset_key.to_user_string()}" for key in ordered if _is_red(instance, key)]


def _is_red(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> bool:
    """By the newest evaluation. A run plans checks that it may not come to, as of imports where nothing is new."""
    for record in instance.event_log_storage.get_asset_check_execution_history(key, limit=LOOKED_AT):
        event = record.event.dagster_event if record.event else None
        if event is not None and event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            one = event.asset_check_evaluation_data
            return not one.passed and one.severity == dg.AssetCheckSeverity.ERROR
    return False
