"""The exports that run by themselves: ``exports.yml`` in PLATFORM_HOME, a list of what goes where and how often.

    - {name: completion_rate, group_by: [cohort], grain: week, format: csv, to: s3://bucket/weekly, every: week}

``every`` is day, week (on Mondays) or month (on the first); ``role`` and ``cohorts`` make an export see less. Does not
live here: when that is looked at (``defs.exports``).
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analytics_platform.errors import SettingsError
from analytics_platform.semantics import Role, Viewer
from analytics_platform.semantics.questions import Grain
from analytics_platform.serving.exports.exporting import Export
from analytics_platform.serving.formats import Format
from analytics_platform.settings import Settings

FILE = "exports.yml"


class Scheduled(BaseModel):
    """One line of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    to: str = ""
    every: Literal["day", "week", "month"] = "day"
    format: Format = "parquet"
    group_by: list[str] = Field(default_factory=list)
    grain: Grain | None = None
    parameters: dict[str, str | int | float | bool] = Field(default_factory=dict)
    role: Role = Role.ADMIN
    cohorts: list[str] | None = None

    def export(self) -> Export:
        return Export(self.name, self.format, tuple(self.group_by), self.grain, parameters=dict(self.parameters))

    def viewer(self) -> Viewer:
        return Viewer("exports", self.role, None if self.cohorts is None else tuple(self.cohorts))

    def is_due(self, day: date) -> bool:
        return self.every == "day" or (day.weekday() == 0 if self.every == "week" else day.day == 1)


def scheduled(settings: Settings) -> list[Scheduled]:
    """What the file says; nothing without a file. A wrong line stops with its number."""
    file = settings.home / FILE
    if not file.exists():
        return []
    return list(_read(file))


def _read(file: Path) -> Iterator[Scheduled]:
    lines: Any = yaml.safe_load(file.read_text("utf-8")) or []
    if not isinstance(lines, list):
        raise SettingsError(f"{file} must be a list of exports, each with name, to, every and format.")
    for number, line in enumerate(lines, 1):
        try:
            yield Scheduled.model_validate(line)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise SettingsError(f"{file}, export {number}: {where}: {first['msg']}.") from None
