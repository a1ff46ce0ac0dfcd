"""The evening message as one HTML page without scripts or anything from elsewhere: it can be sent as an e-mail. Pure.

What comes from outside (names, cohorts, answers) is escaped.
"""

from collections.abc import Iterator, Sequence
from html import escape

from analytics_platform.reports import wording
from analytics_platform.reports.names import listed
from analytics_platform.reports.progress import Answer, LessonState, Message

_STYLE = """
body { font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans Thai", sans-serif; color: #1f2933; background: #f5f6f8;
  margin: 0; padding: 24px 12px; }
main { max-width: 680px; margin: 0 auto; background: #fff; border: 1px solid #dfe3e8; border-radius: 8px;
  padding: 24px 32px 32px; }
h1 { font-size: 22px; line-height: 1.3; margin: 0 0 12px; }
h2 { font-size: 17px; margin: 32px 0 8px; }
p { margin: 8px 0; }
.opening { font-size: 17px; }
.note { color: #52606d; font-size: 14px; }
.bar { display: flex; height: 14px; border-radius: 7px; overflow: hidden; background: #e4e7eb; margin: 12px 0; }
.completed { background: #2f855a; } .partial { background: #d69e2e; } .none { background: #cbd2d9; }
dl { margin: 8px 0; } dt { font-weight: 600; margin-top: 10px; } dd { margin: 0; }
dt i { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin-right: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 15px; } th, td { padding: 6px 8px; text-align: right;
  border-bottom: 1px solid #e4e7eb; } th:first-child, td:first-child { text-align: left; }
.flagged { border-left: 4px solid #c53030; background: #fff5f5; padding: 8px 14px; margin: 10px 0; }
.tier { font-weight: 700; color: #9b2c2c; }
blockquote { margin: 12px 0; padding: 2px 0 2px 14px; border-left: 4px solid #90cdf4; }
blockquote footer, .flagged footer { color: #52606d; font-size: 14px; }
.next { margin-top: 28px; padding: 12px 14px; background: #ebf8ff; border-radius: 6px; font-weight: 600; }
"""
_PARTS = (("completed", "Completed"), ("partial", "Partly"), ("none", "Not started"))


def render(message: Message) -> str:
    heading = escape(wording.title(message))
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{heading}</title>'
    body = "\n".join(_parts(message))
    page = f"<head>{head}<style>{_STYLE}</style></head>\n<body><main>\n{body}\n</main></body>"
    return f'<!doctype html>\n<html lang="en">{page}</html>\n'


def _parts(message: Message) -> Iterator[str]:
    yield f"<h1>{escape(wording.title(message))}</h1>"
    yield f'<p class="opening">{escape(wording.opening(message))}</p>'
    yield from (f'<p class="note">{escape(line)}</p>' for line in wording.missing(message))
    if message.flagged:
        yield f"<h2>Please look at these first ({len(message.flagged)})</h2>"
        yield from map(_flagged, message.flagged)
    if message.main:
        yield f"<h2>{escape(message.main.title)}</h2>"
        yield from _state(message, message.main)
    if message.others:
        yield "<h2>Other lessons with activity today</h2>"
        names = ("lesson", "completed", "partly", "not started", "roster")
        yield f"<table><tr>{''.join(f'<th>{name}</th>' for name in names)}</tr>"
        yield from map(_row, message.others)
        yield "</table>"
    if message.quotes:
        yield "<h2>Worth quoting</h2>"
        for answer in message.quotes:
            by = f"{escape(answer.by)}, " if answer.by else ""
            footer = f"<footer>{by}{escape(answer.lesson)}</footer>"
            yield f"<blockquote>{escape(answer.words)}{footer}</blockquote>"
    yield "<h2>What the numbers say</h2>"
    yield f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in wording.insights(message))}</ul>"
    if message.next_title:
        yield f'<p class="next">Next: {escape(message.next_title)}</p>'


def _flagged(answer: Answer) -> str:
    who = escape(answer.by) or f"person {escape(answer.person_id[:8])}"
    asked = f"asked “{escape(wording.short(answer.question))}”; " if answer.question else ""
    return (
        f'<div class="flagged"><span class="tier">{escape(answer.tier)}</span> · {who}, {escape(answer.lesson)}'
        f"<br>“{escape(answer.words)}”<footer>{asked}fired: {escape(answer.rules)}</footer></div>"
    )


def _state(message: Message, state: LessonState) -> Iterator[str]:
    lists = (state.completed, state.partial, state.not_started)
    parts = [(kind, heading, found) for (kind, heading), found in zip(_PARTS, lists, strict=True)]
    widths = "".join(f'<span class="{kind}" style="flex:{len(found)}"></span>' for kind, _, found in parts)
    yield f'<div class="bar">{widths}</div>'
    yield f"<p>{escape(wording.counts(state))}.</p>"
    if said := wording.due(message, state):
        yield f"<p>{escape(said)}</p>"
    yield "<dl>"
    for kind, heading, members in parts:
        names = _names([row["full_name"] for row in members], message)
        yield f'<dt><i class="{kind}"></i>{heading} ({len(members)})</dt><dd>{names}</dd>'
    yield "</dl>"


def _names(full_names: Sequence[str | None], message: Message) -> str:
    return ", ".join(escape(name) for name in listed(full_names, message.privacy))


def _row(state: LessonState) -> str:
    numbers = (len(state.completed), len(state.partial), len(state.not_started), state.size)
    return f"<tr><td>{escape(state.title)}</td>{''.join(f'<td>{number}</td>' for number in numbers)}</tr>"
