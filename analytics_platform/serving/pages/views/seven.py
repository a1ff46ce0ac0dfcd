"""Questions in words. Does not live here: how they are understood (``serving/seven``)."""

import streamlit as st

from analytics_platform.serving.pages.words import say


def page() -> None:
    st.title(say("seven.title"), anchor=False)
    st.caption(say("seven.intro"))
    st.info(say("seven.absent"), icon=":material/hourglass_empty:")
