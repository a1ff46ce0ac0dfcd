"""Questions in words, with the answer's rows, chart, reading and SQL. Not here: how they are understood."""

import pandas as pd
import streamlit as st

from analytics_platform.errors import PlatformError
from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.asking import settings, viewer
from analytics_platform.serving.pages.showing import table_of
from analytics_platform.serving.pages.words import say
from analytics_platform.serving.seven.asking import SUGGESTIONS, ask
from analytics_platform.serving.seven.proposals import LONGEST, propose
from analytics_platform.serving.seven.reply import Reply


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
    if reply.chart.kind != "none" and len(rows) > 1:
        st.plotly_chart(_draw(reply, rows), key=f"seven_{number}", alt=reply.reading)
    with st.expander(say("common.behind"), icon=":material/info:"):
        st.caption(f"{say('seven.reading')}: {reply.reading}")
        if len(rows):
            table_of(rows, reply.definitions, f"seven_{number}")
        for one in reply.definitions:
            st.markdown(f"**{one.label}** ({one.name}): {one.description}")
        st.caption(f"{reply.version} · {reply.published_at} · {reply.quality}")
        st.code(reply.sql, language="sql")


def _draw(reply: Reply, rows: pd.DataFrame) -> charts.Figure:
    chart = reply.chart
    share = any(one.name == chart.y and one.unit == "share" for one in reply.definitions)
    if chart.kind == "line" and chart.by:
        names = rows[chart.by].dropna().astype(str).unique().tolist()
        return charts.lines_by(rows, chart.x, chart.y, chart.by, names, share)
    if chart.kind == "line":
        return charts.lines(rows, chart.x, {chart.y: reply.reading}, share)
    return charts.bars(rows.head(25), chart.x, chart.y, share, across=True)
