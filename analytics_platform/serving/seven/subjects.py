"""Building the query of a subject from what was found in a question: days, values, words. Pure.

Does not live here: which words show which subject (``subject_list``), metrics by dimensions.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analytics_platform.semantics import Named
from analytics_platform.semantics.questions import Value
from analytics_platform.serving.seven.dates import Span
from analytics_platform.serving.seven.reply import Understood

Values = Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """What was found in the question before its subject: values, their names, days, how many rows, words."""

    values: Values
    names: Values
    span: Span | None
    top: int | None
    words: str = ""

    def parameters(self, *wanted: str, days: bool = False, **more: Value) -> dict[str, Value]:
        found: dict[str, Value] = {kind: self.values[kind] for kind in wanted if kind in self.values}
        if days and self.span is not None:
            found |= {"start": self.span.start, "end": self.span.end}
        return {key: value for key, value in {**found, **more}.items() if value is not None}

    def told(self, *kinds: str, days: bool = False) -> str:
        """The found values in words, for the reading."""
        parts = [self.names[kind] for kind in kinds if kind in self.names]
        if days and self.span is not None:
            parts.append(self.span.label)
        return f" ({', '.join(parts)})" if parts else ""


Build = Callable[[Asked], Understood | str]  # a string says what is missing


@dataclass(frozen=True)
class Subject:
    name: str
    pattern: re.Pattern[str]
    build: Build
    needs: tuple[str, ...] = ()


def subject(name: str, pattern: str, build: Build, *needs: str) -> Subject:
    return Subject(name, re.compile(pattern), build, needs)


_STANDS = {
    "completed": "have completed it",
    "partial": "have started it and not completed it",
    "not started": "have not started it",
}


def who(status: str, on_time: bool | None = None) -> Build:
    def build(asked: Asked) -> Understood | str:
        if "lesson" not in asked.values:
            return "Say which lesson, by its number or name."
        late = {True: " on time", False: " late", None: ""}[on_time]
        reading = f"members of the roster who {_STANDS[status]}{late}{asked.told('lesson', 'cohort')}"
        return Understood(
            Named("standing", asked.parameters("lesson", "cohort", status=status, on_time=on_time)),
            reading,
            missing=f"Nobody: there are no {reading}.",
        )

    return build


def responses(asked: Asked) -> Understood | str:
    if not asked.words:
        return 'Say which words, as in: answers that mention "sleep".'
    return Understood(
        Named(
            "responses", asked.parameters("cohort", "lesson", days=True, contains=asked.words), limit=asked.top or 100
        ),
        f'answers that mention "{asked.words}"{asked.told("cohort", "lesson", days=True)}',
        missing=f'No answer mentions "{asked.words}".',
    )


def flagged(asked: Asked) -> Understood:
    return Understood(
        Named("safety", asked.parameters("cohort", days=True)),
        f"answers on which a safety rule fired{asked.told('cohort', days=True)}",
        missing="No safety rule fired.",
    )


def plain(
    query: str, reading: str, missing: str = "", *kinds: str, days: bool = False, order: tuple[str, ...] = ()
) -> Build:
    def build(asked: Asked) -> Understood:
        return Understood(
            Named(query, asked.parameters(*kinds, days=days), order=order, limit=asked.top or 50),
            reading + asked.told(*kinds, days=days),
            missing=missing,
        )

    return build


def dropoff(asked: Asked) -> Understood:
    if "video" in asked.values:
        return Understood(
            Named("significant_dropoffs", asked.parameters("video")),
            f"where clearly more viewers leave than elsewhere{asked.told('video')}",
            missing="No second of the video loses clearly more viewers than the rest.",
        )
    return Understood(
        Named(
            "dropoff", asked.parameters("lesson"), order=("-people_lost", "lesson_id", "place"), limit=asked.top or 10
        ),
        f"cards after which most people stop{asked.told('lesson')}",
    )


def about(asked: Asked) -> Understood | str:
    if not asked.words:
        return "Say about what."
    return Understood(
        Named("answers_about", asked.parameters("cohort", days=True, contains=asked.words)),
        f'answers about "{asked.words}", lesson by lesson{asked.told("cohort", days=True)}',
        missing=f'No question or answer holds "{asked.words}".',
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
    return Understood(
        Named("incidents", asked.parameters(days=True)),
        f"incidents: stretches in which a series did not behave as expected{asked.told(days=True)}",
        missing="No incident was found: every watched series behaved as expected, or has too little history to tell.",
    )


def trending(asked: Asked) -> Understood:
    return Understood(
        Named("theme_changes", asked.parameters("cohort"), limit=asked.top or 10),
        f"themes of free-text answers that grew most in the newest seven days{asked.told('cohort')}",
    )
