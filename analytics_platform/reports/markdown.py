"""The evening message as Markdown. What comes from outside (names, cohorts, answers) is escaped. Pure."""

import html
import re
from collections.abc import Iterator, Sequence

from analytics_platform.reports import wording
from analytics_platform.reports.names import listed
from analytics_platform.reports.progress import Answer, LessonState, Message

_SIGNS = re.compile(r"([\\`*_\[\]#|~])")
_LIST = re.compile(
    r"^(\d*)([-+=]|(?<=\d)[.)])"
)  # what would begin a list or underline a heading at the start of a line


def escape(text: str) -> str:
    """Text that stays text at the start of a line: no emphasis, links, HTML, tables, headings or lists, on one line."""
    return _LIST.sub(r"\1\\\2", inline(text))


def inline(text: str) -> str:
    """Text that stays text within a line."""
    # Entities rather than backslashes for HTML: not every renderer knows that \\< is text.
    return _SIGNS.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False))


def render(message: Message) -> str:
    return "\n".join(_lines(message)) + "\n"


def _lines(message: Message) -> Iterator[str]:
    yield f"# {escape(wording.title(message))}"
    yield from ("", escape(wording.opening(message)))
    for line in wording.missing(message):
        yield from ("", f"*{escape(line)}*")
    if message.flagged:
        yield from ("", f"## Please look at these first ({len(message.flagged)})", "")
        for answer in message.flagged:
            yield from _flagged(answer)
    if message.main:
        yield from ("", f"## {escape(message.main.title)}", "")
        yield from _state(message, message.main)
    if message.others:
        yield from ("", "## Other lessons with activity today", "")
        yield "| lesson | completed | partly | not started | roster |"
        yield "| --- | ---: | ---: | ---: | ---: |"
        for state in message.others:
            numbers = (len(state.completed), len(state.partial), len(state.not_started), state.size)
            yield f"| {escape(state.title)} | {' | '.join(map(str, numbers))} |"
    if message.quotes:
        yield from ("", "## Worth quoting", "")
        for answer in message.quotes:
            yield from (f"> {escape(answer.words)}  ", f"> {_source(answer)}", "")
    yield from ("", "## What the numbers say", "")
    yield from (f"- {escape(line)}" for line in wording.insights(message))
    if message.next_title:
        yield from ("", f"**Next: {escape(message.next_title)}**")


def _flagged(answer: Answer) -> Iterator[str]:
    who = escape(answer.by) or f"person {escape(answer.person_id[:8])}"
    yield f"- **{escape(answer.tier)}**, {who}, {escape(answer.lesson)}: “{escape(answer.words)}”  "
    asked = f"asked “{escape(wording.short(answer.question))}”; " if answer.question else ""
    yield f"  {asked}fired: {escape(answer.rules)}"


def _state(message: Message, state: LessonState) -> Iterator[str]:
    yield f"{escape(wording.counts(state))}."
    if said := wording.due(message, state):
        yield from ("", escape(said))
    yield ""
    for heading, members in (
        ("Completed", state.completed),
        ("Partly", state.partial),
        ("Not started", state.not_started),
    ):
        yield f"- **{heading} ({len(members)})**{_names([row['full_name'] for row in members], message)}"


def _names(full_names: Sequence[str | None], message: Message) -> str:
    names = ", ".join(escape(name) for name in listed(full_names, message.privacy))
    return f": {names}" if names else ""


def _source(answer: Answer) -> str:
    return " ".join(part for part in (f"— {escape(answer.by)}," if answer.by else "—", escape(answer.lesson)) if part)
