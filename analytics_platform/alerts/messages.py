"""The words of a message: one alert in full, or several as a list. Pure; the channels escape what they must."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics_platform.alerts.state import Message

LISTED = 20


@dataclass(frozen=True)
class Letter:
    """What a channel sends: a subject line, and the text below it."""

    subject: str
    body: str


def compose(messages: Sequence[Message]) -> Letter:
    """Open ones before recovered ones, the gravest first."""
    order = ("critical", "high", "medium", "low")
    ordered = sorted(messages, key=lambda m: (m.what == "recovery", order.index(m.alert.severity), m.id))
    if len(ordered) == 1:
        return Letter(_headline(ordered[0]), _paragraph(ordered[0], titled=False))
    opened = sum(message.what == "alert" for message in ordered)
    counts = [f"{opened} new" if opened else "", f"{len(ordered) - opened} recovered" if len(ordered) > opened else ""]
    paragraphs = [_paragraph(message, titled=True) for message in ordered[:LISTED]]
    if len(ordered) > LISTED:
        paragraphs.append(f"… and {len(ordered) - LISTED} more: analytics-platform alerts list")
    return Letter(f"{', '.join(filter(None, counts))}: {_headline(ordered[0])} …", "\n\n".join(paragraphs))


def _headline(message: Message) -> str:
    mark = "recovered" if message.what == "recovery" else message.alert.severity
    return f"[{mark}] {' '.join(message.alert.title.split())}"


def _paragraph(message: Message, titled: bool) -> str:
    alert = message.alert
    head = [_headline(message)] if titled else []
    if message.what == "recovery":
        return "\n".join([*head, "This is well again; nothing is left to do.", f"Owner: {alert.owner}"])
    rest = [
        alert.text,
        f"What to do: {alert.todo}",
        f"Owner: {alert.owner}",
        f"Look: {alert.link}" if alert.link else "",
    ]
    return "\n".join(filter(None, [*head, *rest]))
