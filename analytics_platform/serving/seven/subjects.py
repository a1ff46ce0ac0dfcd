"""Building the query of a subject from what was found in a question: days, values, words. Pure.

Does not live here: which words show which subject (``subject_list``), metrics by dimensions.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from analytics_platform.semantics import Named
from analytics_platform.semantics.questions import Value
from analytics_platform.serving.seven.reply import Asked, Understood
from analytics_platform.serving.seven.wording import vocabulary

MOST = 1000  # rows of a list; more are said to be cut
AT_RISK = "people who started, did not complete, and have been silent for 7 days"
Build = Callable[[Asked], Understood | str]  # a string says what is missing


@dataclass(frozen=True)
class Subject:
    name: str
    pattern: re.Pattern[str]
    build: Build
    needs: tuple[str, ...] = ()

    def explains(self, word: str) -> bool:
        """Whether the pattern itself names the word, or its stem; ``.*`` between its parts explains nothing."""
        return any(word.startswith(stem) for stem in _stems(self.pattern.pattern)) or word in vocabulary()


@lru_cache(maxsize=100)
def _stems(pattern: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z]{3,}", re.sub(r"\\[a-z]", " ", pattern)))


@lru_cache(maxsize=1)
def _patterns() -> dict[str, str]:
    return tomllib.loads((Path(__file__).parent / "subjects.toml").read_text(encoding="utf-8"))


def subject(name: str, build: Build, *needs: str) -> Subject:
    return Subject(name, re.compile(_patterns()[name]), build, needs)


_STANDS: dict[str | None, str] = {
    None: "have or have not started it",
    "completed": "have completed it",
    "partial": "have started it and not completed it",
    "not started": "have not started it",
}


def who(status: str | None, on_time: bool | None = None) -> Build:
    def build(asked: Asked) -> Understood | str:
        if "lesson" not in asked.values:
            return "Say which lesson, by its number or name."
        if status == "partial" and asked.span is not None:
            return "I know who has started a lesson and not completed it now, not who had on a day."
        late = {True: " on time", False: " late", None: ""}[on_time]
        if asked.span is not None and (asked.span.start or asked.span.end):
            return _in_time(asked, status, late)
        reading = f"members of the roster who {_STANDS[status]}{late}{asked.told('lesson', 'cohort')}"
        return Understood(
            Named("standing", asked.parameters("lesson", "cohort", status=status, on_time=on_time)),
            reading,
            missing=f"Nobody: there are no {reading}.",
        )

    return build


def _in_time(asked: Asked, status: str | None, late: str) -> Understood | str:
    """Completions have days; where people stand is known for now only."""
    if status != "completed" or late:
        return "I know where people stand now, not where they stood on a day. Ask without the day."
    return Understood(
        Named("completions", asked.parameters("lesson", "cohort", days=True)),
        f"people who completed it{asked.told('lesson', 'cohort', days=True)}",
        missing=f"Nobody completed it{asked.told('lesson', 'cohort', days=True)}.",
    )


def responses(asked: Asked) -> Understood | str:
    if not asked.words:
        return 'Say which words, as in: answers that mention "sleep".'
    return Understood(
        Named(
            "responses",
            asked.parameters("cohort", "lesson", "person", days=True, contains=asked.words, **_marked(asked)),
            limit=asked.top or MOST,
        ),
        f'answers that mention "{asked.words}"{asked.told("cohort", "lesson", "person", days=True)}',
        missing=f'No answer mentions "{asked.words}".',
    )


def _marked(asked: Asked) -> dict[str, Value]:
    """What the answers themselves must be."""
    found: dict[str, Value] = {"sentiment": asked.marks.get("sentiment")}
    return found | {"flagged": True if "flagged" in asked.marks else None}


def answers_of(asked: Asked) -> Understood:
    kinds = ["flagged"] * ("flagged" in asked.marks) + (
        [str(asked.marks["sentiment"])] if "sentiment" in asked.marks else []
    )
    answers, where = " ".join([*kinds, "answer"]), asked.told("person", "lesson", "cohort", days=True)
    return Understood(
        Named("responses", asked.parameters("cohort", "lesson", "person", days=True, **_marked(asked)), limit=MOST),
        f"{answers}s, newest first{where}",
        missing=f"There is no {answers}{where}.",
    )


def completed_by(asked: Asked) -> Understood:
    return Understood(
        Named("completions", asked.parameters("person", "lesson", days=True), limit=MOST),
        f"lessons that the person completed{asked.told('person', 'lesson', days=True)}",
        missing=f"No lesson is completed{asked.told('person', 'lesson', days=True)}.",
    )


_PLACES = {"nocodb": "with the bot", "video": "with videos", "telemetry": "in the app", "xapi": "in lessons"}


def inactive(asked: Asked) -> Understood | str:
    source = asked.marks.get("source")
    where = f" {_PLACES[source]}" if source else ""
    if "lesson" in asked.values:
        return "Say what is missing: not started, or not completed."
    return Understood(
        Named("inactive", asked.parameters("cohort", days=True, source=source), limit=MOST),
        f"members of the roster who did nothing{where}{asked.told('cohort', days=True)}",
        missing=f"Everybody did something{asked.told('cohort', days=True)}.",
    )


def flagged(asked: Asked) -> Understood | str:
    if "lesson" in asked.values:
        return answers_of(replace(asked, marks={"flagged": "flagged"}))
    tier = asked.marks.get("severity")
    return Understood(
        Named("safety", asked.parameters("cohort", days=True, tier=tier), limit=MOST),
        f"answers on which a {tier + ' ' if tier else ''}safety rule fired{asked.told('cohort', days=True)}",
        missing="No safety rule fired.",
    )


def plain(
    query: str,
    reading: str,
    missing: str = "",
    *kinds: str,
    days: bool = False,
    order: tuple[str, ...] = (),
    single: bool = False,
) -> Build:
    """A list of its own; values and days that it does not know make it no answer. ``single``: "which … most" is one."""

    def build(asked: Asked) -> Understood | str:
        if unfit := [asked.names[kind] for kind in asked.values if kind not in kinds]:
            return f"I cannot ask for {', '.join(unfit)} there: {reading}."
        if asked.span and (asked.span.start or asked.span.end) and not days:
            return f"I know this only as it is now, not for {asked.span.label}: {reading}."
        least = asked.least and bool(order)
        turned = (_turned(order[0]), *order[1:]) if least and asked.least else order
        return Understood(
            Named(
                query,
                asked.parameters(*kinds, days=days),
                order=turned,
                limit=asked.top or (1 if single and asked.single else MOST),
            ),
            reading + (", from the other end" if least else "") + asked.told(*kinds, days=days),
            missing=missing,
        )

    return build


def _turned(column: str) -> str:
    return column.removeprefix("-") if column.startswith("-") else f"-{column}"


def of_person(query: str, reading: str) -> Build:
    def build(asked: Asked) -> Understood:
        kinds = ("person", "lesson") if query == "person_progress" else ("person",)
        missing = f"No sign of a start was found{asked.told(*kinds)}." if len(kinds) > 1 else ""
        return Understood(Named(query, asked.parameters(*kinds)), f"{reading}{asked.told(*kinds)}", missing=missing)

    return build


def progress(asked: Asked) -> Understood | str:
    """Where cohorts stand at the end of a day; without one, of the newest."""
    if not {"cohort", "lesson"} & set(asked.values):
        return "Say which lesson or cohort."
    if asked.span is None or asked.span.end is None:
        return Understood(
            Named("progress_now", asked.parameters("cohort", "lesson")),
            f"where cohorts stand on the newest day{asked.told('cohort', 'lesson')}",
        )
    return Understood(
        Named("progress", asked.parameters("cohort", "lesson", start=asked.span.end, end=asked.span.end)),
        f"where cohorts stood at the end of {asked.span.end}{asked.told('cohort', 'lesson')}",
    )


def dropoff(asked: Asked) -> Understood | str:
    if asked.marks.get("source") == "video" and "video" not in asked.values:
        return "Say which video; of all videos I know views and the completion rate."
    if asked.span is not None and asked.span.start is not None:
        return "Drop-off is known over all time, not for some days."
    if "video" in asked.values:
        return Understood(
            Named("significant_dropoffs", asked.parameters("video")),
            f"where clearly more viewers leave than elsewhere{asked.told('video')}",
            missing="No second of the video loses clearly more viewers than the rest.",
        )
    return Understood(
        Named(
            "dropoff",
            asked.parameters("lesson"),
            order=("-people_lost", "lesson_id", "place"),
            limit=asked.top or (1 if asked.single else MOST if "lesson" in asked.values else 10),
        ),
        f"cards after which most people stop{asked.told('lesson')}",
    )


def retention_at(asked: Asked) -> Understood | str:
    if "video" not in asked.values:
        return "Say which video."
    return Understood(
        Named("retention_at", asked.parameters("video", share=0.5)),
        f"retention at half of the length{asked.told('video')}",
    )


def curve(asked: Asked) -> Understood | str:
    if "video" not in asked.values:
        return "Say which video."
    return Understood(
        Named("retention_curve", asked.parameters("video")), f"retention second by second{asked.told('video')}"
    )


def person(asked: Asked) -> Understood | str:
    if "person" not in asked.values:
        return "Say who."
    return Understood(
        Named("timeline", asked.parameters("person", days=True), limit=asked.top or 50),
        f"what the person did, newest first{asked.told('person', days=True)}",
        missing=f"Nothing is known of that time{asked.told('person', days=True)}.",
    )


def unusual(asked: Asked) -> Understood:
    marks = {kind: asked.marks[kind] for kind in ("severity", "status", "metric") if kind in asked.marks}
    said = "".join(f"{mark} " for kind, mark in marks.items() if kind != "metric")
    about = f" of {marks['metric']}" if "metric" in marks else ""
    return Understood(
        Named("incidents", asked.parameters(days=True, **marks), limit=asked.top or MOST),
        f"{said}incidents{about}: stretches in which a series did not behave as expected{asked.told(days=True)}",
        missing=f"There is no {said}incident{about}{asked.told(days=True)}."
        if said or asked.span
        else "No incident was found: every watched series behaved as expected, or has too little history to tell.",
    )
