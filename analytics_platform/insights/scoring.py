"""Many series in, verdicts out: batches by step and length, on as many threads as there are cores for it.

Does not live here: files (series_csv, writing), the judging of a batch (detector).
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from analytics_platform.insights.detector import detect, warm_up
from analytics_platform.insights.feedback import Feedback, lessons_of
from analytics_platform.insights.options import DEFAULT, Options
from analytics_platform.insights.series import batch_of, step_of
from analytics_platform.insights.series_csv import Series
from analytics_platform.insights.verdicts import Verdicts, verdicts_of

CELLS = 300_000  # of series × rows in one batch: what a batch needs of memory is about 400 bytes a cell
THREADS = 2


WINDOW = 2 * CELLS  # rows whose series are sorted into batches together, where series come one by one

Judged = list[tuple[int, Verdicts]]


def score(
    series: Sequence[Series], options: Options = DEFAULT, feedback: Sequence[Feedback] = ()
) -> Iterator[tuple[int, Verdicts]]:
    """Verdicts of each series with its place in ``series``, batch by batch, not in order; empty series are left out."""
    with _threads() as pool:
        for found in pool.map(lambda places: _judge(series, places, options, feedback), batches(series)):
            yield from found


def score_stream(
    series: Iterable[Series], options: Options = DEFAULT, feedback: Sequence[Feedback] = ()
) -> Iterator[list[tuple[Series, Verdicts]]]:
    """The same of series that come one by one, some together and in order: not more than two windows are in memory."""
    waiting: deque[tuple[list[Series], list[Future[Judged]]]] = deque()
    with _threads() as pool:
        for window in windows(series):
            waiting.append(
                (window, [pool.submit(_judge, window, places, options, feedback) for places in batches(window)])
            )
            if len(waiting) > 1:
                yield _in_order(*waiting.popleft())
        while waiting:
            yield _in_order(*waiting.popleft())


def windows(series: Iterable[Series]) -> Iterator[list[Series]]:
    held: list[Series] = []
    rows = 0
    for each in series:
        if not len(each.values):
            continue
        held.append(each)
        rows += len(each.values)
        if rows >= WINDOW:
            yield held
            held, rows = [], 0
    if held:
        yield held


def _in_order(window: list[Series], futures: list[Future[Judged]]) -> list[tuple[Series, Verdicts]]:
    found = dict(pair for future in futures for pair in future.result())
    return [(window[place], found[place]) for place in sorted(found)]


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    from threadpoolctl import threadpool_limits

    # BLAS must not start threads of its own inside ours: waiting for each other takes ten times the work.
    with threadpool_limits(1), ThreadPoolExecutor(THREADS) as pool:
        yield pool


def batches(series: Sequence[Series]) -> list[list[int]]:
    """Places of series that are judged together: one step, about one length, and not too many."""
    order = sorted(
        (step_of(each.times), len(each.values), place) for place, each in enumerate(series) if len(each.values)
    )
    found: list[list[int]] = []
    before = 0.0
    for step, size, place in order:
        if not found or step != before or size * (len(found[-1]) + 1) > CELLS:
            found.append([])
        found[-1].append(place)
        before = step
    return found


def _judge(series: Sequence[Series], places: list[int], options: Options, feedback: Sequence[Feedback]) -> Judged:
    held = [series[place] for place in places]
    step = step_of(held[0].times)
    times = [each.times for each in held]
    batch = batch_of(times, [each.values for each in held], step)
    lessons = lessons_of(feedback, [each.name for each in held], times, batch.values.shape[1], options)
    judged = detect(batch, options, lessons)
    warm = warm_up(step, options)
    return [(place, verdicts_of(judged, row, series[place].values, warm, options)) for row, place in enumerate(places)]
