"""What a report says of a video: numbers with their denominators, drop-offs, comparison, hypotheses, actions, targets.

Everything is computed from the marts' rows; what cannot be computed is absent or said to be so. Pure. Does not live
here: asking the marts (``video_data``), forms (``video_forms``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Rows = Sequence[dict[str, Any]]
FEWEST_PEOPLE = 5  # fewer are not shown in anything that leaves the platform
FEWEST_VIEWS, FEWEST_VIDEOS = 20, 4  # before another video is compared with, and how many of them
CLOSE = 0.05  # a difference of less than five points is none
EARLY_LOSS, REWATCHED = 0.2, 0.3


@dataclass(frozen=True)
class Facts:
    """Rows of the marts about one video."""

    video: dict[str, Any]
    engagement: dict[str, Any]
    curve: Rows
    dropoffs: Rows
    moments: Rows
    others: Rows
    threshold: float


@dataclass(frozen=True)
class VideoReport:
    """Sentences and rows in the order of the page. ``state`` says why there are no numbers, if there are none."""

    title: str
    opening: str
    state: str
    numbers: tuple[tuple[str, str, str], ...]  # name, value, of what
    dropoffs: tuple[tuple[str, ...], ...]  # a sentence each, then what happened next
    comparison: tuple[str, ...]
    causes: tuple[str, ...]
    actions: tuple[str, ...]
    targets: tuple[str, ...]
    curve: Rows
    ranges: tuple[tuple[int, int], ...]


def compose(facts: Facts) -> VideoReport:
    """The report of a video. Without views, or with too few people, it says so and shows no number."""
    known, of = facts.video, facts.engagement
    people = of["viewers"] + (of["anonymous_views"] or 0)
    state = ""
    if not of["views"]:
        state = "No data: nobody has viewed this video yet."
    elif people < FEWEST_PEOPLE:
        state = f"Fewer than {FEWEST_PEOPLE} people have viewed this video, so no numbers are shown."
    shown = facts if not state else None
    causes = tuple(_causes(facts)) if shown else ()
    return VideoReport(
        title=known["title"] or known["video_id"],
        opening=_opening(facts),
        state=state,
        numbers=tuple(_numbers(of)) if shown else (),
        dropoffs=tuple(_dropoff(row, facts.moments) for row in facts.dropoffs) if shown else (),
        comparison=tuple(_comparison(facts)) if shown else (),
        causes=tuple(cause for cause, _ in causes),
        actions=tuple(_actions(facts, [action for _, action in causes])) if shown else (),
        targets=tuple(_targets(facts)) if shown else (),
        curve=facts.curve if shown else (),
        ranges=tuple((row["from_second"], row["to_second"]) for row in facts.dropoffs) if shown else (),
    )


def clock(seconds: float) -> str:
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def percent(share: float | None) -> str:
    return "no data" if share is None else f"{100 * share:.1f} %"


def _opening(facts: Facts) -> str:
    known, of = facts.video, facts.engagement
    length = known["duration_seconds"]
    told = {"catalogue": "by the catalogue", "players": "as most players tell", "positions": "estimated: the largest"}
    said = f"{known['video_id']}, {clock(length)} long ({told[known['duration_from']]}" if length else ""
    said += " position ever seen)" if known["duration_from"] == "positions" else ")" if length else known["video_id"]
    if not length:
        said += ", length unknown"
    return f"{said}. Views from {of['first_day']} to {of['last_day']}." if of["views"] else f"{said}."


def _numbers(of: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    views = f"{of['views']} views"
    yield "Views", str(of["views"]), f"by {of['viewers']} people, and {of['anonymous_views']} by nobody known"
    yield "Completed", percent(of["completion_rate"]), f"{of['completed_views']} of {of['views_with_length']} views"
    yield "Average view", f"{clock(of['average_view_duration_seconds'])} min", f"play time of {views}, repeats included"
    yield "Average share watched", percent(of["average_percent_watched"]), f"mean over {of['views_with_length']} views"
    yield "Valid views", percent(of["valid_views"] / of["views"]), f"{of['valid_views']} of {views}"


def place(row: dict[str, Any]) -> str:
    first, last = clock(row["from_second"]), clock(row["to_second"])
    return first if first == last else f"{first}–{last}"


def _dropoff(row: dict[str, Any], moments: Rows) -> tuple[str, ...]:
    sentence = (
        f"{place(row)}: {row['exits']} of {row['views_at_risk']} views that were still there end"
        f" ({percent(row['drop_off'])}); on the average a second loses {percent(row['mean_hazard'])}."
    )
    skipped = f"Leaps forward over it: {row['skips']}." if row["skips"] else "Nobody skipped over it."
    return sentence, skipped, *(_moment(found) for found in _around(row, moments))


def _around(row: dict[str, Any], moments: Rows) -> list[dict[str, Any]]:
    return [m for m in moments if m["from_second"] <= row["to_second"] and m["to_second"] >= row["from_second"]]


def _moment(row: dict[str, Any]) -> str:
    did = {
        "chat": "asked the bot",
        "wrong answer": "answered a question wrongly",
        "lesson": "went to a lesson",
        "page": "did something in the app",
        "video": "went to a video",
    }[row["what"]]
    of = f"{row['people']} of the {row['people_left']} people who left"
    return f"Within the hour, {of} {did}{': ' + row['subject'] if row['subject'] else ''}."


def _comparison(facts: Facts) -> Iterator[str]:
    band = facts.video["length_band"]
    if len(facts.others) < FEWEST_VIDEOS:
        yield (
            f"There are {len(facts.others)} other videos of its length ({band or 'unknown'}) with {FEWEST_VIEWS} views"
            f" or more; {FEWEST_VIDEOS} are needed for a comparison."
        )
        return
    for name, column in (("Completion", "completion_rate"), ("Average share watched", "average_percent_watched")):
        own, usual = facts.engagement[column], _median(facts.others, column)
        if own is None or usual is None:
            continue
        side = "about as" if abs(own - usual) < CLOSE else "above what" if own > usual else "below what"
        yield f"{name} is {side} usual: {percent(own)}; the median of {len(facts.others)} videos of {band} is" + (
            f" {percent(usual)}."
        )


def _median(rows: Rows, column: str) -> float | None:
    values = [row[column] for row in rows if row[column] is not None]
    return float(median(values)) if values else None


def _early(facts: Facts) -> float | None:
    """Share of the views that ended within the first tenth."""
    tenth = len(facts.curve) // 10
    if not tenth or not facts.curve[0]["views_at_risk"]:
        return None
    before, after = (float(facts.curve[second]["views_at_risk"]) for second in (0, tenth))
    return (before - after) / before


def _causes(facts: Facts) -> Iterator[tuple[str, str]]:
    """Hypotheses, each with the number that suggests it, and what would test it; the gravest first."""
    for row in sorted(facts.dropoffs, key=lambda row: -row["exits"]):
        where, kinds = place(row), {m["what"] for m in _around(row, facts.moments)}
        if "wrong answer" in kinds:
            why, do = "what is said there may not be understood", "explain it anew with an example"
        elif "chat" in kinds:
            why, do = "it may raise a question that the video does not answer", "answer the question in the video"
        elif row["skips"] > row["exits"]:
            why, do = "the part may be known or too long", "shorten it"
        elif kinds:
            why, do = "something else may call people away there", "look at what stands beside the video at this time"
        else:
            why, do = (
                "the part may seem to be the end, or lose its thread",
                "watch the ten seconds before it and cut it",
            )
        yield (
            f"At {where}, {why}: {row['exits']} of {row['views_at_risk']} leave.",
            f"At {where}, {do}, and compare the next {max(FEWEST_VIEWS, row['exits'])} views.",
        )
    early = _early(facts)
    if early is not None and early >= EARLY_LOSS:
        yield (
            f"The beginning may promise something else than people came for: {percent(early)} end in the first tenth.",
            f"Say in the first {clock(max(len(facts.curve) // 20, 1))} min what the video is for.",
        )
    peak = max((row for row in facts.curve if row["rewatch"]), key=lambda row: row["rewatch"], default=None)
    if peak is not None and peak["rewatch"] >= REWATCHED and peak["views_watching"] >= FEWEST_PEOPLE:
        where = clock(peak["video_second"])
        yield (
            f"At {where} something may be hard to follow, or worth coming back to: watched"
            f" {peak['times_watched']} times by {peak['views_watching']} views.",
            f"Put what is shown at {where} beside the video, to be read.",
        )


def _actions(facts: Facts, found: list[str]) -> list[str]:
    """Three: what the hypotheses suggest, then what would make the numbers better known."""
    more = []
    if facts.video["duration_from"] != "catalogue":
        more.append("Import the video's length with `analytics-platform import videos FILE`: completion stands on it.")
    if facts.engagement["views"] < 5 * FEWEST_VIEWS:
        more.append(f"Wait for {5 * FEWEST_VIEWS} views (now {facts.engagement['views']}) before changing the video.")
    if len(facts.others) < FEWEST_VIDEOS:
        more.append(f"Publish or link more videos of its length: {FEWEST_VIDEOS} others make a comparison.")
    more.append("Look at the curve again after the next cohort: no second stands out now.")
    more.append("Ask five viewers at the end what they take with them: views do not say it.")
    more.append("Keep the video as it is until a change has a number that it should move.")
    return [*found, *more][:3]


def _targets(facts: Facts) -> Iterator[str]:
    of = facts.engagement
    rate, views = of["completion_rate"], of["views_with_length"]
    if rate is None:
        yield "No target can be computed: the video's length is unknown."
        return
    for row in facts.dropoffs[:3]:
        seconds = row["to_second"] - row["from_second"] + 1
        usual = row["views_at_risk"] * (1 - (1 - row["mean_hazard"]) ** seconds)
        stayed = row["views_at_risk"] - row["exits"]
        if not stayed or row["exits"] <= usual:
            continue
        aim = min((of["completed_views"] + (row["exits"] - usual) * min(of["completed_views"] / stayed, 1)) / views, 1)
        yield (
            f"Completion {percent(rate)} → {percent(aim)}, if {place(row)} lost only what a second loses on the average"
            f" ({usual:.0f} of {row['views_at_risk']} views instead of {row['exits']}) and the others went on as those"
            " who stayed did."
        )
    if len(facts.others) >= FEWEST_VIDEOS:
        better = sorted(r["completion_rate"] for r in facts.others if r["completion_rate"] is not None)
        quarter = better[(3 * len(better)) // 4] if better else None
        if quarter is not None and quarter > rate:
            yield f"Completion {percent(rate)} → {percent(quarter)}: a quarter of the videos of its length reach that."
