"""dbt's manifests: Dagster's definitions and the metrics are made from them. Written once per state of the project.

``dbt parse`` takes four seconds, loading a manifest a tenth of one. The file's name carries a digest of every file of
the project, so a changed model gives a new manifest and an unchanged one is found. Works offline and with an empty
environment.
"""

import fcntl
import hashlib
import tempfile
from pathlib import Path

from analytics_platform.errors import WarehouseError
from analytics_platform.settings import Settings
from analytics_platform.warehouse.dbt import DBT_PROJECT, dbt_environment, run_dbt

_PARSED = ("*.sql", "*.yml", "*.md", "*.csv")


def manifest_path(settings: Settings) -> Path:
    """The manifest of the project as it is now; parses the project if it has none."""
    if parsed := parsed_manifest(settings):
        return parsed
    folder = _path(settings).parent
    folder.mkdir(parents=True, exist_ok=True)
    # make dev starts five processes at once that all need it: one parses, the others wait and find it.
    with (folder / "parsing.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return parsed_manifest(settings) or _parse(settings)


def _parse(settings: Settings) -> Path:
    path = _path(settings)
    folder = path.parent
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        arguments = ["--log-format", "json", "--log-level", "warn", "--log-level-file", "none", "parse"]
        paths = ["--target-path", scratch, "--log-path", scratch]
        done = run_dbt([*arguments, *paths], dbt_environment(settings), lambda _line: None)
        manifest = Path(scratch) / "manifest.json"
        if done.returncode or not manifest.exists():
            raise WarehouseError(f"dbt cannot parse {DBT_PROJECT}. It said:\n{done.stdout}")
        (Path(scratch) / "semantic_manifest.json").replace(_semantic(path))
        manifest.replace(path)
    for old in folder.glob(f"{settings.warehouse}-*.json"):
        if old not in (path, _semantic(path)):
            old.unlink(missing_ok=True)
    return path


def parsed_manifest(settings: Settings) -> Path | None:
    """The same where there is one already: nothing is parsed."""
    path = _path(settings)
    return path if path.exists() and _semantic(path).exists() else None


def semantic_manifest_path(settings: Settings) -> Path:
    """The metrics of the project as it is now, as MetricFlow reads them."""
    return _semantic(manifest_path(settings))


def _path(settings: Settings) -> Path:
    return settings.home / "warehouse" / "manifests" / f"{settings.warehouse}-{project_digest(DBT_PROJECT)}.json"


def _semantic(manifest: Path) -> Path:
    return manifest.with_suffix(".semantic.json")


def project_digest(project: Path) -> str:
    """A short digest of every file that dbt parses."""
    digest = hashlib.sha256()
    files = sorted(file for pattern in _PARSED for file in project.rglob(pattern))
    for file in files:
        relative = file.relative_to(project)
        if relative.parts[0] not in ("target", "logs"):
            digest.update(str(relative).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
