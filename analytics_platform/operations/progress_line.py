"""What a run says on a terminal: one line that moves while dbt works, and what a person should read.

Does not live here: what the run is (``defs``). dbt's whole log is in the file that ``warehouse.dbt.log_file`` names.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

_NODE = re.compile(r"^(\d+) of (\d+) (OK|PASS|WARN|SKIP|NO-OP|ERROR|FAIL)\b")
# What dbt says at each start and end, and Dagster of checks of files that are not new.
_USUAL = re.compile(
    r"^(Running with dbt|Registered adapter|Unable to do partial|Found \d|Concurrency:|Finished running|Completed|"
    r"Done\. PASS|\d+ of \d+ START|op '\S+' did not yield)"
)


class Teller:
    """Takes each line of a run."""

    def __init__(self, console: Console, bar: Progress) -> None:
        self._console, self._bar = console, bar
        self._task: TaskID | None = None
        self._done = self._total = 0

    def say(self, line: str) -> None:
        node = _NODE.match(line)
        if node:
            if self._task is None:
                self._task = self._bar.add_task("dbt models and tests", total=None)
            if self._done == self._total or int(node[2]) != self._total:  # a further build of the same run
                self._done, self._total = 0, int(node[2])
            self._done += 1
            self._bar.update(self._task, completed=self._done, total=self._total)
        if (node and node[3] in ("WARN", "ERROR", "FAIL")) or not (node or _USUAL.match(line) or not line.strip()):
            self._console.print(line, soft_wrap=True, markup=False)


@contextmanager
def teller(console: Console) -> Iterator[Teller]:
    columns = (TextColumn("Building {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        yield Teller(console, bar)
