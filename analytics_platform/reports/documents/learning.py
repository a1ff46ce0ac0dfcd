"""Learner behaviour: progress, drop-offs, hard questions, who comes back, themes, who is at risk."""

from analytics_platform.reports.documents.document import Figure, Section, Table, share, table
from analytics_platform.reports.documents.marts import FEWEST_PEOPLE, Marts, Row, few
from analytics_platform.reports.documents.periods import Period

_SMALL = f"Counts of fewer than {FEWEST_PEOPLE} people are shown as < {FEWEST_PEOPLE}."


def sections(marts: Marts, period: Period, now: Row, then: Row) -> list[Section]:
    return [
        _people(marts, period, now, then),
        _progress(marts, period, now, then),
        _dropoff(marts),
        _questions(marts),
        _retention(marts),
        _themes(marts, period),
        _risk(marts),
    ]


def numbers(marts: Marts) -> Row:
    """What the rules look at beyond the totals: the worst card, the hardest question, who is at risk."""
    found: Row = {}
    if marts.has("lesson_dropoff"):
        for row in _worst_cards(marts)[:1]:
            found |= {
                "worst_card": _card(row),
                "worst_reached": row["people_reached"],
                "worst_lost": row["people_lost"],
            }
    if marts.has("question_difficulty", "lessons"):
        for row in _hardest(marts)[:1]:
            found |= {
                "hardest": _question(row),
                "hardest_attempted": row["people_attempted"],
                "hardest_right": row["people_right_at_first"],
            }
    if marts.has("at_risk_learners", "lesson_progress"):
        found |= marts.row("select count(*) as at_risk from at_risk_learners")
        found |= marts.row("select count(distinct person_id) as started_people from lesson_progress")
    return found


def figures(now: Row, then: Row) -> tuple[Figure, ...]:
    """The figures of learning that other reports show too."""
    starts, done = now.get("starts"), now.get("completed_starts")
    return (
        Figure("Lessons completed", now.get("completions"), before=then.get("completions")),
        Figure(
            "Started lessons that were completed",
            share(done, starts),
            "share",
            f"{done:,} of {starts:,} lessons (one person, one lesson) started in the period" if starts else "",
            share(then.get("completed_starts"), then.get("starts")),
            "no lesson was started" if not starts else "",
        ),
        Figure("Answers", now.get("answers"), "count", f"of {now.get('answerers') or 0:,} people", then.get("answers")),
    )


def _people(marts: Marts, period: Period, now: Row, then: Row) -> Section:
    title = "Who was there"
    if lacks := marts.lacks("user_activities", "user_lifecycle"):
        return Section(title, missing=lacks)
    grain = "week" if period.grain == "week" else "day"
    rows = marts.rows(
        """select period_start, active_people, new_people, returning_people, resurrecting_people, dormant_people
        from user_lifecycle where period = $1 and period_start between $2 and $3 order by period_start""",
        grain,
        period.first,
        period.last,
    )
    labels = (
        ("period_start", grain, "day"), ("active_people", "active", "count"), ("new_people", "new", "count"),
        ("returning_people", "returning", "count"), ("resurrecting_people", "back after a gap", "count"),
        ("dormant_people", f"gone since the {grain} before", "count"),
    )  # fmt: skip
    note = "New + returning + back after a gap = active."
    found = table(
        "people_by_period", f"People by {grain}", labels, rows, note=note, chart="line" if len(rows) > 1 else ""
    )
    active = Figure("Active people", now.get("active"), before=then.get("active"))
    return Section(title, (active,), (found,) if rows else (), () if rows else ("Nobody was there in this period.",))


