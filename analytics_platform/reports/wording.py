"""The sentences of the evening message, as plain text; the forms escape them. Pure.

Every share names what it is a share of. Does not live here: what is said (``progress``), Markdown and HTML.
"""

from analytics_platform.reports.progress import LessonState, Message

_OPENING = {
    "celebratory": "What a result: {who} {verb} completed {lesson}. Congratulations!",
    "encouraging": "Well on the way: {who} {verb} completed {lesson}. Keep going!",
    "supportive": "{who} {verb} completed {lesson}. Every small step counts, and there is time to catch up.",
}


def title(message: Message) -> str:
    return f"{message.cohort}: {message.day:%A}, {message.day.day} {message.day:%B %Y}"


def opening(message: Message) -> str:
    """The first sentence, in the tone that the numbers give."""
    if message.main is None or message.tone is None:
        return f"Nobody of the {people(message.size)} on the roster has started a lesson yet."
    done = len(message.main.completed)
    if not done:
        return f"Nobody of the {people(message.size)} has completed {message.main.title} yet: there is time to begin."
    who = f"all {message.size} members" if done == message.size > 1 else f"{done} of {people(message.size)}"
    verb = "has" if done == 1 else "have"
    return _OPENING[message.tone].format(who=who, verb=verb, lesson=message.main.title)


def counts(state: LessonState) -> str:
    done, partial, none = len(state.completed), len(state.partial), len(state.not_started)
    return f"{done} completed, {partial} partly, {none} not started ({people(state.size)} on the roster)"


def due(message: Message, state: LessonState) -> str:
    """When the lesson is due, and how many made it once it was; '' without a due date."""
    if state.due_on is None:
        return ""
    if state.on_time is None:
        left = (state.due_on - message.day).days
        return f"Due on {state.due_on} ({'tomorrow' if left == 1 else f'in {left} days'})."
    when = "today" if state.due_on == message.day else f"on {state.due_on}"
    return f"Due {when}: {state.on_time} of {state.size} completed it on time ({percent(state.on_time, state.size)})."


def insights(message: Message) -> list[str]:
    """What the numbers of the day say; a number that cannot be computed has no line."""
    lines = [_activity(message)]
    if message.main and message.active:
        more = len(message.main.completed) - message.main.completed_before
        lines.append(
            f"{message.main.title} went from {message.main.completed_before} to {len(message.main.completed)} completed"
            f" since yesterday evening (of {message.size})."
            if more
            else f"Nobody new completed {message.main.title} today."
        )
    lines += [_feelings(message), _themes(message), _drop(message), _silence(message)]
    return [line for line in lines if line]


def missing(message: Message) -> list[str]:
    """What the reader should know about the data itself."""
    lines = []
    if message.last_day and str(message.day) > message.last_day:
        lines.append(f"The published data ends on {message.last_day} (UTC), so this day may be missing or incomplete.")
    if message.counted is not None and message.counted != message.size:
        lines.append(f"On that day the roster had {people(message.counted)}; listed is the roster of today.")
    return lines


def people(count: int) -> str:
    return "1 member" if count == 1 else f"{count} members"


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "no data"


def _activity(message: Message) -> str:
    if not message.active:
        return "No activity of this cohort on this day."
    change = message.finished_today - message.finished_before
    compared = f"{abs(change)} {'more' if change > 0 else 'fewer'} than" if change else "as many as"
    finished = "1 lesson was" if message.finished_today == 1 else f"{message.finished_today} lessons were"
    return (
        f"{message.active} of {people(message.size)} were active in the course today; {finished} completed,"
        f" {compared} on the day before ({message.finished_before})."
    )


def _feelings(message: Message) -> str:
    total = sum(message.feelings.values())
    if not total:
        return ""
    named = ("positive", "mixed", "neutral", "negative", "unknown")
    parts = [f"{message.feelings[name]} {name}" for name in named if message.feelings.get(name)]
    share = percent(message.feelings.get("positive", 0), total)
    answers = "1 written answer" if total == 1 else f"{total} written answers"
    return f"{answers} today: {', '.join(parts)} ({share} of them positive)."


def _themes(message: Message) -> str:
    total = sum(message.themes.values())
    if not total:
        return ""
    name, count = min(message.themes.items(), key=lambda item: (-item[1], item[0]))
    return f"Most written about: {name.replace('_', ' ')} ({count} of the {total} answers whose theme is known)."


def _drop(message: Message) -> str:
    if message.drop is None or message.main is None:
        return ""
    drop = message.drop
    asked = f" (“{short(drop.question)}”)" if drop.question else ""
    return (
        f"Hardest place in {message.main.title}: of {drop.reached} people in all cohorts who reached card"
        f" {drop.place}{asked}, {drop.lost} went no further ({percent(drop.lost, drop.reached)})."
    )


def _silence(message: Message) -> str:
    if not message.silent:
        return ""
    who = "1 member has" if message.silent == 1 else f"{message.silent} members have"
    return f"{who} started, not finished, and been silent for 7 days or more (as of {message.silent_as_of})."


def short(text: str, longest: int = 80) -> str:
    """One line of a text."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
