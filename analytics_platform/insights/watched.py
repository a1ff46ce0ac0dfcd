"""Which series are watched, as ``watched.yaml`` declares them. A word that it does not know stops the start.

Does not live here: reading the marts (``gathering``), judging what was read (``detector``).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from analytics_platform.insights.errors import DeclarationRefused

PACKAGED = Path(__file__).parent / "watched.yaml"
LEDGER = "ledger"
HOUR, DAY = "hour", "day"
# What a deviation must come to at least, by the unit of the metric, where the metric does not say it.
EFFECTS = {"count": 5.0, "share": 0.05, "percent": 10.0, "score": 5.0, "ms": 50.0, "tokens": 1000.0}


@dataclass(frozen=True)
class Metric:
    """One metric: a ``value``, or a ``part`` of a ``whole`` that is ``least`` at least."""

    name: str
    unit: str
    value: str | None = None
    part: str | None = None
    whole: str | None = None
    least: float = 1
    idle: str | None = None
    by: tuple[str, ...] = ()
    total: bool = True
    grains: tuple[str, ...] = (HOUR, DAY)
    forecast: bool = False
    effect: float | None = None

    @property
    def least_effect(self) -> float:
        return EFFECTS.get(self.unit, 0.0) if self.effect is None else self.effect

    @property
    def is_ratio(self) -> bool:
        return self.part is not None

    @property
    def adds_up(self) -> bool:
        """Whether the members' values add up to the whole's: counts of rows do, counts of different people do not."""
        return self.idle == "zero" and "distinct" not in (self.value or "") and "max(" not in (self.value or "")


@dataclass(frozen=True)
class Origin:
    """A mart, and the metrics that are taken from it."""

    mart: str
    source: str
    metrics: tuple[Metric, ...]
    hour: str | None = None
    day: str = "day"
    only: Mapping[str, str] | None = None

    def condition(self, grain: str) -> str:
        return (self.only or {}).get(grain, "true")

    def of(self, grain: str) -> list[Metric]:
        """The metrics that have this grain; without a moment there are no hours."""
        if grain == HOUR and not self.hour:
            return []
        return [metric for metric in self.metrics if grain in metric.grains]


@dataclass(frozen=True)
class Watched:
    """All of it, and a version that changes with the declaration."""

    origins: tuple[Origin, ...]
    version: str

    def metric(self, name: str) -> Metric | None:
        return next((m for origin in self.origins for m in origin.metrics if m.name == name), None)

    @property
    def metrics(self) -> list[Metric]:
        return [metric for origin in self.origins for metric in origin.metrics]


@lru_cache(maxsize=4)
def watched(file: Path = PACKAGED) -> Watched:
    """The declaration of a file."""
    content = file.read_bytes()
    origins = tuple(_origin(entry, file) for entry in yaml.safe_load(content))
    names = [metric.name for origin in origins for metric in origin.metrics]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DeclarationRefused(f"{file} declares {', '.join(twice)} twice. Give each metric a name of its own.")
    return Watched(origins, hashlib.sha256(content).hexdigest()[:10])


def _origin(entry: dict[str, Any], file: Path) -> Origin:
    metrics = tuple(_metric(name, found, file) for name, found in entry.get("metrics", {}).items())
    _known(entry, {"mart", "source", "metrics", "hour", "day", "only"}, f"{file}, mart {entry.get('mart')}")
    return Origin(**{**entry, "metrics": metrics})


def _metric(name: str, entry: dict[str, Any], file: Path) -> Metric:
    _known(entry, {field.name for field in fields(Metric)}, f"{file}, metric {name}")
    if ("value" in entry) == ("part" in entry) or ("part" in entry) != ("whole" in entry):
        raise DeclarationRefused(f"{file}, metric {name}: give a value, or a part and a whole.")
    lists = {key: tuple(entry[key]) for key in ("by", "grains") if key in entry}
    return Metric(name=name, **{**entry, **lists})


def _known(entry: Mapping[str, Any], words: set[str], where: str) -> None:
    strange = sorted(set(entry) - words)
    if strange:
        raise DeclarationRefused(
            f"{where}: {', '.join(strange)} means nothing here. It knows {', '.join(sorted(words))}."
        )