def _progress(marts: Marts, period: Period, now: Row, then: Row) -> Section:
    title = "Progress"
    if lacks := marts.lacks("lesson_progress", "lessons", "cohort_daily_progress"):
        return Section(title, missing=lacks)
    lessons = marts.rows(
        """
        with moved as (
            select lesson_id, sum(case when started_local_day between $1 and $2 then 1 else 0 end) as started,
                sum(case when completed_local_day between $1 and $2 then 1 else 0 end) as completed,
                sum(case when started_local_day <= $2 then 1 else 0 end) as started_ever,
                sum(case when completed_local_day <= $2 then 1 else 0 end) as completed_ever
            from lesson_progress group by lesson_id
        )
        select coalesce(lesson_number, '') as number, coalesce(lesson_name, moved.lesson_id) as name, started,
            completed, started_ever, completed_ever
        from moved inner join lessons on moved.lesson_id = lessons.lesson_id
        where started_ever > 0
            and (position is not null or not exists (select 1 from lessons where position is not null))
        order by position, first_seen_at, moved.lesson_id""",
        period.first,
        period.last,
    )
    for row in lessons:
        row["rate"] = share(row["completed_ever"], row["started_ever"])
    by_lesson = table(
        "progress_by_lesson",
        "By lesson",
        (("number", "lesson", "text"), ("name", "name", "text"), ("started", "started now", "count"),
         ("completed", "completed now", "count"), ("started_ever", "people who started", "count"),
         ("completed_ever", "of these completed", "count"), ("rate", "completed / started", "share")),
        lessons,
        note="Now: in this period. The rate is over all time up to its end.",
    )  # fmt: skip
    cohorts = marts.rows(
        """
        select cohort, max(roster_size) as roster, count(*) as lessons, sum(completed) as completed,
            sum(partial) as partial, sum(not_started) as not_started
        from cohort_daily_progress as progress
        where local_day = (
            select max(local_day) from cohort_daily_progress where local_day between $1 and $2
        )
            and (position is not null or not exists (select 1 from cohort_daily_progress where position is not null))
        group by cohort order by cohort""",
        period.first,
        period.last,
    )
    for row in cohorts:
        places = row["completed"] + row["partial"] + row["not_started"]
        row |= {"places": places, "rate": share(row["completed"], places), "roster": few(row["roster"])}
    by_cohort = table(
        "progress_by_cohort",
        "By cohort, at the end of the period",
        (("cohort", "cohort", "text"), ("roster", "people", "count"), ("lessons", "lessons opened", "count"),
         ("completed", "completed", "count"), ("partial", "partly", "count"), ("not_started", "not started", "count"),
         ("places", "all", "count"), ("rate", "completed / all", "share")),
        cohorts,
        note="Counted are pairs of a roster member and a lesson that the cohort has opened; the three add up to all.",
    )  # fmt: skip
    tables = tuple(one for one in (by_lesson, by_cohort) if one.rows)
    return Section(title, figures(now, then), tables, () if tables else ("Nobody has started a lesson yet.",))


def _dropoff(marts: Marts) -> Section:
    title = "Where people stop"
    if lacks := marts.lacks("lesson_dropoff"):
        return Section(title, missing=lacks)
    rows = _worst_cards(marts)
    for row in rows:
        row |= {"card": _card(row), "rate": share(row["people_lost"], row["people_reached"])}
    columns = (("card", "card", "text"), ("people_reached", "reached it", "count"),
               ("people_lost", "went no further", "count"), ("rate", "lost / reached", "share"))  # fmt: skip
    found = table("dropoffs", "Cards that lose most", columns, rows[:10], note="Over all time; at least 20 reached it.")
    return Section(title, tables=(found,) if rows else (),
                   notes=() if rows else ("No card was reached by 20 people and lost any of them.",))  # fmt: skip


def _questions(marts: Marts) -> Section:
    title = "Hard questions"
    if lacks := marts.lacks("question_difficulty", "lessons"):
        return Section(title, missing=lacks)
    rows = _hardest(marts)[:10]
    for row in rows:
        row["question"] = _question(row)
        row["rate"] = share(row["people_right_at_first"], row["people_attempted"])
    columns = (("question", "question", "text"), ("people_attempted", "tried it", "count"),
               ("people_right_at_first", "right at first", "count"),
               ("rate", "right at first / tried", "share"))  # fmt: skip
    note = f"Over all time; at least {FEWEST_PEOPLE} people tried it."
    found = table("hard_questions", "Fewest right at the first try", columns, rows, note=note)
    return Section(title, tables=(found,) if rows else (), notes=() if rows else ("No quiz card was tried yet.",))


def _retention(marts: Marts) -> Section:
    title = "Who comes back"
    if lacks := marts.lacks("user_retention"):
        return Section(title, missing=lacks)
    rows = marts.rows(
        """select cohort, cohort_size, week_number, classic_rate from user_retention
        where cohort_kind = 'first week' and week_number between 0 and 8 order by cohort desc, week_number"""
    )
    found = _triangle(rows)
    if not found:
        return Section(title, notes=(f"No first week has {FEWEST_PEOPLE} people yet.",))
    weeks = sorted({int(row["week_number"]) for row in rows})
    columns = [("cohort", "first week", "day"), ("people", "people", "count"),
               *((f"w{week}", f"week {week}", "share") for week in weeks)]  # fmt: skip
    note = f"Share of the cohort that was active in that week; no data where the week is not over. {_SMALL}"
    return Section(title, tables=(table("retention", "By week of the first activity", columns, found, note=note),))


