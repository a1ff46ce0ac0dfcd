"""What Streamlit runs: who looks, which pages there are, and how old the numbers are. Each page is in ``views/``."""

import streamlit as st

from analytics_platform.serving.pages import asking, login
from analytics_platform.serving.pages.showing import ago
from analytics_platform.serving.pages.views import (
    conversations,
    dashboards,
    explorer,
    learning,
    operations,
    people,
    quality,
    seven,
    today,
    video,
)
from analytics_platform.serving.pages.words import language, languages, say

# Streamlit's captions have a contrast of 3.9 : 1; AA asks for 4.5.
STYLE = '[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p { color: inherit; opacity: 0.9; }'
# On a phone, tiles stand side by side in twos: one below the other, five of them fill two screens.
TILES = """@media (max-width: 640px) { [data-testid="stColumn"]:has([data-testid="stMetric"]) {
    min-width: calc(50% - 1rem) !important; flex: 1 1 calc(50% - 1rem) !important; } }"""
# White on the light blue of the dark theme has 2.3 : 1. The theme may change while the page is open.
ON_BLUE = """[data-testid^="stBaseButton-primary"] *, [data-testid="stMultiSelect"] [data-tag] * {
    color: light-dark(#ffffff, #111111) !important; }"""


def main() -> None:
    st.set_page_config(page_title="analytics-platform", page_icon=":material/insights:", layout="wide")
    st.html(f"<style>{STYLE}{TILES}{ON_BLUE}</style>")
    login.enter(asking.settings())
    pages = [
        st.Page(today.page, title=say("today.title"), icon=":material/today:", default=True),
        # The default page has no path of its own; a link to /today shall not end at "not found".
        st.Page(_today, title=say("today.title"), url_path="today", visibility="hidden"),
        st.Page(learning.page, title=say("learning.title"), icon=":material/school:", url_path="learning"),
        st.Page(people.page, title=say("people.title"), icon=":material/person:", url_path="people"),
        st.Page(conversations.page, title=say("chat.title"), icon=":material/forum:", url_path="conversations"),
        st.Page(video.page, title=say("video.title"), icon=":material/play_circle:", url_path="video"),
        st.Page(operations.page, title=say("operations.title"), icon=":material/monitoring:", url_path="operations"),
        st.Page(quality.page, title=say("quality.title"), icon=":material/fact_check:", url_path="quality"),
        st.Page(explorer.page, title=say("explorer.title"), icon=":material/table_view:", url_path="explorer"),
        st.Page(dashboards.page, title=say("boards.title"), icon=":material/dashboard:", url_path="dashboards"),
        st.Page(seven.page, title=say("seven.title"), icon=":material/chat:", url_path="seven"),
    ]
    st.session_state["pages"] = {page.url_path: page for page in pages}
    chosen = st.navigation(pages)
    with st.sidebar:
        _language()
        _freshness()
        login.leave(asking.settings())
    chosen.run()


def _today() -> None:
    today.page()


def _language() -> None:
    names = {"en": "English", "id": "Bahasa Indonesia", "th": "ไทย"}
    options = languages()
    picked = st.selectbox(
        say("common.language"), options, index=options.index(language()), format_func=lambda code: names.get(code, code)
    )
    if picked != language():
        st.query_params["lang"] = picked
        st.rerun()


def _freshness() -> None:
    current = asking.snapshot()
    if current is None:
        st.caption(say("common.nothing_published"))
        return
    from datetime import UTC, datetime

    seconds = (datetime.now(UTC) - datetime.fromisoformat(current.published_at)).total_seconds()
    st.caption(say("common.published", ago=ago(seconds), first=current.first_day, last=current.last_day))


main()
