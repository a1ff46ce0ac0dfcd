"""Files that people bring by hand: rosters, links, lesson maps, due dates, response exports, video catalogues.

An importer (``connectors/``) turns a file into clean payloads; here is what a row of each becomes. A file is taken in
whole, as a batch: the newest batch is the state, older ones stay readable. These tables have no event time, so a row
lives in the day of its receipt, and their assets are not partitioned. Not here: header variants, encodings, rejects.
"""

from analytics_platform.contracts.model import Column, Rule, Table

_NO_TIME = "cast(null as varchar)"


def _text(name: str, description: str, personal: bool = False, compared: bool = True) -> Column:
    return Column(name, "text", description, f"nullif(trim(p.{name}), '')", personal=personal, compared=compared)


def _date(name: str, description: str, compared: bool = True) -> Column:
    return Column(name, "date", description, f"try_cast(p.{name} as date)", compared=compared)


def _number(name: str, description: str, compared: bool = True) -> Column:
    return Column(name, "integer", description, f"p.{name}", compared=compared)


def _table(path: str, description: str, grain: str, columns: tuple[Column, ...], rules: tuple[Rule, ...]) -> Table:
    source, name = path.split("/")
    kinds = {"integer": "BIGINT"}
    return Table(
        source=source,
        name=name,
        description=description,
        grain=grain,
        key=columns[0].name,
        key_paths=(f"$.{columns[0].name}",),
        shape={column.name: kinds.get(column.type, "VARCHAR") for column in columns},
        claimed_sql=_NO_TIME,
        columns=columns,
        rules=(Rule("missing_id", f"{columns[0].name} is null", f"send {columns[0].name}"), *rules),
    )


_ROW = _text("row_id", "The batch and the line in its file.")
_BATCH = (
    _text("batch_id", "The imported file: time of import and the content's hash; later ones sort later."),
    _number("file_line", "Line of the row in its file."),
    _date("valid_from", "Day from which the file holds."),
)

ROSTER = _table(
    "people/roster",
    "Members of cohorts, from roster files.",
    "One row per line of a roster file.",
    (
        _ROW,
        *_BATCH,
        _text("email", "The member's e-mail address, canonical (trimmed, lower case).", personal=True),
        _text("first_name", "The member's first name.", personal=True),
        _text("last_name", "The member's last name.", personal=True),
        _text("full_name", "The member's name as shown.", personal=True),
        _text("group_name", "The roster's group."),
        _text("team_name", "The roster's team."),
        _text("cohort", "Group and team as one name, as 'Group / Team'."),
        _text("phone", "The member's phone number.", personal=True),
        _text("location", "The member's place."),
        _text("external_id", "The member's id in the organisation.", personal=True),
    ),
    (
        Rule("missing_cohort", "cohort is null", "give the member a group or a team"),
        Rule("missing_member", "email is null and external_id is null and full_name is null", "give an e-mail address"),
    ),
)
LINKS = _table(
    "people/links",
    "Pairs of identifiers that belong to one person, confirmed by hand in links.csv.",
    "One row per line of a links file.",
    (
        _ROW,
        *_BATCH,
        _text("identifier_a", "One identifier, written as an actor_key (mbox:…, account:…, user:…).", personal=True),
        _text("identifier_b", "The other identifier of the same person.", personal=True),
        _text("note", "Who confirmed it, or why.", personal=True),
    ),
    (Rule("missing_identifier", "identifier_a is null or identifier_b is null", "give both identifiers"),),
)
LESSON_MAP = _table(
    "lessons/map",
    "Which lesson number has which name and url, from a day on.",
    "One row per line of a lesson map.",
    (
        _ROW,
        *_BATCH,
        _number("position", "Place in the course, from 1."),
        _text("lesson_number", "The lesson's number as text: 0a, 0b, 1 …"),
        _text("name", "The lesson's name."),
        _text("url", "The lesson's url without a trailing slash; may be missing or shared."),
    ),
    (Rule("missing_number", "lesson_number is null", "give the lesson a number"),),
)
DUE_DATES = _table(
    "lessons/due_dates",
    "When a cohort is to have completed a lesson, from lesson maps.",
    "One row per lesson and cohort of a lesson map.",
    (
        _ROW,
        *_BATCH,
        _text("lesson_number", "The lesson's number as text."),
        _text("cohort", "The cohort, as in the roster; NULL is every cohort."),
        _date("due_on", "Last local day on which completing is on time."),
    ),
    (Rule("missing_due_date", "lesson_number is null or due_on is null", "give a lesson number and a due date"),),
)
EXPORTS = _table(
    "responses/exports",
    "Answers from response exports, which carry neither time nor id nor e-mail.",
    "One row per answer of an export.",
    (
        _text("response_id", "Made from learner, lesson, card, question and answer, so that it repeats with the file."),
        # The same answer in two exports of one day is a duplicate, not a conflict.
        _text(
            "batch_id",
            "The imported file: time of import and the content's hash; later ones sort later.",
            compared=False,
        ),
        _number("file_line", "Line of the answer in its file.", compared=False),
        _date(
            "exported_on",
            "Day on which the export was made; the lesson map of that day names its lessons.",
            compared=False,
        ),
        _text("actor_key", "name:<cohort>|<learner>, or anonymous:<cohort>|<label>.", personal=True),
        _text("learner", "The learner as written in the export.", personal=True),
        _text("cohort", "The cohort that the export was said to be of."),
        _text("lesson_number", "The lesson's number as text."),
        _text("card_number", "The card's number within its lesson; repeats in the next lesson."),
        _text("card_type", "form, poll, quiz, rate or submit-media."),
        _text("question", "The card's question as plain text."),
        _text("global_question", "The export's Global Q#.", compared=False),
        _text("pdf_page", "The export's PDF Page #.", compared=False),
        _text("response", "The answer as written; choices are joined by ' | '.", personal=True),
    ),
    (
        Rule("missing_learner", "actor_key is null", "give the row a learner"),
        Rule("missing_card", "lesson_number is null and card_number is null", "give the row a lesson and a card"),
    ),
)

VIDEOS = _table(
    "videos/catalogue",
    "Titles and lengths of videos, and which ids are one video, from catalogue files.",
    "One row per line of a catalogue file.",
    (
        _ROW,
        *_BATCH,
        _text("video_id", "The video, as players name it."),
        _text("title", "The video's title."),
        Column("duration_seconds", "number", "The video's length.", "try_cast(p.duration_seconds as double)"),
        _text("alias_of", "The id under which the video is counted; NULL is its own."),
    ),
    (
        Rule("missing_video", "video_id is null", "give the video's id"),
        Rule("impossible_length", "not (duration_seconds > 0 and duration_seconds <= 86400)",
             "give the length as seconds, a day at most"),
    ),
)  # fmt: skip

IMPORTS: dict[str, Table] = {table.path: table for table in (ROSTER, LINKS, LESSON_MAP, DUE_DATES, EXPORTS, VIDEOS)}