def _triangle(rows: list[Row]) -> list[Row]:
    """One row for each of the eight newest cohorts that are large enough to be shown."""
    weeks = sorted({row["week_number"] for row in rows})
    cohorts: dict[str, Row] = {}
    for row in rows:
        if row["cohort_size"] >= FEWEST_PEOPLE:
            made = cohorts.setdefault(row["cohort"], {"cohort": row["cohort"], "people": row["cohort_size"]})
            made[f"w{row['week_number']}"] = row["classic_rate"]
    return [{**{f"w{week}": None for week in weeks}, **row} for row in list(cohorts.values())[:8]]


def _themes(marts: Marts, period: Period) -> Section:
    title = "What they write about"
    if lacks := marts.lacks("user_responses"):
        return Section(title, missing=lacks)
    rows = marts.rows(
        """
        select theme, count(*) as answers, count(distinct person_id) as people,
            sum(case when sentiment = 'positive' then 1 else 0 end) as positive,
            sum(case when sentiment = 'negative' then 1 else 0 end) as negative
        from user_responses where local_day between $1 and $2 and theme is not null and theme <> 'unknown'
        group by theme order by answers desc, theme""",
        period.first,
        period.last,
    )
    kept = [row for row in rows if row["people"] >= FEWEST_PEOPLE]
    for row in kept:
        row |= {"theme": row["theme"].replace("_", " "), "rate": share(row["positive"], row["answers"])}
    columns = (("theme", "theme", "text"), ("answers", "answers", "count"), ("people", "people", "count"),
               ("positive", "positive", "count"), ("negative", "negative", "count"),
               ("rate", "positive / answers", "share"))  # fmt: skip
    found: tuple[Table, ...] = (table("themes", "Themes of written answers", columns, kept),) if kept else ()
    hidden = len(rows) - len(kept)
    notes = [f"{hidden} themes of fewer than {FEWEST_PEOPLE} people are not shown."] if hidden else []
    notes += [] if rows else ["No written answer of this period has a known theme."]
    return Section(title, tables=found, notes=tuple(notes))


def _risk(marts: Marts) -> Section:
    title = "Who may be leaving"
    if lacks := marts.lacks("at_risk_learners"):
        return Section(title, missing=lacks)
    rows = marts.rows(
        """select coalesce(cohort, 'without a cohort') as cohort, count(*) as people, max(days_silent) as longest,
            max(as_of_day) as as_of from at_risk_learners group by 1 order by count(*) desc, 1"""
    )
    if not rows:
        return Section(title, notes=("Nobody has started, not finished, and been silent for 7 days or more.",))
    for row in rows:
        row["people"] = few(row["people"])
    columns = (
        ("cohort", "cohort", "text"),
        ("people", "people", "count"),
        ("longest", "longest silence (days)", "count"),
    )
    note = f"As of {rows[0]['as_of']}: started, not completed, and silent for 7 days or more. {_SMALL}"
    return Section(title, tables=(table("at_risk", "At risk by cohort", columns, rows, note=note),))


def _worst_cards(marts: Marts) -> list[Row]:
    return marts.rows(
        """select coalesce(lesson_number, '') as number, coalesce(lesson_name, lesson_id) as name, place, question,
            people_reached, people_lost from lesson_dropoff
        where people_reached >= 20 and people_lost > 0
        order by people_lost * 1.0 / people_reached desc, people_lost desc, lesson_id, place limit 10"""
    )


def _hardest(marts: Marts) -> list[Row]:
    return marts.rows(
        f"""select coalesce(lessons.lesson_number, '') as number, question, question_id, people_attempted,
            people_right_at_first
        from question_difficulty left join lessons on question_difficulty.lesson_id = lessons.lesson_id
        where people_attempted >= {FEWEST_PEOPLE}
        order by people_right_at_first * 1.0 / people_attempted, people_attempted desc, question_id limit 10"""
    )


def _card(row: Row) -> str:
    lesson = f"lesson {row['number']}" if row["number"] else row["name"]
    return f"card {row['place']} of {lesson}{_asked(row['question'])}"


def _question(row: Row) -> str:
    lesson = f"lesson {row['number']}" if row["number"] else "a question"
    return f"{lesson}{_asked(row['question'])}"


def _asked(question: str | None) -> str:
    words = " ".join((question or "").split())
    return f": “{words if len(words) <= 70 else words[:69].rstrip() + '…'}”" if words else ""
