"""Many series in, verdicts out: batches by step and length, on as many threads as there are cores for it.

Does not live here: files (reading, writing), the judging of a batch (detector).
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from analytics_platform.insights.detector import detect, warm_up
from analytics_platform.insights.feedback import Feedback, lessons_of
from analytics_platform.insights.options import DEFAULT, Options
from analytics_platform.insights.reading import Series
from analytics_platform.insights.series import batch_of, step_of
from analytics_platform.insights.verdicts import Verdicts, verdicts_of

CELLS = 300_000  # of series × rows in one batch: what a batch needs of memory is about 400 bytes a cell
THREADS = 2


def score(
    series: Sequence[Series], options: Options = DEFAULT, feedback: Sequence[Feedback] = ()
) -> Iterator[tuple[int, Verdicts]]:
    """Verdicts of each series with its place in ``series``, batch by batch, not in order; empty series are left out."""
    from threadpoolctl import threadpool_limits

    # BLAS must not start threads of its own inside ours: waiting for each other takes ten times the work.
    with threadpool_limits(1), ThreadPoolExecutor(THREADS) as pool:
        for found in pool.map(lambda places: _judge(series, places, options, feedback), batches(series)):
            yield from found


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


def _judge(
    series: Sequence[Series], places: list[int], options: Options, feedback: Sequence[Feedback]
) -> list[tuple[int, Verdicts]]:
    held = [series[place] for place in places]
    step = step_of(held[0].times)
    times = [each.times for each in held]
    batch = batch_of(times, [each.values for each in held], step)
    lessons = lessons_of(feedback, [each.name for each in held], times, batch.values.shape[1], options)
    judged = detect(batch, options, lessons)
    warm = warm_up(step, options)
    return [(place, verdicts_of(judged, row, series[place].values, warm, options)) for row, place in enumerate(places)]
