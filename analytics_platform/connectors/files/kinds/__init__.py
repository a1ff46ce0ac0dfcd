"""The kinds of files, a module each: from rows to clean payloads, rejects and a report, in one object ``KIND``.

A further kind is a further module: it is found here, and has its command and its watched folder by that.
"""

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from analytics_platform.connectors.files.kind import Kind
from analytics_platform.errors import FileRefused


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Every kind by its name, in the order in which dropped files are best taken in."""
    found: list[Kind] = [import_module(f"{__name__}.{module.name}").KIND for module in iter_modules(__path__)]
    return {kind.name: kind for kind in sorted(found, key=lambda kind: (kind.order, kind.name))}


def kind_of(name: str) -> Kind:
    try:
        return kinds()[name]
    except KeyError:
        raise FileRefused(f"{name!r} is no kind of file; there are {', '.join(kinds())}.") from None
