"""Questions that a named query answers: each subject knows its words, and builds the query from what was found. Pure.

The first subject whose pattern the text holds answers, so narrower ones stand first. What the pattern took is known; a
word that nobody knows is left over and makes Seven abstain. Does not live here: metrics by dimensions.
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


def _subject(name: str, pattern: str, build: Build, *needs: str) -> Subject:
    return Subject(name, re.compile(pattern), build, needs)


_STANDS = {
    "completed": "have completed it",
    "partial": "have started it and not completed it",
    "not started": "have not started it",
}


def _who(status: str, on_time: bool | None = None) -> Build:
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


def _responses(asked: Asked) -> Understood | str:
    if not asked.words:
        return 'Say which words, as in: answers that mention "sleep".'
    return Understood(
        Named(
            "responses", asked.parameters("cohort", "lesson", days=True, contains=asked.words), limit=asked.top or 100
        ),
        f'answers that mention "{asked.words}"{asked.told("cohort", "lesson", days=True)}',
        missing=f'No answer mentions "{asked.words}".',
    )


def _flagged(asked: Asked) -> Understood:
    return Understood(
        Named("safety", asked.parameters("cohort", days=True)),
        f"answers on which a safety rule fired{asked.told('cohort', days=True)}",
        missing="No safety rule fired.",
    )


def _plain(
    query: str, reading: str, missing: str = "", *kinds: str, days: bool = False, order: tuple[str, ...] = ()
) -> Build:
    def build(asked: Asked) -> Understood:
        return Understood(
            Named(query, asked.parameters(*kinds, days=days), order=order, limit=asked.top or 50),
            reading + asked.told(*kinds, days=days),
            missing=missing,
        )

    return build


def _dropoff(asked: Asked) -> Understood:
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


def _about(asked: Asked) -> Understood | str:
    if not asked.words:
        return "Say about what."
    return Understood(
        Named("answers_about", asked.parameters("cohort", days=True, contains=asked.words)),
        f'answers about "{asked.words}", lesson by lesson{asked.told("cohort", days=True)}',
        missing=f'No question or answer holds "{asked.words}".',
    )


def _retention_at(asked: Asked) -> Understood | str:
    if "video" not in asked.values:
        return "Say which video."
    return Understood(
        Named("retention_at", asked.parameters("video", share=0.5)),
        f"retention at half of the length{asked.told('video')}",
    )


def _curve(asked: Asked) -> Understood | str:
    if "video" not in asked.values:
        return "Say which video."
    return Understood(
        Named("retention_curve", asked.parameters("video")), f"retention second by second{asked.told('video')}"
    )


def _person(asked: Asked) -> Understood | str:
    if "person" not in asked.values:
        return "Say who."
    return Understood(
        Named("timeline", asked.parameters("person", days=True), limit=asked.top or 50),
        f"what the person did, newest first{asked.told('person', days=True)}",
        missing=f"Nothing is known of that time{asked.told('person', days=True)}.",
    )


def _unusual(asked: Asked) -> Understood:
    return Understood(
        Named("incidents", asked.parameters(days=True)),
        f"incidents: stretches in which a series did not behave as expected{asked.told(days=True)}",
        missing="No incident was found: every watched series behaved as expected, or has too little history to tell.",
    )


def _trending(asked: Asked) -> Understood:
    return Understood(
        Named("theme_changes", asked.parameters("cohort"), limit=asked.top or 10),
        f"themes of free-text answers that grew most in the newest seven days{asked.told('cohort')}",
    )


_PEOPLE = r"(?:people|learners?|users?|students?|members?|participants?|persons?|who|anyone|anybody|everyone|someone)"

SUBJECTS: tuple[Subject, ...] = (
    _subject(
        "late",
        r"\bwho\b.*\b(?:completed|finished|handed in|done)\b.*\b(?:late|too late|after the due date)\b",
        _who("completed", False),
    ),
    _subject(
        "on time",
        rf"\b{_PEOPLE}\b.*\b(?:completed|finished|done|complete|finish)\b.*\bon time\b",
        _who("completed", True),
    ),
    _subject(
        "not started",
        rf"\b{_PEOPLE}\b.*\b(?:not (?:yet )?(?:started|begun|opened)|hasn't started|"
        r"haven't started|never (?:started|opened)|did not start|didn't start|yet to start|"
        r"has not (?:yet )?started|have not (?:yet )?started)\b",
        _who("not started"),
    ),
    _subject(
        "not completed",
        rf"\b{_PEOPLE}\b.*\b(?:started but|under way|in the middle|partly|partially|only partly|"
        r"not (?:yet )?(?:completed|finished)|hasn't finished|haven't finished|unfinished|"
        r"incomplete)\b",
        _who("partial"),
    ),
    _subject(
        "completed by",
        r"\b(?:who|which (?:people|learners|users|students|members)|list (?:the )?people who|"
        r"names of)\b.*\b(?:completed|finished|is done|are done|has done|passed)\b",
        _who("completed"),
    ),
    _subject(
        "mentions",
        r"\b(?:answers?|responses?|replies|comments?|what (?:did|do) people say|"
        r"who)\b.*\b(?:mention\w*|about|containing|contain|with the words?|that say|saying|"
        r"talk about|include)\b",
        _responses,
        "words",
    ),
    _subject(
        "churn",
        r"\b(?:churn\w*|fall silent|falling silent|likely to (?:leave|quit|stop|drop out|churn)|"
        r"about to (?:leave|quit|stop)|leave soon|lose next|risk of (?:leaving|churn))\b",
        _plain(
            "learner_risk",
            "chance of falling silent, highest first",
            "No forecast of who will leave: there is too little history, or insights were not built yet.",
        ),
    ),
    _subject(
        "at risk",
        r"\b(?:at risk|at-risk|silent|inactive|gone quiet|not been (?:seen|active))\b",
        _plain(
            "at_risk",
            "people who started, did not complete, and have been silent for 7 days",
            "Nobody is at risk.",
            "cohort",
        ),
    ),
    _subject(
        "struggling",
        r"\b(?:struggl\w+|having (?:trouble|difficulty|difficulties)|needs? help|falling behind|"
        r"weak(?:est)? learners|worst learners)\b",
        _plain(
            "struggling",
            "people who answer right less often than half, or are at risk",
            "Nobody struggles by this rule.",
            "cohort",
        ),
    ),
    _subject(
        "moments",
        r"\b(?:after|did next|do next|went|afterwards)\b.*\b(?:left|leaving|stopp\w+|"
        r"dropp\w+)\b.*\bvideo\b|\bwhat (?:do|did) (?:viewers|people) do after\b",
        _plain(
            "moments",
            "what people did in the hour after they left",
            "Fewer than five people left at one place and did the same thing afterwards.",
            "video",
        ),
        "video",
    ),
    _subject(
        "half",
        r"\b(?:retention|left|watching|viewers?|audience)\b.*\b(?:half ?time|half ?way|halfway|"
        r"half of|the middle|50 ?%|midpoint)",
        _retention_at,
    ),
    _subject(
        "drop-off",
        r"\b(?:drop(?:ping|s|ped)?[ -]?offs?|drop out|stop(?:ping)?|give up|lose (?:people|"
        r"learners|viewers|most)|losing|abandon\w*|quit|lost|bail)\b",
        _dropoff,
    ),
    _subject(
        r"curve", r"\bretention (?:curve )?(?:of|for|in)?\b.*\bvideo\b|\bhow (?:much|long) of (?:the )?video\b", _curve
    ),
    _subject(
        "retention",
        r"\b(?:retention|come back|coming back|return(?:ing)? (?:each|every|after)|stay(?:ing)? active)\b",
        _plain("retention", "who comes back, by weeks since the first event", "", "cohort"),
    ),
    _subject(
        "lifecycle",
        r"\b(?:lifecycle|life cycle|resurrect\w+|dormant|new and returning|returning)\b",
        _plain("lifecycle", "new, returning, resurrecting and dormant people", days=True),
    ),
    _subject(
        "stickiness",
        r"\b(?:sticky|stickiness|dau ?/ ?mau)\b",
        _plain(
            "stickiness",
            "mean daily active people / people active in 28 days",
            "",
            "cohort",
            days=True,
            order=("-local_day",),
        ),
    ),
    _subject(
        "hardest",
        r"\b(?:hardest|difficult|difficulty|hard|easiest|tricky|toughest)\b.*\b(?:questions?|"
        r"cards?|quiz\w*|items?)\b|\bquestions?\b.*\b(?:hard\w*|easiest|wrong|difficult|fail\w*|"
        r"problems?|trouble|toughest)\b",
        _plain("questions", "questions, hardest first", "", "lesson", order=("first_try_correct", "question_id")),
    ),
    _subject(
        "flagged",
        r"\b(?:flagged|safety|self[- ]?harm|worrying|alarming|concern\w*|need(?:s)? attention|dangerous)\b",
        _flagged,
    ),
    _subject(
        "trending",
        r"\b(?:trending|trend|growing|rising|emerging|new)\b.*\b(?:answers?|responses?|themes?|"
        r"topics?|freeform|free-form|free text)\b|\b(?:answers?|themes?|topics of answers|"
        r"freeform)\b.*\b(?:trending|growing|rising|emerging)\b",
        _trending,
    ),
    _subject(
        "themes",
        r"\b(?:themes?|reflections?|what (?:do|are) (?:people|learners) (?:write|writing|talk|"
        r"talking|say|saying) about|what are (?:the )?answers about)\b",
        _plain("themes", "what free-text answers are about", "", "cohort", "lesson", days=True),
    ),
    _subject(
        "topics",
        r"\b(?:topics?|what (?:do|did) people ask|ask(?:ed)? (?:the )?(?:bot|chatbot)|most asked|common questions)\b",
        _plain(
            "conversation_categories",
            "topics of conversations by day; a conversation may have several",
            "No conversation is labelled yet.",
            "app",
            days=True,
        ),
    ),
    _subject(
        "model cost",
        r"\b(?:model|models)\b.*\b(?:cost\w*|expensive|cheap\w*|price\w*)\b|\b(?:cost\w*|price|"
        r"expensive|cheapest)\b.*\b(?:model|models)\b",
        _plain("model_costs", "price per conversation by model, currencies apart", "", "app", days=True),
    ),
    _subject(
        "models",
        r"\b(?:model|models)\b.*\b(?:used|usage|slow\w*|fast\w*|errors?|tokens)\b",
        _plain("model_usage", "use of models by day", "", "app", "model", days=True),
    ),
    _subject(
        "slowest",
        r"\b(?:slow(?:est)?|latency|response times?|fastest|failing)\b.*\b(?:endpoints?|api|"
        r"routes?|pages?)\b|\b(?:endpoints?|api|routes?)\b.*\b(?:slow(?:est)?|latency|"
        r"response times?|errors?|fail\w*|performance)\b",
        _plain("slowest_endpoints", "endpoints by mean response time, slowest first", "", days=True),
    ),
    _subject(
        "errors",
        r"\b(?:which|what|most common|most frequent|list|top)\b.*\b(?:errors?|exceptions?|crash\w*)\b",
        _plain("errors", "errors of the app, most frequent first"),
    ),
    _subject(
        "unusual",
        r"\b(?:unusual|abnormal|anomal\w+|incidents?|strange|out of the ordinary|went wrong|"
        r"wrong with|spike\w*|outage|why (?:did|is|was|has|were|are))\b",
        _unusual,
    ),
    _subject(
        "forecast",
        r"\b(?:forecast\w*|predict\w*|expect(?:ed)? next|next (?:week|month)|will (?:there )?be)\b",
        _plain(
            "forecasts",
            "newest forecasts, or why there is none",
            "There is no forecast yet: insights were not built, or history is too short.",
        ),
    ),
    _subject(
        "kpis",
        r"\b(?:kpis?|key figures|health score|scores)\b",
        _plain("kpis", "engagement, system health and AI performance by day, 0 to 100", "", days=True),
    ),
    _subject(
        "moments of a person",
        r"\b(?:timeline|history|what (?:did|has|does|is)|activity of|show me everything)\b",
        _person,
        "person",
    ),
    _subject(
        "videos",
        r"\b(?:which|what|list|top|most watched|most popular|popular)\b.*\bvideos?\b(?!.*\bviews\b)",
        _plain("videos", "videos, most views first", order=("-views",)),
    ),
    _subject(
        "lessons",
        r"\b(?:list|which|what|show)\b.*\blessons (?:are there|exist|do we have)\b|"
        r"\blist (?:of )?(?:the |all )?lessons\b",
        _plain("lessons", "lessons in their order"),
    ),
    _subject(
        "cohorts",
        r"\b(?:list|which|what|show)\b.*\b(?:cohorts|groups) (?:are there|exist|do we have)\b|"
        r"\blist (?:of )?(?:the |all )?cohorts\b",
        _plain("cohorts", "roster cohorts and their members"),
    ),
    _subject(
        "about",
        r"\b(?:levels?|patterns?|priorities|habits?|mood)\b|\b(?:people|learners) (?:feel|say|think) about\b",
        _about,
        "words",
    ),
)


def find_subject(text: str) -> tuple[Subject, str] | None:
    """The subject that the text holds, and the text without the words that showed it."""
    for subject in SUBJECTS:
        match = subject.pattern.search(text)
        if match:
            return subject, f"{text[: match.start()]} {text[match.end() :]}".strip()
    return None
