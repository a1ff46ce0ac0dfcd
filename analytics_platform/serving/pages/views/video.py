"""Why a video loses its viewers: three curves over a scrubber, drop-offs marked, and what people did afterwards."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics_platform.errors import PlatformError
from analytics_platform.reports.video_files import folder_name
from analytics_platform.reports.video_writing import FORMS, report_of
from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import amount, choice, switch
from analytics_platform.serving.pages.asking import Failed, frame, has, lesson_names, named, settings, viewer
from analytics_platform.serving.pages.showing import number, show, stale_banner
from analytics_platform.serving.pages.words import say, say_if_known

MOST_PLACES = 3
DROPOFF = ("at", "views_at_risk", "exits", "drop_off", "skips")
MOMENT = ("at", "what", "subject", "people", "people_left", "share")
STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 1800)  # seconds between the marks of the axis


def page() -> None:
    st.title(say("video.title"), anchor=False)
    listed = named("videos")
    stale_banner(listed)
    if isinstance(listed, Failed):
        st.warning(listed.message, icon=":material/report:")
        return
    rows = frame(listed)
    titles = {row["video_id"]: row["title"] or row["video_id"] for row in rows.to_dict("records")}
    video = choice(
        say("video.pick"),
        "video",
        rows["video_id"].tolist() if len(rows) else [],
        shown=lambda k: titles.get(k, str(k)),
    )
    if video is None:
        st.info(say("common.no_data"))
        return
    chosen = rows[rows["video_id"] == video].to_dict("records")[0]
    _numbers(chosen)
    percent = amount(say("video.threshold"), "threshold", 2, 50, 10, "%d %%")
    dropoffs = named("significant_dropoffs", {"video": video, "threshold": percent / 100})
    stretches = frame(dropoffs)
    moments = named("moments", {"video": video}) if has("video_moments") else None
    if len(stretches):
        _say_where(stretches, frame(moments) if moments is not None else pd.DataFrame())
    show(say("video.curves"), named("retention_curve", {"video": video}), lambda c: _curves(c, stretches), key="curves")
    show(say("video.dropoffs"), dropoffs, empty=say("video.none"), key="dropoffs", columns=DROPOFF, told=_at_clock)
    if moments is not None:
        empty = say("video.moments_none")
        show(say("video.moments"), moments, empty=empty, key="moments", columns=MOMENT, told=_at_clock)
    if has("video_engagement"):
        show(
            say("video.engagement"),
            named("engagement_summary", {"video": video}),
            lambda table: charts.bars(table, "local_day", "views"),
            key="engagement",
        )
    if has("video_concurrency"):
        show(
            say("video.concurrency"),
            named("concurrency", {"video": video, "start": chosen["last_day"] - timedelta(days=30)}),
            lambda table: charts.lines(table, "minute", {"peak": say("video.together")}, points=True),
            key="concurrency",
        )
    if viewer().sees_everything and switch(say("video.report"), "report"):
        _report(video, percent / 100)


def _report(video: str, threshold: float) -> None:
    """The written report, computed from the same snapshot; it takes a moment, so only whoever asks for it waits."""
    try:
        report = report_of(settings(), video, threshold)
    except PlatformError as error:
        st.warning(str(error), icon=":material/report:")
        return
    name = folder_name(video)
    st.download_button(say("video.report_html"), FORMS["html"](report), f"{name}.html", "text/html")
    st.markdown(FORMS["md"](report))


def _say_where(dropoffs: pd.DataFrame, moments: pd.DataFrame) -> None:
    """Why viewers are lost, in a sentence for each place; the tables below prove it."""
    for place, one in enumerate(dropoffs.sort_values("exits", ascending=False).to_dict("records")[:MOST_PLACES]):
        at, left, there = _clock(float(one["from_second"])), int(one["exits"]), int(one["views_at_risk"])
        said = say("video.lost", at=at, left=number(left), there=number(there), share=f"{left / there:.0%}")
        after = moments[moments["from_second"] == one["from_second"]] if len(moments) else moments
        if len(after):
            most = after.sort_values("people", ascending=False).to_dict("records")[0]
            what = " ".join(filter(None, (_what(str(most["what"])), str(most["subject"] or ""))))
            gone = number(int(most["people_left"]))
            said += " " + say("video.then", people=number(int(most["people"])), what=what, left=gone)
        st.markdown(f"**{said}**" if place == 0 else said)


def _at_clock(rows: pd.DataFrame) -> pd.DataFrame:
    """Seconds as the player shows them."""
    spans = zip(rows["from_second"].map(_clock), rows["to_second"].map(_clock), strict=True)
    if "what" in rows:
        names = lesson_names() | {str(one["video_id"]): str(one["title"]) for one in named_videos()}
        rows = rows.assign(what=rows["what"].map(_what), subject=rows["subject"].map(lambda one: names.get(one, one)))
    return rows.assign(at=[first if first == last else f"{first} – {last}" for first, last in spans])


def named_videos() -> list[dict[Any, Any]]:
    rows = frame(named("videos"))
    return [] if rows.empty else [row for row in rows.to_dict("records") if row["title"]]


def _what(kind: str) -> str:
    return say_if_known(f"video.what_{kind.replace(' ', '_')}") or kind


def _numbers(row: Mapping[Any, Any]) -> None:
    shown = {
        "viewers": number(int(row["viewers"])),
        "plays": number(int(row["views"])),
        "mean_time": _clock(row["average_view_duration_seconds"]),
    }
    for place, (name, value) in zip(st.columns(len(shown)), shown.items(), strict=True):
        place.metric(say(f"video.{name}"), value, border=True)


def _curves(rows: pd.DataFrame, stretches: pd.DataFrame) -> go.Figure:
    names = {
        "unique_retention": say("video.unique"),
        "absolute_retention": say("video.absolute"),
        "survival": say("video.survival"),
    }
    figure = charts.lines(rows, "video_second", {k: v for k, v in names.items() if k in rows}, share=True, height=420)
    length = int(rows["video_second"].max())
    step = next((size for size in STEPS if length / size <= 10), STEPS[-1])
    ticks = list(range(0, length + 1, step))
    scrubber = {"visible": True, "thickness": 0.12}  # the whole video in small: a stretch of it is drawn out of it
    figure.update_xaxes(tickvals=ticks, ticktext=[_clock(float(tick)) for tick in ticks], rangeslider=scrubber)
    for one in stretches.to_dict("records"):
        first, last = float(one["from_second"]), float(one["to_second"])
        charts.mark_range(figure, first - 0.5, last + 0.5, f"−{one['drop_off']:.0%}")
    return figure


def _clock(seconds: object) -> str:
    if not isinstance(seconds, int | float) or pd.isna(seconds):
        return say("common.no_data_short")
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
