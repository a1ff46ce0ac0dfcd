"""What people ask the chatbot, how they sound, what it costs, and when a person takes over; down to one transcript."""

import pandas as pd
import streamlit as st
from plotly.graph_objects import Figure

from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import choice, tab
from analytics_platform.serving.pages.asking import Failed, Filter, choices, frame, has, members, metric, named
from analytics_platform.serving.pages.showing import explain, number, show, stale_banner
from analytics_platform.serving.pages.tables import table_of
from analytics_platform.serving.pages.words import say

OUTCOMES, MOST_LISTED = "conversations_with_an_outcome", 500
SENTIMENTS = {"positive": charts.GOOD, "neutral": charts.QUIET, "negative": charts.BAD, "mixed": charts.WARN}
LISTED = (
    "first_at", "cohort", "app_id", "exchange_count", "is_handed_over", "error_count", "language", "total_price",
    "currency",
)  # fmt: skip
TURN = ("exchanged_at", "model_id", "language", "latency_seconds", "is_regenerated", "has_error", "is_handed_over",
        "total_price", "currency")  # fmt: skip


def page() -> None:
    st.title(say("chat.title"), anchor=False)
    app = choice(say("columns.app_id").capitalize(), "app", members("conversations", "app_id"), say("chat.all_apps"))
    opened = tab("chat", ("volume", "topics", "models", "transcript"))
    with opened.place:
        {"volume": _volume, "topics": _subjects, "models": _models, "transcript": _drill}[opened.name](app)


def _of(app: str | None) -> tuple[Filter, ...]:
    return (Filter("app_id", "=", (app,)),) if app else ()


def _volume(app: str | None) -> None:
    volume = metric("conversations", grain="day", where=_of(app))
    stale_banner(volume)
    show(
        say("chat.volume"),
        volume,
        lambda rows: charts.lines(rows, rows.columns[0], {"conversations": say("chat.title")}),
        key="volume",
    )
    show(
        say("chat.handoffs"),
        metric("handover_rate", grain="day", where=_of(app)),
        lambda rows: charts.lines(rows, rows.columns[0], {"handover_rate": say("chat.handoffs")}, share=True),
        key="handoffs",
    )
    if has("conversation_outcomes"):
        show(
            say("chat.lengths"),
            named("conversation_lengths", {"app": app}),
            lambda rows: charts.bars(rows, "length_band", "conversations", text="conversations"),
            key="lengths",
        )


def _subjects(app: str | None) -> None:
    _topics(app)
    if not has("conversation_outcomes"):
        return
    show(
        say("chat.intents"),
        named("intents", {"app": app}),
        lambda rows: charts.bars(rows, "intent", "conversations", across=True, text="conversations"),
        key="intents",
    )
    for title, by in (("chat.topics_weekly", "topic"), ("chat.sentiment", "sentiment")):
        counted = metric(OUTCOMES, group_by=(by,), grain="week", where=_of(app))
        show(say(title), counted, lambda rows, by=by: _weekly(rows, by), key=by)  # type: ignore[misc]


def _weekly(rows: pd.DataFrame, by: str) -> Figure:
    """One line for each of the most frequent members, which a chart can still tell apart."""
    rows = rows.assign(**{by: rows[by].fillna("unknown").str.replace("_", " ")})
    often = rows.groupby(by)[OUTCOMES].sum().sort_values(ascending=False).index[: len(charts.PALETTE)].tolist()
    colours = SENTIMENTS if by == "sentiment" else None
    return charts.lines_by(rows[rows[by].isin(often)], rows.columns[0], OUTCOMES, by, often, colours=colours)


def _topics(app: str | None) -> None:
    if not has("conversation_topics_daily"):
        st.info(say("common.missing_mart", mart="conversation_topics_daily"))
        return

    def draw(rows: pd.DataFrame) -> Figure:
        total = rows.groupby("topic", as_index=False)[["conversations"]].sum()
        total = total.assign(topic=total["topic"].str.replace("_", " "))
        return charts.bars(
            total.sort_values("conversations", ascending=False),
            "topic",
            "conversations",
            across=True,
            text="conversations",
        )

    show(say("chat.topics"), named("conversation_categories", {"app": app}), draw, key="topics")
    st.caption(say("chat.topics_note"))


def _models(app: str | None) -> None:
    """Prices of one currency: currencies are never added together."""
    if not has("model_usage"):
        st.info(say("common.missing_mart", mart="model_usage"))
        return
    currencies = choices("model_costs", "currency", {"app": app})
    currency = choice(say("chat.currency"), "currency", sorted(currencies, key=lambda one: (one != "USD", one)))

    def draw(rows: pd.DataFrame) -> Figure:
        rows = rows[rows["currency"] == currency].sort_values("price", ascending=False)
        return charts.bars(rows, "model_id", "price", across=True, text="told")

    def told(rows: pd.DataFrame) -> pd.DataFrame:
        of = say("chat.of_conversations")
        texts = [
            f"{price:,.2f} · {number(int(many))} {of}"
            for price, many in zip(rows["price"], rows["conversations"], strict=True)
        ]
        return rows.assign(told=texts)

    title = say("chat.models_in", currency=currency) if currency else say("chat.models")
    show(title, named("model_costs", {"app": app}), lambda rows: draw(told(rows)), key="costs")
    show(
        say("chat.messages_by_model"),
        metric("messages", "chat_error_rate", "latency_p95", group_by=("model_id",), where=_of(app)),
        key="models",
        columns=("model_id", "messages", "chat_error_rate", "latency_p95"),
    )


def _drill(app: str | None) -> None:
    """A list whose chosen row is the conversation below. Words of chats are in no mart, so none are shown."""
    st.subheader(say("chat.drill"), anchor=False)
    listed = named("conversations", {"app": app}, limit=MOST_LISTED)
    rows = frame(listed)
    if isinstance(listed, Failed):
        st.warning(listed.message, icon=":material/report:")
        return
    if rows.empty:
        st.info(say("common.no_data"), icon=":material/inbox:")
        return
    picked = table_of(rows, listed.columns, "listed", LISTED, pick=True)
    st.caption(say("chat.pick_row"))
    if len(rows) == MOST_LISTED:
        st.caption(say("common.newest_only", count=number(MOST_LISTED)))
    if picked and picked != st.session_state.get("listed_row") and picked[0] < len(rows):
        st.session_state["f_conversation"] = rows["conversation_id"].iloc[picked[0]]
    st.session_state["listed_row"] = picked
    explain(listed, "listed_behind")
    titles = {
        row.conversation_id: f"{row.first_at:%Y-%m-%d %H:%M} · {row.app_id} · {str(row.conversation_id)[:8]}"
        for row in rows.itertuples()
    }
    chosen = choice(say("chat.transcript"), "conversation", list(titles), "–", lambda key: titles.get(key, str(key)))
    if chosen:
        show(say("chat.turns"), named("conversation", {"conversation": chosen}), key="turns", columns=TURN)
        st.caption(say("chat.no_words"))
