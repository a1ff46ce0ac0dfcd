"""Dashboards: panels of metrics, made by clicking, kept, shared by their link, taken out and in as YAML.

The same dashboards as the API's. Does not live here: where they are kept (``serving/api/dashboards``), the YAML
(``boards``).
"""

from dataclasses import replace

import pandas as pd
import streamlit as st
from plotly.graph_objects import Figure

from analytics_platform.errors import PlatformError
from analytics_platform.semantics import Named, Query
from analytics_platform.semantics.questions import GRAINS
from analytics_platform.serving.api import dashboards
from analytics_platform.serving.api.dashboards import Panel
from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import choice
from analytics_platform.serving.pages.asking import Failed, among, ask, cohorts, known, settings, snapshot, viewer
from analytics_platform.serving.pages.boards import LARGEST, from_yaml, panel_of, to_yaml
from analytics_platform.serving.pages.showing import explain, number, show
from analytics_platform.serving.pages.words import say

SIDE_BY_SIDE = 2


def page() -> None:
    st.title(say("boards.title"), anchor=False)
    if snapshot() is None:
        st.info(say("common.nothing_published"))
        return
    titles = {str(one["id"]): str(one["title"]) for one in dashboards.listed(settings())}
    name = choice(say("boards.pick"), "board", list(titles), shown=lambda key: titles.get(key, str(key)))
    title, panels = dashboards.panels_of(settings(), str(name))
    for place in range(0, len(panels), SIDE_BY_SIDE):
        for column, panel in zip(st.columns(SIDE_BY_SIDE), panels[place : place + SIDE_BY_SIDE], strict=False):
            with column:
                _panel(panel, f"{name}_{panels.index(panel)}")
    st.download_button(say("boards.export"), to_yaml(title, panels), f"{name}.yml", "application/yaml")
    if viewer().sees_people:
        with st.expander(say("boards.make"), icon=":material/edit:"):
            _make(str(name), title, list(panels))


def _panel(panel: Panel, key: str) -> None:
    question = panel.question if panel.question.limit else replace(panel.question, limit=dashboards.PANEL_ROWS)
    reply = ask(question)
    if isinstance(question, Query) and not isinstance(reply, Failed) and not question.grain and not question.group_by:
        st.subheader(panel.title, anchor=False)
        for one in reply.definitions:
            st.metric(one.label, number(reply.rows[0][one.name], one.unit), help=one.description)
        explain(reply, key, with_table=True)
        return
    # Money of two currencies has no common axis: a table.
    show(
        panel.title,
        reply,
        (lambda rows: drawn(rows, question))
        if isinstance(question, Query) and "currency" not in question.group_by
        else None,
        key=key,
    )


def drawn(rows: pd.DataFrame, question: Query) -> Figure:
    """The first metric, named at its axis; the others are in the table below, as one axis cannot carry two units."""
    metric = known().metrics[question.metrics[0]].definition
    share = metric.unit == "share"
    if question.grain and question.group_by:
        by = question.group_by[0]
        members = rows[by].dropna().astype(str).unique().tolist()
        figure = charts.lines_by(rows, rows.columns[0], metric.name, by, among(by, members), share)
        return figure.update_yaxes(title=metric.label)
    if question.grain:
        figure = charts.lines(rows, rows.columns[0], {metric.name: metric.label}, share)
        return figure.update_yaxes(title=metric.label)
    if "lesson_number" in question.group_by:
        rows = rows.sort_values("lesson_number", key=lambda numbers: numbers.map(charts.place_of))
    named = rows[list(question.group_by)].fillna(say("boards.none")).astype(str).agg(" · ".join, axis=1)
    colour: str | list[str] = charts.PALETTE[0]
    if question.group_by == ("cohort",):
        colour = charts.colours_of(rows["cohort"], cohorts())
    figure = charts.bars(rows.assign(_name=named), "_name", metric.name, share, across=True, colour=colour)
    return figure.update_xaxes(title=metric.label)


def _make(name: str, title: str, panels: list[Panel]) -> None:
    """A draft that begins as a copy of what is shown; saving under the same title replaces it."""
    draft: list[Panel] = st.session_state.setdefault(f"draft_{name}", list(panels))
    for place, panel in enumerate(draft):
        left, right = st.columns([5, 1])
        left.markdown(f"{place + 1}. **{panel.title}** · {_told(panel)}")
        if right.button(say("boards.remove"), key=f"remove_{name}_{place}", icon=":material/delete:"):
            draft.pop(place)
            st.rerun()
    with st.form(f"add_{name}", clear_on_submit=True):
        metrics = known().metrics
        picked = st.multiselect(
            say("explorer.metric"), sorted(metrics), format_func=lambda k: metrics[k].definition.label
        )
        by = st.text_input(say("boards.by"), placeholder="cohort")
        grain = st.selectbox(say("explorer.grain"), [None, *GRAINS], format_func=lambda one: one or "–")
        called = st.text_input(say("boards.panel_title"))
        if st.form_submit_button(say("boards.add"), icon=":material/add:") and picked:
            _add(
                draft,
                {"title": called, "metrics": picked, "group_by": [by.strip()] if by.strip() else [], "grain": grain},
            )
    kept_as = st.text_input(say("boards.name"), "" if name in dashboards.BUILT_IN else title, key=f"name_{name}")
    if st.button(say("boards.save"), type="primary", icon=":material/save:", disabled=not (kept_as.strip() and draft)):
        _keep(kept_as.strip(), draft)
    _take_in()


def _add(draft: list[Panel], panel: dict[str, object]) -> None:
    """A panel that cannot be answered is told now, not when somebody opens the dashboard."""
    try:
        made = panel_of(panel, known())
    except PlatformError as error:
        st.error(str(error))
        return
    reply = ask(replace(made.question, limit=1))
    if isinstance(reply, Failed):
        st.error(reply.message)
        return
    draft.append(made)
    st.rerun()


def _take_in() -> None:
    given = st.file_uploader(say("boards.import"), ["yml", "yaml"], key="board_file")
    if given is not None and st.button(say("boards.take"), icon=":material/upload:"):
        try:
            title, panels = from_yaml(given.read(LARGEST + 1), known())
        except PlatformError as error:
            st.error(str(error))
            return
        _keep(title, panels)


def _keep(title: str, panels: list[Panel]) -> None:
    try:
        name = dashboards.keep_panels(settings(), title, panels)
    except PlatformError as error:
        st.error(str(error))
        return
    st.session_state.pop(f"draft_{name}", None)
    st.session_state.pop("f_board", None)
    st.query_params["board"] = name
    st.rerun()


def _told(panel: Panel) -> str:
    question = panel.question
    if isinstance(question, Named):
        return question.name
    return ", ".join(question.metrics) + "".join(f" × {by}" for by in (*question.group_by, question.grain) if by)
