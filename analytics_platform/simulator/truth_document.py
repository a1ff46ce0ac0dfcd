"""truth.json: its layout, and the sums and shares in it. Single people are left out when they are many.

Does not live here: gathering (``truth``).
"""

import json
import re
from collections import Counter
from dataclasses import asdict
from typing import Any

import numpy as np

from analytics_platform.simulator import course, telemetry, telemetry_fields
from analytics_platform.simulator.chat_words import labelled_questions
from analytics_platform.simulator.lessons import lessons
from analytics_platform.simulator.people import SILENT_DAYS
from analytics_platform.simulator.plan import MOST_DAYS, MOST_PEOPLE
from analytics_platform.simulator.planting import Tally
from analytics_platform.simulator.truth import Truth
from analytics_platform.simulator.truth_files import files_document
from analytics_platform.simulator.viewing import DROP_SECOND, DROP_SHARE, DROP_VIDEO, videos
from analytics_platform.simulator.words import LANGUAGES, catalogue


def as_json(truth: Truth) -> str:
    """The file's text."""
    text = json.dumps(document(truth), ensure_ascii=False, indent=1, sort_keys=True)
    # Numbers of one list stand on one line: the file is read by people too.
    return re.sub(r"\[[\d\s,]+\]", lambda found: " ".join(found[0].split()), text) + "\n"


def document(truth: Truth) -> dict[str, Any]:
    """All of the truth as JSON values."""
    plan = truth.organisation.plan
    last = plan.date(plan.days - 1)
    about = {"people": plan.people, "days": plan.days, "seed": plan.seed, "start": str(plan.start), "end": str(last)}
    about |= {"lines_per_day": plan.lines_per_day, "mix": dict(plan.mix), "lines": truth.lines}
    detailed = plan.days <= MOST_DAYS and plan.people <= MOST_PEOPLE
    return {
        "plan": about,
        "tables": {
            table: {"total": _total(list(days.values())), "days": {date: asdict(tally) for date, tally in days.items()}}
            for table, days in truth.tallies.items()
        },
        "resent_day": None if plan.resent_day is None else str(plan.date(plan.resent_day)),
        "active_people": {"days": truth.active, "ever": int((truth.last_day >= 0).sum())},
        "cohorts": _cohorts(truth),
        "people": _people(truth) if detailed else None,
        "at_risk": _at_risk(truth, detailed),
        "course": _course(truth),
        "answers": _answers(truth) if detailed else None,
        "files": files_document(truth.files, truth.completions, truth.last_seen) if detailed else None,
        "videos": _videos(truth),
        "chat": _chat(truth),
        "api": _api(truth),
    }


def _cohorts(truth: Truth) -> list[dict[str, Any]]:
    cohorts = catalogue("people")["cohort"]
    sizes = np.bincount(truth.organisation.people.cohort, minlength=len(cohorts))
    return [
        {"group": entry["group"], "team": entry["team"], "people": size}
        for entry, size in zip(cohorts, sizes.tolist(), strict=True)
    ]


def _people(truth: Truth) -> list[dict[str, Any]]:
    plan, people, cohorts = truth.organisation.plan, truth.organisation.people, catalogue("people")["cohort"]
    return [
        {
            "person": i,
            "name": people.names[i],
            "email": people.emails[i],
            "group": cohorts[people.cohort[i]]["group"],
            "team": cohorts[people.cohort[i]]["team"],
            "language": LANGUAGES[people.language[i]],
            "identifiers": people.identifiers(i),
            "last_event_day": None if truth.last_day[i] < 0 else str(plan.date(int(truth.last_day[i]))),
            "lessons_started": int((truth.organisation.course.started[i] < plan.days).sum()),
        }
        for i in range(people.count)
    ]


def _at_risk(truth: Truth, detailed: bool) -> dict[str, Any]:
    """Started a lesson, did not complete the course, and silent in all sources for at least seven days."""
    plan, progress = truth.organisation.plan, truth.organisation.course
    taken = progress.started < plan.days
    everything = (taken & (progress.reached == lessons().sizes)).all(axis=1)
    silent = (truth.last_day >= 0) & (plan.days - 1 - truth.last_day >= SILENT_DAYS)
    at_risk = np.flatnonzero(taken.any(axis=1) & ~everything & silent)
    planted = np.flatnonzero(truth.organisation.people.stops < plan.days)
    found: dict[str, Any] = {"as_of": str(plan.date(plan.days - 1)), "silent_days": SILENT_DAYS}
    found |= {"count": len(at_risk), "planted_count": len(planted)}
    return found | ({"people": at_risk.tolist(), "planted": planted.tolist()} if detailed else {})


