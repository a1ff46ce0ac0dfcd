"""Which blocking checks are red now: the last word of each check on the instance."""

import dagster as dg

from analytics_platform.settings import Settings


def failing_checks(instance: dg.DagsterInstance, keys: "set[dg.AssetCheckKey]") -> list[str]:
    """Checks of these whose last evaluation failed with severity ERROR, as a sentence each."""
    found = []
    for key in sorted(keys, key=lambda key: key.to_user_string()):
        record = instance.get_latest_asset_check_evaluation_record(key)
        event = record.event.dagster_event if record and record.event else None
        evaluation = event.asset_check_evaluation_data if event else None
        if evaluation and not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.ERROR:
            found.append(f"{key.name} of {key.asset_key.to_user_string()}")
    return found


def failing_checks_of(settings: Settings) -> list[str]:
    """The same from the command line; none before anything ran."""
    if not (settings.dagster_home / "dagster.yaml").exists():
        return []
    from analytics_platform.defs.assemble import definitions
    from analytics_platform.defs.running import prepare_instance

    keys = set(definitions(settings).get_repository_def().asset_graph.asset_check_keys)
    with dg.DagsterInstance.from_config(str(prepare_instance(settings))) as instance:
        return failing_checks(instance, keys)
