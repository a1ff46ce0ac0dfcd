"""Settings as resources: the UI shows them, and a test, a deployment or one run in the launchpad may set others.

Each group is made of fields of ``Settings``, with their descriptions and what the environment says. An asset names the
groups that it uses and asks ``settings_of`` for its settings. A secret is shown as the name of its variable; empty, it
is what the settings have. Does not live here: reading the environment (``settings``).
"""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

import dagster as dg
from pydantic import Field, SecretStr, create_model

from analytics_platform.settings import Settings, process_environment

GROUPS = {
    "lake": ("lake_url", "lake_endpoint", "lake_memory_mb"),
    "warehouse": ("warehouse_memory", "warehouse_threads", "bigquery_max_gb_billed"),
    "nocodb": (
        "nocodb_url",
        "nocodb_token",
        "nocodb_conversations_table",
        "nocodb_messages_table",
        "nocodb_page_size",
        "nocodb_requests_per_second",
        "nocodb_requests_at_once",
        "nocodb_timeout_seconds",
        "nocodb_retry_seconds",
    ),
    "kafka": ("kafka_servers", "kafka_topic", "kafka_group", "kafka_options"),
    "llm": ("llm_base_url", "llm_model", "llm_api_key", "llm_daily_limit", "translate_to", "chat_labels_method"),
    "mail": ("report_lists_file", "alert_secrets_file"),
}


class SettingGroup(dg.ConfigurableResource[object]):
    """Base of the groups."""

    def over(self, settings: Settings) -> Settings:
        """``settings`` with this group's values, checked as those of the environment are."""
        changed = {}
        for name in type(self).model_fields:
            known, value = getattr(settings, name), getattr(self, name)
            if isinstance(known, SecretStr):
                known = known.get_secret_value() if value else value  # empty: as the settings have it
            if value != known:
                changed[name] = value
        return Settings(**{**settings.model_dump(), **changed}) if changed else settings


def setting_groups(settings: Settings) -> dict[str, SettingGroup]:
    """By name, for ``Definitions``."""
    environment = process_environment({})
    return {name: _group(name, fields, settings, environment) for name, fields in GROUPS.items()}


def settings_of(context: Any, settings: Settings, groups: Iterable[str]) -> Settings:
    """``settings`` as the run's resources have them. The asset requires the groups by ``required_resource_keys``."""
    for name in groups:
        settings = getattr(context.resources, name).over(settings)
    return settings


def _group(name: str, fields: Iterable[str], settings: Settings, environment: Mapping[str, str]) -> SettingGroup:
    types, values = {}, {}
    for field in fields:
        known, variable = type(settings).model_fields[field], field.upper()
        if known.annotation is SecretStr:
            values[field] = dg.EnvVar(variable) if environment.get(variable) else ""
        else:
            values[field] = getattr(settings, field)
        text = known.annotation is SecretStr or bool(get_args(known.annotation))  # a Literal
        # With a default of its own, a run may set one field and leave the others.
        types[field] = (str if text else known.annotation, Field(values[field], description=known.description))
    said = f"Settings of the part `{name}`, as the environment has them; docs/settings.md. A run may set others."
    model = create_model(f"{name.capitalize()}Settings", __base__=SettingGroup, __doc__=said, **types)  # type: ignore[call-overload]
    return model(**values)
