"""The way of a question: refuse, translate, understand, ask the semantics, tell. Does not live here: these steps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from analytics_platform.errors import PlatformError
from analytics_platform.semantics import LOCAL, Answer, Definition, Named, Query, Viewer, query
from analytics_platform.semantics.guard import ask_sql
from analytics_platform.semantics.registry import registry
from analytics_platform.serving.seven.categories import Categories, categories_of
from analytics_platform.serving.seven.claims import supported
from analytics_platform.serving.seven.columns import beside, dated, first_place, named, with_emails, with_ties
from analytics_platform.serving.seven.dates import find_spans
from analytics_platform.serving.seven.dropped import dropped
from analytics_platform.serving.seven.frames import without_asides
from analytics_platform.serving.seven.languages import in_english, with_quotes
from analytics_platform.serving.seven.phrasing import EMAIL, rephrased, sentences, with_theme, without_filler
from analytics_platform.serving.seven.plainly import in_plain_words
from analytics_platform.serving.seven.promises_of_time import asks_why
from analytics_platform.serving.seven.refusing import outside, refusal
from analytics_platform.serving.seven.reply import Chart, Made, Reply, Understood
from analytics_platform.serving.seven.sentences import compare, tell
from analytics_platform.serving.seven.several import joined, parts_of, with_two_times, without_its_number
from analytics_platform.serving.seven.showing import chart_of, spoken
from analytics_platform.serving.seven.speaking import Voice, voice_of
from analytics_platform.serving.seven.subjects import MOST
from analytics_platform.serving.seven.suggesting import nearest
from analytics_platform.serving.seven.talking import is_on, reviewed, talk
from analytics_platform.serving.seven.thresholds import kept
from analytics_platform.serving.seven.turns import NOW, no_such_day, turned, with_names
from analytics_platform.serving.seven.understanding import understand
from analytics_platform.serving.seven.values import Rows as Names
from analytics_platform.serving.seven.values import find_values
from analytics_platform.serving.seven.wording import tidy
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse

MOST_LETTERS = 1000
SEVERAL = "These are several questions, and I do not know all of them: ask one after the other."
SUGGESTIONS = (
    "who completed lesson 5 on time",
    "where do learners drop off",
    "active people by cohort last week",
    'answers that mention "sleep"',
    "was yesterday unusual",
)


def ask(
    settings: Settings,
    question: str,
    viewer: Viewer = LOCAL,
    before: Understood | None = None,
    today: date | None = None,
) -> Reply:
    """Answer a question; ``before`` is what the last answer of this conversation understood."""
    voice = voice_of(question)
    reply = _reply_to(settings, question, viewer, before, today, voice)
    return reply if reply.status == "answered" else replace(reply, text=voice.put(reply.text))


def _reply_to(
    settings: Settings, question: str, viewer: Viewer, before: Understood | None, today: date | None, voice: Voice
) -> Reply:
    now = today or datetime.now(ZoneInfo(settings.platform_timezone)).date()
    wants_email = bool(EMAIL.search(tidy(question)))
    asked = EMAIL.sub(" ", question.replace("E-mail", "e-mail")) if wants_email else question
    rows = _rows_of(settings, viewer)
    asked = with_names(asked, rows)
    text = tidy(without_asides(with_quotes(asked)))
    if not text or len(question) > MOST_LETTERS:
        return _abstain(f"Ask one question of at most {MOST_LETTERS} letters.")
    known = categories_of(rows)
    if said_no := refusal(tidy(without_asides(question))) or refusal(text):
        return Reply("refused", said_no, suggestions=SUGGESTIONS)
    why, seen, english = "", set[str](), without_its_number(in_english(text))
    for said in _ways(asked, text, rows):
        one = with_two_times(without_its_number(turned(said, now)), now)
        if one in seen:
            continue
        if said_no := refusal(one):
            return Reply("refused", said_no, suggestions=SUGGESTIONS)
        if said_no := outside(one) or no_such_day(one, now):
            return _abstain(said_no)
        if said_no := _before_the_data(settings, one, now):
            return _abstain(said_no)
        earlier = before if not seen else None
        found = _read(settings, one, rows, earlier, now, known, viewer, voice)
        if isinstance(found, Understood) and (lost := dropped(english, found) or dropped(one, found)):
            found = f"I know {found.reading}, but not with {lost}, so I do not answer."
        if isinstance(found, Understood):
            reply = _answer(settings, found, viewer, voice)
            return with_emails(reply, rows) if wants_email else reply
        if isinstance(found, Reply):
            return found
        why = why or found
        seen.add(one)
    if not is_on(settings):
        return _instead(why, in_english(text), known, rows, now, settings, voice)
    return _by_model(settings, question, viewer, now, before.reading if before else "", rows)


def _before_the_data(settings: Settings, text: str, now: date) -> str:
    """Why days before the first one of the data have no answer: 0 would be no number of them."""
    current = open_warehouse(settings).current()
    if current is None or not current.first_day:
        return ""
    first = date.fromisoformat(current.first_day)
    early = next((span for span in find_spans(text, now)[0] if span.end and span.end < first), None)
    return (
        f"There are no data of {early.label.removeprefix('on ').removeprefix('in ')}: they begin on {first}."
        if early
        else ""
    )


def _ways(question: str, text: str, rows: Names) -> Iterator[str]:
    """The question in English, then in plainer and plainer words; each is read where none before was understood."""
    yield in_english(text)
    asked = without_asides(with_quotes(question))
    for one in (asked, *sentences(asked)):
        plain = in_plain_words(one, rows)
        yield plain
        said = rephrased(plain)
        bare = without_filler(said)
        yield from dict.fromkeys((with_theme(said), said, with_theme(bare), bare, tidy(NOW.sub(" ", said))))


def _read(
    settings: Settings, text: str, rows: Names, before: Understood | None, now: date, known: Categories,
    viewer: Viewer, voice: Voice,
) -> Understood | Reply | str:  # fmt: skip
    """The query of one way to put the question, the answers of its parts side by side, or why there is neither."""
    zone = settings.platform_timezone

    def reply(one: str) -> Reply:
        read = understand(registry(settings), turned(one, now), rows, None, now, zone, known)
        return _abstain(read) if isinstance(read, str) else _answer(settings, read, viewer, voice)

    several = list(parts_of(text, now))
    if said_outright := [parts for parts in several if parts.is_said]:
        return joined(said_outright, reply) or SEVERAL
    likely = [] if reviewed_question(text) else [parts for parts in several if parts.is_likely]
    if found := joined(likely, reply):
        return found
    understood = reviewed_question(text) or understand(registry(settings), text, rows, before, now, zone, known)
    if isinstance(understood, str) and (found := joined(several, reply)):
        return found
    return understood


def _instead(why: str, text: str, known: Categories, rows: Names, now: date, settings: Settings, voice: Voice) -> Reply:
    """Why there is no answer, and the nearest questions that have one."""

    def is_read(question: str) -> bool:
        read = understand(registry(settings), question, rows, None, now, settings.platform_timezone, known)
        return isinstance(read, Understood)

    questions = nearest(text, is_read)
    if not questions:
        return _abstain(why)
    said = voice.say("instead", questions=", ".join(f'"{one}"' for one in questions))
    return Reply("abstained", f"{why} {said}", suggestions=questions)


def reviewed_question(text: str) -> Understood | None:
    """The reviewed query of a question in exactly these words."""
    found = next((one["query"] for one in reviewed() if tidy(one["ask"]) == text), None)
    if found is None:
        return None
    shape: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}
    return Understood(Query(**shape), f"{text}, as reviewed")


def _by_model(settings: Settings, question: str, viewer: Viewer, now: date, before: str, rows: Names) -> Reply:
    """What the interpreter did not understand: rows of the query that a model chose, and words that they support."""
    if settings.seven_llm != "people" and "person" in find_values(tidy(question), rows).values:
        return _abstain("I do not understand the question, and names of people are not sent to a model here.")
    talked = talk(settings, question, viewer, now, before)
    answer, asked = talked.toolbox.answer, talked.toolbox.asked
    if answer is None or talked.why:
        return _abstain(talked.why or "The data has no answer to this.")
    reading = "a query that a model chose for these words"
    said = supported(talked.words, answer.rows)
    columns = [*answer.definitions, *answer.columns]
    text = " ".join(said) or tell(answer.rows, columns, reading, "", ("", asked.metrics[0] if asked else ""))
    understood = Understood(asked, reading) if asked else None
    chart = chart_of(answer, understood) if understood else Chart()
    return _reply(answer, answer.rows, text, reading, chart, understood)


def _answer(settings: Settings, understood: Understood, viewer: Viewer, voice: Voice) -> Reply:
    try:
        answer = _asked(settings, understood.question, viewer)
        earlier = _asked(settings, understood.before, viewer) if understood.before else None
    except PlatformError as error:
        return _abstain(str(error))
    found = first_place(answer.rows, understood.question)
    if understood.bound is not None and isinstance(understood.question, Query):
        found = kept(found, understood.question.metrics[0], understood.bound)
        found = [{"rows": len(found)}] if understood.counts else found[:MOST]
    if isinstance(understood.question, Query) and understood.question.metrics == ("average_rating",):
        found = [row for row in found if row["average_rating"] is not None] or found
    found, undated = dated(found)
    rows = named(found, _rows_of(settings, viewer))
    if (
        rows and "reason" in rows[0] and all(row["reason"] for row in rows) and not asks_why(understood.text)
    ):  # an engine that abstained says why
        return _abstain(f"There is no answer yet: {rows[0]['reason']}. Ask who is at risk, to see who is silent now.")
    text = tell(
        rows,
        [*_units(understood), *answer.definitions, *answer.columns],
        understood.reading,
        understood.missing,
        spoken(understood, answer.table.column_names),
        voice,
    )
    if earlier is not None and isinstance(understood.question, Query):
        number = understood.question.metrics[0]
        keys = [name for name in answer.table.column_names if name != number]
        rows = beside(rows, earlier.rows, number, keys)
        text += " " + compare(rows, earlier.rows, number, keys, "the time before", voice)
    shares = [one for one in answer.definitions if one.unit == "share"]
    if rows and isinstance(understood.question, Query) and shares and voice.language == "en":
        text += f" {shares[0].label}: {shares[0].description}"
    if undated:
        text += " " + voice.say("undated", count=undated)
    if answer.quality.state != "good":
        reasons = voice.put("; ".join(answer.quality.reasons))
        text += " " + voice.say("quality", state=voice.put(answer.quality.state), reasons=reasons)
    for note in answer.notes:
        text += f" {note}"
    return _reply(answer, rows, text, voice.put(understood.reading), chart_of(answer, understood), understood)


def _units(understood: Understood) -> tuple[Definition, ...]:
    made = understood.question
    if not isinstance(made, Made) or not made.counted:
        return ()
    return (Definition(made.counted, made.counted.replace("_", " "), "", made.unit),)


def _asked(settings: Settings, question: Query | Named | Made, viewer: Viewer) -> Answer:
    if isinstance(question, Made):
        return ask_sql(settings, question.sql, viewer, limit=MOST)
    return query(settings, with_ties(question), viewer)


def _reply(
    answer: Answer,
    rows: Sequence[Mapping[str, Any]],
    text: str,
    reading: str,
    chart: Chart,
    understood: Understood | None,
) -> Reply:
    return Reply(
        status="answered",
        text=text,
        reading=reading,
        sql=answer.sql,
        columns=tuple(rows[0] if rows else answer.table.column_names),
        rows=tuple(rows),
        chart=chart,
        definitions=answer.definitions,
        version=answer.version,
        published_at=str(answer.snapshot.published_at),
        quality=answer.quality.state,
        understood=understood,
    )


def _rows_of(settings: Settings, viewer: Viewer) -> Names:
    current = open_warehouse(settings).current()
    version = current.version if current else ""
    return lambda name: _list(settings, viewer, name, version)


@lru_cache(maxsize=64)
def _list(settings: Settings, viewer: Viewer, name: str, _version: str) -> tuple[Mapping[str, object], ...]:
    """The values of a list or of a SELECT, kept while the snapshot stays; empty where the viewer may not see it."""
    try:
        if name.startswith("select "):
            return tuple(ask_sql(settings, name, viewer).rows)
        return tuple(query(settings, Named(name), viewer).rows)
    except PlatformError:
        return ()


def _abstain(why: str) -> Reply:
    return Reply("abstained", why, suggestions=SUGGESTIONS)
