"""What people ask the chatbot, how they sound, what it costs, and when a person takes over; down to one transcript."""

import pandas as pd
import streamlit as st
from plotly.graph_objects import Figure

from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import choice
from analytics_platform.serving.pages.asking import Filter, choices, frame, has, members, metric, named
from analytics_platform.serving.pages.showing import show, stale_banner
from analytics_platform.serving.pages.words import say

OUTCOMES = "conversations_with_an_outcome"


def page() -> None:
    st.title(say("chat.title"), anchor=False)
    app = choice("App", "app", members("conversations", "app_id"), "–")
    of_app = (Filter("app_id", "=", (app,)),) if app else ()
    volume = metric("conversations", grain="day", where=of_app)
    stale_banner(volume)
    show(
        say("chat.volume"),
        volume,
        lambda rows: charts.lines(rows, rows.columns[0], {"conversations": say("chat.title")}),
        key="volume",
    )
    _topics(app)
    if has("conversation_outcomes"):
        _outcomes(app, of_app)
    show(
        say("chat.handoffs"),
        metric("handover_rate", grain="day", where=of_app),
        lambda rows: charts.lines(rows, rows.columns[0], {"handover_rate": say("chat.handoffs")}, share=True),
        key="handoffs",
    )
    _models(app)
    _drill(app)


def _outcomes(app: str | None, of_app: tuple[Filter, ...]) -> None:
    for title, by in (("chat.topics_weekly", "topic"), ("chat.sentiment", "sentiment")):
        counted = metric(OUTCOMES, group_by=(by,), grain="week", where=of_app)
        show(say(title), counted, lambda rows, by=by: _weekly(rows, by), key=by)  # type: ignore[misc]
    show(
        say("chat.intents"),
        named("intents", {"app": app}),
        lambda rows: charts.bars(rows, "intent", "conversations", across=True),
        key="intents",
    )
    show(
        say("chat.lengths"),
        named("conversation_lengths", {"app": app}),
        lambda rows: charts.bars(rows, "length_band", "conversations"),
        key="lengths",
    )


def _weekly(rows: pd.DataFrame, by: str) -> Figure:
    """One line for each of the most frequent members, which a chart can still tell apart."""
    rows = rows.assign(**{by: rows[by].fillna("unknown").str.replace("_", " ")})
    often = rows.groupby(by)[OUTCOMES].sum().sort_values(ascending=False).index[: len(charts.PALETTE)].tolist()
    return charts.lines_by(rows[rows[by].isin(often)], rows.columns[0], OUTCOMES, by, often)


def _topics(app: str | None) -> None:
    if not has("conversation_topics_daily"):
        st.info(say("common.missing_mart", mart="conversation_topics_daily"))
        return

    def draw(rows: pd.DataFrame) -> Figure:
        total = rows.groupby("topic", as_index=False)[["conversations"]].sum()
        total = total.assign(topic=total["topic"].str.replace("_", " "))
        return charts.bars(total.sort_values("conversations", ascending=False), "topic", "conversations", across=True)

    show(say("chat.topics"), named("conversation_categories", {"app": app}), draw, key="topics")
    st.caption(say("chat.topics_note"))


def _models(app: str | None) -> None:
    if not has("model_usage"):
        st.info(say("common.missing_mart", mart="model_usage"))
        return

    used = named("model_usage", {"app": app})
    currency = choice(say("chat.currency"), "currency", choices("model_usage", "currency", {"app": app}))

    def draw(rows: pd.DataFrame) -> Figure:
        priced = rows[rows["currency"] == currency]  # currencies are never added together
        cost = priced.groupby("model_id", as_index=False)[["total_price"]].sum()
        return charts.bars(cost.sort_values("total_price", ascending=False), "model_id", "total_price", across=True)

    show(say("chat.models"), used, draw, key="models")


def _drill(app: str | None) -> None:
    listed = named("conversations", {"app": app}, limit=500)
    rows = show(say("chat.drill"), listed, key="listed")
    if rows.empty:
        return
    chosen = choice(say("chat.transcript"), "conversation", rows["conversation_id"].tolist(), "–")
    if chosen:
        turns = frame(named("conversation", {"conversation": chosen}))
        for turn in turns.to_dict("records"):
            if turn.get("query"):
                st.chat_message("user").write(turn["query"])
            if turn.get("answer"):
                st.chat_message("assistant").write(turn["answer"])
        show(say("chat.transcript"), named("conversation", {"conversation": chosen}), key="turns")
