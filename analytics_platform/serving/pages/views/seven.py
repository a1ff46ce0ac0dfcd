"""Questions in words, with the answer's rows, chart, reading and SQL. Not here: how they are understood."""

from datetime import UTC, date, datetime

import pandas as pd
import streamlit as st

from analytics_platform.errors import PlatformError
from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.asking import among, cohorts, settings, viewer
from analytics_platform.serving.pages.showing import ago, moment
from analytics_platform.serving.pages.tables import is_share, label_of, table_of
from analytics_platform.serving.pages.words import say
from analytics_platform.serving.seven.asking import SUGGESTIONS, ask
from analytics_platform.serving.seven.proposals import LONGEST, propose
from analytics_platform.serving.seven.reply import Reply

MOST_BARS = 25


def page() -> None:
    st.title(say("seven.title"), anchor=False)
    st.caption(say("seven.intro"))
    talk: list[tuple[str, Reply]] = st.session_state.setdefault("talk", [])
    linked = st.query_params.get("q")
    if linked and not talk:
        talk.append((linked, ask(settings(), linked, viewer())))
    asked = st.chat_input(say("seven.hint"))
    if not talk and not asked:
        asked = st.pills(say("seven.instead"), SUGGESTIONS)
    if asked:
        before = next((reply.understood for _, reply in reversed(talk) if reply.understood), None)
        talk.append((asked, ask(settings(), asked, viewer(), before)))
        st.query_params["q"] = asked
    for number, (question, reply) in enumerate(talk):
        st.chat_message("user").write(question)
        with st.chat_message("assistant"):
            _show(reply, number)
            _correct(question, reply, number)


def _correct(question: str, reply: Reply, number: int) -> None:
    """What a person says would be right is kept for whoever looks after the reviewed questions."""
    with st.expander(say("seven.wrong"), icon=":material/thumb_down:"), st.form(f"correct_{number}", border=False):
        right = st.text_input(say("seven.right"), max_chars=LONGEST)
        if st.form_submit_button(say("seven.propose")) and right.strip():
            try:
                propose(settings(), question, reply, right, viewer())
            except PlatformError as error:
                st.warning(str(error))
            else:
                st.success(say("seven.proposed"))


def _show(reply: Reply, number: int) -> None:
    if reply.status == "answered":
        st.markdown(reply.text)
    else:
        st.warning(reply.text, icon=":material/block:" if reply.status == "refused" else ":material/help:")
        st.caption(say("seven.instead"))
        for suggestion in reply.suggestions:
            st.markdown(f"- {suggestion}")
        return
    rows = pd.DataFrame(list(reply.rows))
    drawn = reply.chart.kind != "none" and len(rows) > 1
    if drawn:
        st.plotly_chart(draw(reply, rows), key=f"seven_{number}", alt=reply.reading)
    elif len(rows) > 1:  # whoever asked for a list looks for its rows
        table_of(rows, reply.definitions, f"seven_{number}")
    with st.expander(say("common.behind"), icon=":material/info:"):
        st.caption(f"{say('seven.reading')}: {reply.reading}")
        if drawn or len(rows) == 1:
            table_of(rows, reply.definitions, f"seven_{number}")
        for one in reply.definitions:
            st.markdown(f"**{one.label}** ({one.name}): {one.description}")
        st.caption(_age(reply))
    with st.expander(say("explorer.sql"), icon=":material/code:"):  # long, and for whoever reads it
        st.code(reply.sql, language="sql")


def _age(reply: Reply) -> str:
    """How old the numbers are, and what is wrong with them if something is."""
    if not reply.published_at:
        return reply.version
    at = datetime.fromisoformat(str(reply.published_at))
    age = ago((datetime.now(UTC) - at).total_seconds())
    told = say("common.age", version=reply.version, at=moment(at), ago=age)
    return told if reply.quality in ("", "good") else f"{told} {say('seven.quality', state=reply.quality)}"


def draw(reply: Reply, rows: pd.DataFrame) -> charts.Figure:
    """Days are an axis of time, whatever the answer calls its chart."""
    chart = reply.chart
    meaning = next((one for one in reply.definitions if one.name == chart.y), None)
    share, label = is_share(chart.y, meaning), label_of(chart.y, meaning)
    timed = len(rows) and isinstance(rows[chart.x].dropna().iloc[0], date)
    if chart.by and (chart.kind == "line" or timed):
        names = among(chart.by, rows[chart.by].dropna().astype(str).unique().tolist())
        return charts.lines_by(rows, chart.x, chart.y, chart.by, names, share)
    if chart.kind == "line" or timed:
        return charts.lines(rows.dropna(subset=[chart.x]), chart.x, {chart.y: label}, share)
    shown = rows.head(MOST_BARS)
    colour = charts.colours_of(shown[chart.x], cohorts()) if chart.x == "cohort" else charts.PALETTE[0]
    shown = shown.assign(**{chart.x: shown[chart.x].fillna(say("boards.none"))})
    return charts.bars(shown, chart.x, chart.y, share, across=True, colour=colour)
