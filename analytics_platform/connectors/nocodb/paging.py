"""Many pages of one filter. By offset for a day, several at once; by time for what is new.

Offset paging is no snapshot: rows that are deleted or added meanwhile shift the others. So each page begins with the
last row of the page before; where that is not so, something shifted, and the filter is read again until a pass is
clean. Does not live here: one request (``client``), what becomes of rows (``days``, ``changes``).
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from analytics_platform.connectors.nocodb.client import Client, Page, Row
from analytics_platform.connectors.nocodb.rows import Reader
from analytics_platform.errors import SourceError

OVERLAP = 1  # rows of a page that the page before has, too
MOST_PASSES = 6


@dataclass
class Scan:
    """All rows of one filter. ``total`` is what the server counted last; ``seen`` the ids that came."""

    client: Client
    reader: Reader
    where: str
    page_size: int
    at_once: int
    total: int = 0
    passes: int = 0
    seen: set[str] = field(default_factory=set)

    def pages(self) -> Iterator[list[Row]]:
        """Records that were not seen yet, page by page."""
        while self.passes < MOST_PASSES:
            self.passes += 1
            clean = True
            last: str | None = None
            came = 0
            for page, expected in self._pass():
                came += len(page.rows) - (OVERLAP if came else 0)
                ids = [self.reader.id_of(row) for row in page.rows]
                if len(ids) < expected or (last is not None and ids[:OVERLAP] != [last]):
                    clean = False
                last = ids[-1] if ids else None
                fresh = [row for row, name in zip(page.rows, ids, strict=True) if name not in self.seen]
                self.seen.update(ids)
                if fresh:
                    yield fresh
            if clean and came >= self.total:
                return
        if len(self.seen) < self.total:
            raise SourceError(
                f"{self.reader.table.path} ({self.where}) changed in each of {self.passes} passes: the server counts"
                f" {self.total} rows, {len(self.seen)} came. They are landed; pull again when fewer rows are deleted"
                " meanwhile, or set a larger NOCODB_PAGE_SIZE."
            )

    def _pass(self) -> Iterator[tuple[Page, int]]:
        """The pages in order, each with how many rows it has if nothing shifted."""
        page = self._page(0)
        self.total = page.total
        size = page.size or self.page_size  # a hosted NocoDB gives smaller pages than it is asked for
        yield page, min(size, page.total)
        step, end = size - OVERLAP, len(page.rows)
        if not step or end >= self.total:
            return
        with ThreadPoolExecutor(self.at_once) as pool:
            waiting: deque[tuple[int, Future[Page]]] = deque()
            offsets = iter(range(step, self.total - OVERLAP, step))
            try:
                while True:
                    while len(waiting) < 2 * self.at_once and (offset := next(offsets, None)) is not None:
                        waiting.append((offset, pool.submit(self._page, offset)))
                    if not waiting:
                        return
                    offset, future = waiting.popleft()
                    page = future.result()
                    yield page, min(size, self.total - offset)
                    if page.total > self.total and not waiting:  # it grew meanwhile
                        offsets = iter(range(offset + step, page.total - OVERLAP, step))
                    self.total = page.total or self.total
            finally:
                for _, future in waiting:
                    future.cancel()

    def _page(self, offset: int) -> Page:
        return self.client.page(self.reader.table.path, self.where, self.reader.order, offset, self.page_size)


def since(client: Client, reader: Reader, column: str, start: str, page_size: int) -> Iterator[tuple[list[Row], str]]:
    """Rows whose ``column`` is at or after a time, in its order, with the time up to which all have come.

    Each page begins at the time of the last one, so nothing that is deleted or edited meanwhile shifts a row out of
    sight. ``gte`` and not ``gt``: strictly greater is not strict on SQLite, and times are cut to whole seconds.
    """
    begin, offset = start, 0
    while True:
        where = f"({column},gte,exactDate,{begin})"
        page = client.page(reader.table.path, where, f"{column},{reader.tie}", offset, page_size)
        times = [reader.moment(row.get(column)) for row in page.rows]
        last = max((time for time in times if time is not None), default=None)
        yield page.rows, last or begin
        if len(page.rows) < (page.size or page_size) or last is None:
            return
        begin, offset = (last, 0) if last > begin else (begin, offset + len(page.rows))
