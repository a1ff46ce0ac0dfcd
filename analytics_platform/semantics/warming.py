"""Loading MetricFlow before anybody asks."""

from analytics_platform.errors import PlatformError
from analytics_platform.semantics.compiling import compile_metrics
from analytics_platform.semantics.registry import registry
from analytics_platform.settings import Settings


def warm(settings: Settings) -> None:
    """Compile one metric; whatever is wrong is said to whoever asks, not here."""
    try:
        known = registry(settings)
        compile_metrics(known.semantic_manifest, known.engine, [next(iter(known.metrics))], [], [], None)
    except PlatformError:
        return