def _course(truth: Truth) -> dict[str, Any]:
    plan, progress, words = truth.organisation.plan, truth.organisation.course, lessons()
    entries: list[dict[str, Any]] = []
    for i, url in enumerate(words.urls):
        started = progress.started[:, i] < plan.days
        cards = range(int(words.sizes[i]))
        at = int(words.first_card[i])
        reached = [int((started & (progress.reached[:, i] > card)).sum()) for card in cards]
        entries.append(
            {
                "number": words.numbers[i],
                "title": words.titles[i],
                "url": url,
                "cards": [{"id": str(words.card_ids[at + c]), "type": words.card_types[at + c]} for c in cards],
                "started": int(started.sum()),
                "reached": reached,
                "all_cards": reached[-1],
            }
        )
    drop: dict[str, Any] = entries[course.DROP_LESSON]
    before, after = drop["reached"][course.DROP_AFTER_CARD - 1 : course.DROP_AFTER_CARD + 1]
    return {
        "lessons": entries,
        "lessons_started": sum(entry["started"] > 0 for entry in entries),
        "planted_drop": {
            "lesson": drop["number"],
            "url": drop["url"],
            "after_card": course.DROP_AFTER_CARD,
            "card_id": drop["cards"][course.DROP_AFTER_CARD - 1]["id"],
            "share": course.DROP_SHARE,
            "reached": before,
            "reached_next": after,
        },
    }


def _answers(truth: Truth) -> dict[str, Any]:
    names = ("statement_id", "day", "language", "person", "text")
    found = {
        kind: [answer for answer in truth.planted if answer["kind"] == kind] for kind in ("safety", "metaphor", "quote")
    }
    return {
        "safety": [{name: answer[name] for name in (*names, "tier")} for answer in found["safety"]],
        "metaphors": [{name: answer[name] for name in names} for answer in found["metaphor"]],
        "quotes": [{name: answer[name] for name in names} for answer in found["quote"]],
    }


def _videos(truth: Truth) -> dict[str, Any] | None:
    counts, known = truth.viewing, videos()
    if counts is None:
        return None
    entries = {}
    for i, name in enumerate(known.ids):
        first, end = int(known.offsets[i]), int(known.offsets[i + 1])
        entries[name] = {
            "title": known.titles[i],
            "duration_seconds": int(known.seconds[i]),
            "views": int(counts.views[i]),
            "play_seconds": int(counts.play_seconds[i]),
            "completed_views": int(counts.completed[i]),
            "views_without_end": int(counts.without_end[i]),
            "views_at_second": counts.present[first : end - 1].tolist(),
        }
    at = int(known.offsets[known.drop])
    left = counts.left[at : int(known.offsets[known.drop + 1])]
    drop = {"video": DROP_VIDEO, "second": DROP_SECOND, "planted_share": DROP_SHARE}
    drop |= {"left": int(left[DROP_SECOND]), "reached": int(left[DROP_SECOND:].sum())}
    return {"videos": entries, "planted_drop": drop}


def _chat(truth: Truth) -> dict[str, Any]:
    found = _below("chat", truth.counts)
    micros = _below("chat_price_micros", truth.counts)
    prices = {name: f"{value // 1_000_000}.{value % 1_000_000:06d}" for name, value in micros.items()}
    topics = _below("chat_topics", truth.counts)
    return {**found, "topics": topics, "prices": prices, "questions": labelled_questions()}


def _api(truth: Truth) -> dict[str, Any]:
    plan = truth.organisation.plan
    hours = [plan.date(plan.incident_day).isoformat() + f"T{hour:02d}:00:00Z" for hour in telemetry.INCIDENT_HOURS]
    return {
        **_below("api", truth.counts),
        **_below("telemetry", truth.counts),
        "incident": {
            "day": str(plan.date(plan.incident_day)),
            "from": hours[0],
            "to": hours[1],
            "planted_5xx_share": telemetry_fields.INCIDENT_FAILING,
            "planted_response_time_factor": telemetry_fields.INCIDENT_SLOWNESS,
            **_below("api_incident", truth.counts),
        },
    }


def _below(prefix: str, counts: Counter[str]) -> dict[str, int]:
    return {name.split(".", 1)[1]: value for name, value in sorted(counts.items()) if name.split(".", 1)[0] == prefix}


def _total(tallies: list[Tally]) -> dict[str, Any]:
    """The sums over all days; people are not a sum."""
    total: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for tally in tallies:
        entry = asdict(tally)
        reasons.update(entry.pop("quarantined"))
        entry.pop("people")
        total.update(entry)
    return {**total, "quarantined": dict(reasons)}
