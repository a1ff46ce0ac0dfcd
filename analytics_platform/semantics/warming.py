"""Loading MetricFlow before anybody asks."""

from analytics_platform.errors import PlatformError
from analytics_platform.semantics.compiling import load_engine
from analytics_platform.semantics.registry import registry
from analytics_platform.settings import Settings


def warm(settings: Settings) -> None:
    """Whatever is wrong is said to whoever asks, not here."""
    try:
        known = registry(settings)
        load_engine(known.semantic_manifest, known.engine)
    except PlatformError:
        return
