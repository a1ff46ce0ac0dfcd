"""Shifts: columns of a published mart whose newest whole day is far from each of the days before.

Read from the snapshot. Text columns with few values are judged by the share of each value, numbers by their mean, all
by the share of rows without a value. Only what lies outside everything that was seen in the days before is told: what
swings by itself says nothing. Does not live here: people's behaviour, which ``insights`` judges by series.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from analytics_platform.warehouse.lineage import Model

if TYPE_CHECKING:
    import pyarrow as pa

DAYS_BEFORE, FEWEST_DAYS, FEW_ROWS = 14, 7, 50
FAR = 0.3  # of all rows: how far a share may lie outside the days before
MOST_VALUES = 20
_NUMBERS = ("int", "number", "double", "float", "decimal", "numeric")
Ask = Callable[[str], "pa.Table"]  # a reader's query
Shares = dict[date, dict[str, float]]  # day → value → share of its rows


def watched_columns(mart: Model) -> tuple[list[str], list[str]]:
    """The texts and the numbers of a mart that may be looked at; none where it has no day."""
    kinds = {name: kind for name, kind, _ in mart.columns if name not in mart.personal}
    if kinds.get("day") != "date":
        return [], []
    texts = [
        name
        for name, kind in kinds.items()
        if kind in ("text", "boolean") and not name.endswith(("_id", "_key", "version", "because"))
    ]
    numbers = [name for name, kind in kinds.items() if any(word in kind for word in _NUMBERS)]
    return texts, numbers


def shifted(ask: Ask, mart: Model, today: date) -> list[str]:
    """What moved on the newest whole day of a mart, as a sentence each."""
    texts, numbers = watched_columns(mart)
    if not (texts or numbers):
        return []
    row = ask(f"select max(day) as day from {mart.name} where day < date '{today}'").to_pylist()
    newest: date | None = row[0]["day"] if row else None
    if newest is None:
        return []
    first = newest - timedelta(days=DAYS_BEFORE)
    span = f"from {mart.name} where day between date '{first}' and date '{newest}'"
    empties = ", ".join(f"sum(case when {name} is null then 1 else 0 end) as n{n}" for n, name in enumerate(numbers))
    means = ", ".join(f"avg({name} * 1.0) as m{n}" for n, name in enumerate(numbers))
    values = ", ".join(f"count(distinct {name}) as v{n}" for n, name in enumerate(texts))
    selected = ", ".join(filter(None, ("day", "count(*) as all_rows", empties, means, values)))
    by_day = {one["day"]: one for one in ask(f"select {selected} {span} group by day").to_pylist()}
    rows = {day: int(one["all_rows"]) for day, one in by_day.items()}
    found = []
    for number, name in enumerate(numbers):
        empty = {day: {"no value": int(one[f"n{number}"]) / rows[day]} for day, one in by_day.items()}
        found += [f"{name}: {said}" for said in far_shares(empty, rows, newest)]
        mean = {day: None if one[f"m{number}"] is None else float(one[f"m{number}"]) for day, one in by_day.items()}
        found += [f"{name}: {said}" for said in far_mean(mean, rows, newest)]
    for number, name in enumerate(texts):
        if max(one[f"v{number}"] for one in by_day.values()) > MOST_VALUES:
            continue  # words, no categories
        counted = ask(f"select day, {name} as value, count(*) as n {span} group by day, {name}").to_pylist()
        shares: Shares = {day: {} for day in rows}
        for one in counted:
            shares[one["day"]]["no value" if one["value"] is None else str(one["value"])] = one["n"] / rows[one["day"]]
        found += [f"{name}: {said}" for said in far_shares(shares, rows, newest)]
    return found


def far_shares(shares: Shares, rows: Mapping[date, int], newest: date) -> Iterator[str]:
    """Values whose share lies far outside that of each day before. Pure."""
    before = _before(rows, newest)
    if len(before) < FEWEST_DAYS or rows.get(newest, 0) < FEW_ROWS:
        return
    for value in sorted({value for day in (*before, newest) for value in shares[day]}):
        earlier, now = [shares[day].get(value, 0.0) for day in before], shares[newest].get(value, 0.0)
        if now > max(earlier) + FAR or now < min(earlier) - FAR:
            yield f"{value} in {now:.0%} of the rows, before {min(earlier):.0%} to {max(earlier):.0%}"


def far_mean(means: Mapping[date, float | None], rows: Mapping[date, int], newest: date) -> Iterator[str]:
    """The mean, where it lies outside the range of the days before by more than that range and half of itself. Pure."""
    earlier = [mean for day in _before(rows, newest) if (mean := means.get(day)) is not None]
    now = means.get(newest)
    if len(earlier) < FEWEST_DAYS or now is None or rows.get(newest, 0) < FEW_ROWS:
        return
    low, high = min(earlier), max(earlier)
    room = max(high - low, 0.5 * max(abs(low), abs(high)))
    if now > high + room or now < low - room:
        yield f"{now:.4g} on average, before {low:.4g} to {high:.4g}"


def _before(rows: Mapping[date, int], newest: date) -> Sequence[date]:
    return [day for day in sorted(rows) if day < newest and rows[day] >= FEW_ROWS]
