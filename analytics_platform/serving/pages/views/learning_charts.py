"""What the page of learning draws. Pure: rows in, a chart out. Not here: what is asked."""

import pandas as pd
from plotly.graph_objects import Figure

from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.words import say

MOST_CARDS, MOST_THEMES = 15, 20
PARTS = ("completed", "partial", "not_started")


def standing(rows: pd.DataFrame, cohort: str | None, lesson: str | None) -> Figure:
    """One bar per lesson of the map, or per cohort where one lesson is chosen."""
    parts = {
        "completed": (say("learning.completed"), charts.GOOD),
        "partial": (say("learning.partial"), charts.WARN),
        "not_started": (say("learning.not_started"), charts.NEUTRAL),
    }
    if lesson:
        return charts.stacked(rows, "cohort", parts, across=True, written=True)
    if rows["lesson_number"].notna().any():  # a map names the course; the table has the other lessons, too
        rows = rows[rows["lesson_number"].notna()]
    rows = rows.assign(lesson_name=_lessons(rows))
    if not cohort:
        rows = rows.groupby("lesson_name", sort=False)[list(PARTS)].sum().reset_index()
    return charts.stacked(rows, "lesson_name", parts, across=True, written=True)


def on_time(rows: pd.DataFrame) -> Figure:
    """Shares, with what they are of written in each bar."""
    rows = rows.dropna(subset=["on_time_rate"]).sort_values("position")
    text = [
        f"{share:.0%} ({int(done):,} / {int(of):,})"
        for share, done, of in zip(
            rows["on_time_rate"], rows["completions_on_time"], rows["completions_with_a_due_date"], strict=True
        )
    ]
    rows = rows.assign(lesson_name=_lessons(rows), text=text)
    return charts.bars(rows, "lesson_name", "on_time_rate", share=True, across=True, text="text")


def cards(rows: pd.DataFrame) -> Figure:
    """Of those who came to a card: who went on, and who stopped at it; over a course, only where most stop."""
    card = rows["place"].astype(str) + ". " + rows["question"].fillna(rows["card_type"])
    if rows["lesson_id"].nunique() > 1:
        card = rows["lesson_number"].fillna("?").astype(str) + " · " + card
    went_on = rows["people_reached"] - rows["people_lost"].fillna(0)  # nobody stops at the last card
    stopped = [
        "" if pd.isna(share) else f"{int(lost):,} ({share:.0%})"
        for lost, share in zip(rows["people_lost"], rows["drop_off"], strict=True)
    ]
    rows = rows.assign(card=card, went_on=went_on, stopped=stopped)
    if len(rows) > MOST_CARDS:
        rows = rows.sort_values("people_lost", ascending=False).head(MOST_CARDS)
    parts = {
        "people_lost": (say("learning.stopped"), charts.BAD),
        "went_on": (say("learning.went_on"), charts.NEUTRAL),
    }
    figure = charts.stacked(rows, "card", parts, across=True)
    # Beside the bar that it is about, which is often too small to write in.
    figure.data[1].update(
        text=rows["stopped"],
        textposition="inside",
        insidetextanchor="start",
        textangle=0,
        insidetextfont={"color": charts.INK},
    )
    return figure


def themes(rows: pd.DataFrame) -> Figure:
    named = rows["theme"].replace("unknown", say("learning.no_theme")).str.replace("_", " ")
    return charts.bars(rows.assign(theme=named).head(MOST_THEMES), "theme", "answers", across=True, text="answers")


def lifecycle(rows: pd.DataFrame) -> Figure:
    """Whoever has gone quiet is below the line: the bars above it are the active people."""
    parts = {
        "new_people": (say("learning.new"), charts.PALETTE[0]),
        "returning_people": (say("learning.returning"), charts.PALETTE[2]),
        "resurrecting_people": (say("learning.back_again"), charts.PALETTE[4]),
        "dormant_people": (say("learning.quiet"), charts.NEUTRAL),
    }
    figure = charts.stacked(rows.assign(dormant_people=-rows["dormant_people"]), "period_start", parts)
    figure.update_layout(barmode="relative")
    return figure


def _lessons(rows: pd.DataFrame) -> "pd.Series[str]":
    title = rows["lesson_name"].fillna(rows["lesson_id"]) if "lesson_id" in rows else rows["lesson_name"].fillna("?")
    number = rows["lesson_number"].map(lambda one: "" if pd.isna(one) else f"{one}. ")
    return number + title
