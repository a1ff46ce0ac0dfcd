"""Who hears of what: routes from one YAML file (``ALERT_ROUTES_FILE``, else the packaged ``routes.yaml``, which logs).

A wrong file stops with a message that names the route and the field. Values ``secret:NAME`` come from the file that
``ALERT_SECRETS_FILE`` names, so that the routes themselves can be shown and kept in version control.
"""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from analytics_platform.alerts.alert import KINDS, Alert, Kind, Severity, is_graver
from analytics_platform.errors import AlertError
from analytics_platform.settings import Settings

PACKAGED = Path(__file__).with_name("routes.yaml")
_STRICT = ConfigDict(extra="forbid", frozen=True)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class _Route(BaseModel):
    """What every route has: which alerts, and when."""

    model_config = _STRICT
    name: str = Field(min_length=1, pattern=r"^[\w-]+$")
    kinds: tuple[Kind, ...] = KINDS
    at_least: Severity = "low"
    owners: tuple[str, ...] = ()  # empty: everybody's
    quiet_hours: str = Field("", pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$|^$")
    group_seconds: int = Field(60, ge=0, le=3600)
    most_per_hour: int = Field(12, ge=1)

    def wants(self, alert: Alert) -> bool:
        owned = not self.owners or alert.owner in self.owners
        wanted = alert.kind == "test" or (alert.kind in self.kinds and owned)
        return wanted and not is_graver(self.at_least, alert.severity)

    @property
    def quiet(self) -> tuple[time, time] | None:
        """Start and end of the quiet hours in local time; the end may lie on the next day."""
        if not self.quiet_hours:
            return None
        start, end = self.quiet_hours.split("-")
        return time.fromisoformat(start), time.fromisoformat(end)


class LogRoute(_Route):
    channel: Literal["log"]


class _HttpRoute(_Route):
    url: str

    @field_validator("url")
    @classmethod
    def _encrypted(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            return value
        raise ValueError("must start with https:// (plain http only to this machine)")


class SlackRoute(_HttpRoute):
    channel: Literal["slack"]


class WebhookRoute(_HttpRoute):
    channel: Literal["webhook"]
    key: str = Field(min_length=16, description="Signs each body (HMAC-SHA256).")


class EmailRoute(_Route):
    channel: Literal["email"]
    host: str
    port: int = Field(587, ge=1, le=65535)
    tls: Literal["starttls", "tls"] = "starttls"
    ca_file: str = ""  # a certificate authority of one's own
    user: str = ""
    password: str = ""
    sender: str
    to: tuple[str, ...] = Field(min_length=1)


Route = Annotated[LogRoute | SlackRoute | WebhookRoute | EmailRoute, Field(discriminator="channel")]


class _File(BaseModel):
    model_config = _STRICT
    routes: tuple[Route, ...]

    @model_validator(mode="after")
    def _names_differ(self) -> "_File":
        names = [route.name for route in self.routes]
        if len(set(names)) < len(names):
            raise ValueError("two routes have the same name")
        return self


def load_routes(settings: Settings) -> tuple[Route, ...]:
    """The routes of this installation, in their order."""
    file = Path(settings.alert_routes_file) if settings.alert_routes_file else PACKAGED
    try:
        return _File.model_validate(_with_secrets(read_yaml(file), read_secrets(settings), file)).routes
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise AlertError(f"{file} is no list of routes: {problems}. See {PACKAGED} for an example.") from None


def read_yaml(file: Path) -> object:
    try:
        return yaml.safe_load(file.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise AlertError(
            f"{file} cannot be read as YAML: {error}. Mend the file or the setting that names it."
        ) from None


def read_secrets(settings: Settings) -> Mapping[str, str]:
    if not settings.alert_secrets_file:
        return {}
    found = read_yaml(Path(settings.alert_secrets_file))
    if not isinstance(found, dict):
        raise AlertError(f"{settings.alert_secrets_file} must hold lines of the form name: value.")
    return {str(name): str(value) for name, value in found.items()}


def _with_secrets(node: object, secrets: Mapping[str, str], file: Path) -> object:
    if isinstance(node, dict):
        return {key: _with_secrets(value, secrets, file) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_secrets(value, secrets, file) for value in node]
    if isinstance(node, str) and node.startswith("secret:"):
        name = node.removeprefix("secret:")
        if name not in secrets:
            raise AlertError(f"{file} uses secret:{name}, which ALERT_SECRETS_FILE does not hold. Add it there.")
        return secrets[name]
    return node
