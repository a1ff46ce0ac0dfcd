"""Which layout a home has: ``PLATFORM_HOME/home.json``, so that a program meets no home that it does not understand.

A newer program brings an older home up to date, one step of ``STEPS`` after another, each of which may be done twice;
an older program refuses a newer home, whose files it would misread. The collector's store and the warehouse carry
versions of their own. To change the layout: write a function that changes a home, and append it to ``STEPS``.
"""

from collections.abc import Callable
from pathlib import Path

import orjson

from analytics_platform import __version__
from analytics_platform.errors import UpkeepError

FILE = "home.json"
# STEPS[0] leads from layout 1 to 2. Homes from before there was a number have layout 1.
STEPS: tuple[Callable[[Path], None], ...] = ()


def bring_up_to_date(home: Path, steps: tuple[Callable[[Path], None], ...] = STEPS) -> int:
    """Do the steps that a home lacks; its layout now. A step that fails is done again by the next start."""
    file, newest = home / FILE, len(steps) + 1
    layout = _layout_of(file)
    if layout > newest:
        raise UpkeepError(
            f"{home} has layout {layout}, and version {__version__} of the platform knows {newest} as the newest."
            " Install the version that wrote it, or restore a backup from before the update into an empty home."
        )
    for number, step in enumerate(steps[layout - 1 :], start=layout):
        step(home)
        _write(file, number + 1)
    if not file.exists():
        _write(file, newest)
    return newest


def _layout_of(file: Path) -> int:
    try:
        return int(orjson.loads(file.read_bytes())["layout"])
    except FileNotFoundError:
        return 1
    except (ValueError, KeyError, TypeError):
        raise UpkeepError(
            f"{file} does not say which layout this home has. Restore it from a backup; homes of this version have"
            f' {{"layout": {len(STEPS) + 1}}}.'
        ) from None


def _write(file: Path, layout: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{FILE}.draft")
    draft.write_bytes(orjson.dumps({"layout": layout, "written_by": __version__}))
    draft.replace(file)
