"""Known weaknesses of what a lock file installs, from a folder of advisories: nothing is asked of the network.

The folder holds OSV documents (https://ossf.github.io/osv-schema/) as YAML or JSON: a checkout of
https://github.com/pypa/advisory-database, or OSV's export of PyPI unpacked. Advisories are as old as the folder, so the
answer names their newest date. Does not live here: fetching advisories (pip-audit does both where there is a network).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from analytics_platform.errors import PrivacyError


@dataclass(frozen=True)
class Weakness:
    """An advisory that names an installed version. ``fixed`` is the first later version without it, if there is one."""

    package: str
    version: str
    names: tuple[str, ...]
    fixed: str | None

    def line(self) -> str:
        remedy = f"fixed in {self.fixed}" if self.fixed else "no fixed version is named"
        return f"{self.package} {self.version}: {', '.join(self.names)}; {remedy}"


@dataclass(frozen=True)
class Audit:
    weaknesses: list[Weakness]
    advisories: int
    newest: str


def audit(installed: Mapping[str, str], advisories: Path) -> Audit:
    """What is known of the installed versions (name: version)."""
    wanted = {canonicalize_name(name): version for name, version in installed.items()}
    found: dict[tuple[str, str], Weakness] = {}
    count, newest = 0, ""
    for document in _documents(advisories):
        count += 1
        if document.get("withdrawn"):
            continue
        newest = max(newest, str(document.get("published", ""))[:10])
        names = (str(document["id"]), *map(str, document.get("aliases") or ()))
        for affected in document.get("affected") or ():
            package = affected.get("package") or {}
            name = canonicalize_name(str(package.get("name", "")))
            if package.get("ecosystem") == "PyPI" and name in wanted and _names(affected, wanted[name]):
                weakness = Weakness(name, wanted[name], names, _fixed(affected, wanted[name]))
                found[name, names[0]] = weakness
    if not count:
        raise PrivacyError(f"{advisories} holds no advisory: give a folder of OSV documents (*.yaml, *.json).")
    return Audit([found[key] for key in sorted(found)], count, newest)


def _documents(folder: Path) -> Iterator[dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where it was built
    for file in sorted(folder.rglob("*")):
        if file.suffix not in (".yaml", ".yml", ".json") or not file.is_file():
            continue
        try:
            data = file.read_bytes()
            document = orjson.loads(data) if file.suffix == ".json" else yaml.load(data, Loader=loader)  # noqa: S506
        except (orjson.JSONDecodeError, yaml.YAMLError) as error:
            raise PrivacyError(f"{file} cannot be read as an advisory: {error}") from error
        if isinstance(document, dict) and "id" in document and "affected" in document:
            yield document


def _names(affected: Mapping[str, Any], version: str) -> bool:
    if version in map(str, affected.get("versions") or ()):
        return True
    return any(_within(events, Version(version)) for events in _events(affected))


def _within(events: list[Mapping[str, Any]], version: Version) -> bool:
    """The last event at or before the version decides; ``last_affected`` ends after its own version."""
    inside = False
    for event in sorted(events, key=lambda event: _read(next(iter(event.values())))):
        if "introduced" in event and _read(event["introduced"]) <= version:
            inside = True
        elif "introduced" not in event:
            inside = inside and not _ends(event, version)
    return inside


def _ends(event: Mapping[str, Any], version: Version) -> bool:
    if "fixed" in event:
        return _read(event["fixed"]) <= version
    return "last_affected" in event and _read(event["last_affected"]) < version


def _fixed(affected: Mapping[str, Any], version: str) -> str | None:
    fixes = [str(event["fixed"]) for events in _events(affected) for event in events if "fixed" in event]
    return min((fix for fix in fixes if _read(fix) > Version(version)), key=_read, default=None)


def _events(affected: Mapping[str, Any]) -> Iterator[list[Mapping[str, Any]]]:
    for span in affected.get("ranges") or ():
        if span.get("type") in ("ECOSYSTEM", "SEMVER"):
            yield span.get("events") or []


def _read(text: object) -> Version:
    """A version that is none (advisories have some) lies before all others, as OSV's 0 does."""
    try:
        return Version(str(text))
    except InvalidVersion:
        return Version("0")
