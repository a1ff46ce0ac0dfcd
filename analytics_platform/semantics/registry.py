"""What can be asked: the metrics of dbt's semantic manifest, the named queries of ``queries/*.yml``, and the marts.

Made once per process from files that dbt wrote; MetricFlow is not needed to list or to explain. Does not live here:
compiling (``compiling``).
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import orjson

from analytics_platform.semantics.errors import unknown
from analytics_platform.semantics.metrics import Metric, metrics_of
from analytics_platform.semantics.named import NamedQuery, load_named
from analytics_platform.settings import Settings
from analytics_platform.warehouse.lineage import Mart, marts
from analytics_platform.warehouse.manifest import manifest_path, semantic_manifest_path


@dataclass(frozen=True)
class Registry:
    """``semantic_manifest`` is what MetricFlow reads."""

    metrics: dict[str, Metric]
    named: dict[str, NamedQuery]
    marts: dict[str, Mart]
    semantic_manifest: Path
    engine: str

    def metric(self, name: str) -> Metric:
        if name not in self.metrics:
            raise unknown("metric", name, self.metrics, "metrics")
        return self.metrics[name]

    def named_query(self, name: str) -> NamedQuery:
        if name not in self.named:
            raise unknown("named query", name, self.named, "name")
        return self.named[name]

    def mart(self, name: str) -> Mart:
        if name not in self.marts:
            raise unknown("mart", name, self.marts, "sql")
        return self.marts[name]


def registry(settings: Settings) -> Registry:
    """What can be asked of this platform."""
    return _registry(settings.home, settings.warehouse, settings)


@lru_cache(maxsize=8)
def _registry(_home: Path, engine: str, settings: Settings) -> Registry:
    manifest = orjson.loads(manifest_path(settings).read_bytes())
    path = semantic_manifest_path(settings)
    known = {mart.name: mart for mart in marts(manifest)}
    return Registry(
        metrics={metric.name: metric for metric in metrics_of(orjson.loads(path.read_bytes()))},
        named={query.name: query for query in load_named(known)},
        marts=known,
        semantic_manifest=path,
        engine=engine,
    )
