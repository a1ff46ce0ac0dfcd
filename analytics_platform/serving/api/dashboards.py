"""Dashboards: titled panels, each a question. Some come with the platform; analysts add their own, kept as files.

Does not live here: drawing them (``pages``), the routes (``analytics``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from analytics_platform.semantics import Named, Query
from analytics_platform.semantics.errors import UnknownName, WrongQuestion, unknown
from analytics_platform.semantics.named import load_named
from analytics_platform.semantics.questions import GRAINS
from analytics_platform.settings import Settings

MOST, MOST_PANELS, PANEL_ROWS = 200, 20, 500


@dataclass(frozen=True)
class Panel:
    title: str
    question: Query | Named


BUILT_IN: dict[str, tuple[str, tuple[Panel, ...]]] = {
    "executive": ("Executive", (
        Panel("People a week", Query(("active_people",), grain="week")),
        Panel("Completion by cohort", Query(("completion_rate",), ("cohort",))),
        Panel("Answers a week", Query(("answers", "positive_share"), grain="week")),
        Panel("Conversations a week", Query(("conversations", "containment"), grain="week")),
        Panel("Price of the chatbot", Query(("price",), ("currency",))),
        Panel("Video a week", Query(("views", "video_completion_rate"), grain="week")),
    )),
    "technical": ("Technical", (
        Panel("Key figures", Named("kpis")),
        Panel("Requests and errors a day", Query(("api_requests", "app_errors", "errors_per_session"), grain="day")),
        Panel("Slowest endpoints", Named("slowest_endpoints")),
        Panel("AI processing", Named("ai_kinds")),
        Panel("Models", Query(("messages", "chat_error_rate", "latency_p95"), ("model_id",))),
        Panel("Errors", Named("errors", limit=50)),
    )),
    "learning": ("Learning", (
        Panel("Lessons", Query(("people_started", "completion_rate", "engagement_rate"),
                               ("lesson_number", "lesson_name"))),
        Panel("By cohort", Query(("people_started", "completion_rate", "on_time_rate"), ("cohort",))),
        Panel("Answers a week", Query(("answers", "people_answering", "positive_share"), grain="week")),
        Panel("Themes", Named("themes")),
    )),
    "conversations": ("Conversations", (
        Panel("A week", Query(("messages", "people_chatting", "chat_error_rate", "latency_p50", "latency_p95"),
                              grain="week")),
        Panel("By model", Query(("messages", "tokens", "chat_error_rate", "latency_p95"), ("model_id",))),
        Panel("Price", Query(("price",), ("model_id", "currency"))),
        Panel("Containment by app", Query(("containment", "conversations"), ("app_id",))),
    )),
    "video": ("Video", (
        Panel("Videos", Named("videos")),
        Panel("A week", Query(("views", "viewers", "play_time_seconds", "average_view_duration"), grain="week")),
    )),
    "app": ("App", (
        Panel("A day", Query(("sessions", "app_users", "average_session_seconds", "errors_per_session"), grain="day")),
        Panel("Active people", Query(("active_people", "active_people_7d", "active_people_28d"), grain="day")),
        Panel("Key figures", Named("kpis")),
    )),
}  # fmt: skip
SUMMARY = (
    Panel("People", Query(("active_people", "activities", "activities_per_person"))),
    Panel("By source", Query(("active_people", "activities"), ("source",))),
    Panel("Learning", Query(("people_started", "completion_rate", "engagement_rate", "answers", "correct_rate"))),
    Panel("Conversations", Query(("conversations", "messages", "containment", "chat_error_rate", "latency_p95"))),
    Panel("Video", Query(("views", "viewers", "average_view_duration"))),
    Panel("App", Query(("sessions", "app_users", "average_session_seconds", "errors_per_session"))),
)


def first_questions() -> list[Query | Named]:
    """What the summary and the dashboards that come with the platform ask."""
    panels = [*SUMMARY, *(panel for _, panels in BUILT_IN.values() for panel in panels)]
    questions = [panel.question for panel in panels]
    return [question if question.limit else replace(question, limit=PANEL_ROWS) for question in questions]


def folder(settings: Settings) -> Path:
    return settings.api_folder / "dashboards"


def listed(settings: Settings) -> list[dict[str, Any]]:
    own = [orjson.loads(file.read_bytes()) for file in sorted(folder(settings).glob("*.json"))]
    built_in = [{"id": name, "title": title, "built_in": True} for name, (title, _) in BUILT_IN.items()]
    return built_in + [{"id": one["id"], "title": one["title"], "built_in": False} for one in own]


def panels_of(settings: Settings, name: str) -> tuple[str, Sequence[Panel]]:
    if name in BUILT_IN:
        return BUILT_IN[name]
    file = folder(settings) / f"{name}.json"
    if not re.fullmatch(r"[a-z0-9-]{1,60}", name) or not file.is_file():
        raise unknown("dashboard", name, [one["id"] for one in listed(settings)], "dashboard_id")
    kept = orjson.loads(file.read_bytes())
    return kept["title"], [Panel(p["title"], _question(p)) for p in kept["panels"]]


def keep(settings: Settings, title: str, panels: Sequence[dict[str, Any]]) -> str:
    """A new dashboard; its id is made of its title. The same title replaces it."""
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60]
    if not name or name in BUILT_IN:
        raise WrongQuestion(f"The title {title!r} cannot be used: take another with letters or digits.", "title")
    place = folder(settings)
    place.mkdir(parents=True, exist_ok=True)
    if len(list(place.glob("*.json"))) >= MOST and not (place / f"{name}.json").exists():
        raise WrongQuestion(f"There are {MOST} dashboards already.", "title")
    part = place / f".{name}"
    part.write_bytes(orjson.dumps({"id": name, "title": title, "panels": list(panels)}))
    part.replace(place / f"{name}.json")
    return name


def document(panel: Panel) -> dict[str, Any]:
    """A panel as it is kept and exported."""
    question = panel.question
    if isinstance(question, Named):
        return {"title": panel.title, "named": question.name, "parameters": dict(question.parameters)}
    return {
        "title": panel.title,
        "metrics": list(question.metrics),
        "group_by": list(question.group_by),
        "grain": question.grain,
    }


def keep_panels(settings: Settings, title: str, panels: Sequence[Panel]) -> str:
    return keep(settings, title, [document(panel) for panel in panels])


def _question(panel: dict[str, Any]) -> Query | Named:
    if panel.get("named"):
        if panel["named"] not in {named.name for named in load_named({})}:
            raise UnknownName(f"There is no named query {panel['named']!r}.", "named")
        return Named(panel["named"], panel.get("parameters") or {})
    grain = panel.get("grain")
    return Query(tuple(panel["metrics"]), tuple(panel.get("group_by") or ()), grain=grain if grain in GRAINS else None)
