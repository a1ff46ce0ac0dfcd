"""Places of BI tools that are kept fresh: ``connections.yml`` in PLATFORM_HOME.

    - {name: management, kind: tableau, every: day, tables: [{name: kpis}, {name: completion_rate, group_by: [cohort]}],
       server: https://tableau.example.org, site: learning, project: Learning, token_name: platform,
       token_file: /run/secrets/tableau}
    - {name: office, kind: powerbi, every: hour, tables: [{name: kpis}], workspace: 9b2…, dataset: Learning,
       tenant: 4f1…, client_id: 77a…, secret_file: /run/secrets/powerbi, refresh: [c01…]}

A secret is the content of a file. ``role`` and ``cohorts`` make a connection see less. Does not live here: bringing
them up to date and how they are (``refreshing``), talking to them (``tableau``, ``powerbi``).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analytics_platform.errors import ExportError, SettingsError
from analytics_platform.semantics import Role
from analytics_platform.semantics.questions import Grain
from analytics_platform.settings import Settings

FILE = "connections.yml"
HOUR = 3  # UTC, at which those of a day and of a week are due


class Table(BaseModel):
    """One table there: a mart, metrics or a named query, as an export has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    called: str = Field("", pattern=r"^\w{0,100}$", description="Its name there; empty: the same.")
    group_by: list[str] = Field(default_factory=list)
    grain: Grain | None = None
    parameters: dict[str, str | int | float | bool] = Field(default_factory=dict)

    @property
    def title(self) -> str:
        return self.called or self.name.replace(",", "_")


class Connection(BaseModel):
    """What every connection has."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    every: Literal["hour", "day", "week"] = "day"
    tables: list[Table] = Field(default_factory=list)
    role: Role = Role.VIEWER
    cohorts: list[str] | None = None

    def is_due(self, moment: datetime) -> bool:
        moment = moment.astimezone(UTC)
        at_night = moment.hour == HOUR
        return self.every == "hour" or (at_night and (self.every == "day" or moment.weekday() == 0))


class Tableau(Connection):
    """A data source that is published: a ``.hyper`` file with a table for each of ``tables``."""

    kind: Literal["tableau"]
    server: str
    site: str = ""
    project: str = "default"
    token_name: str
    token_file: Path


class PowerBi(Connection):
    """A push dataset whose rows are replaced, and datasets that are told to refresh themselves."""

    kind: Literal["powerbi"]
    workspace: str
    dataset: str = ""
    refresh: list[str] = Field(default_factory=list)
    tenant: str
    client_id: str
    secret_file: Path
    authority: str = "https://login.microsoftonline.com"
    api: str = "https://api.powerbi.com"


class Line(BaseModel):
    """One entry of the file, of either kind."""

    line: Tableau | PowerBi = Field(discriminator="kind")


def connections(settings: Settings) -> list[Tableau | PowerBi]:
    """What the file says; nothing without a file. A wrong line stops with its number."""
    file = settings.home / FILE
    return list(_read(file)) if file.exists() else []


def _read(file: Path) -> Iterator[Tableau | PowerBi]:
    lines: Any = yaml.safe_load(file.read_text("utf-8")) or []
    if not isinstance(lines, list):
        raise SettingsError(f"{file} must be a list of connections, each with name, kind and tables.")
    for number, line in enumerate(lines, 1):
        try:
            yield Line.model_validate({"line": line}).line
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"][1:])
            raise SettingsError(f"{file}, connection {number}: {where}: {first['msg']}.") from None


def secret(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except OSError as error:
        raise ExportError(f"The secret in {file} cannot be read: {error.strerror}.") from None
