"""Building the query of subjects that are tables: votes, ratings, forecasts, themes, completion of the assigned. Pure.

Does not live here: lists of people, answers and views (``subjects``), which words show which subject.
"""

from analytics_platform.semantics import Named
from analytics_platform.serving.seven.reply import Asked, Understood
from analytics_platform.serving.seven.subjects import MOST, progress


def votes(asked: Asked) -> Understood | str:
    if not asked.words and "lesson" not in asked.values:
        return 'Say which question, as in: votes on "When will you learn?".'
    about = f' "{asked.words}"' if asked.words else ""
    return Understood(
        Named("votes", asked.parameters("lesson", "cohort", days=True, contains=asked.words or None), limit=MOST),
        f"how answers are spread over the choices of{about}{asked.told('lesson', 'cohort', days=True)}",
        missing=f"No poll, quiz or rating{about} has answers.",
    )


def rated(asked: Asked) -> Understood:
    about = f' that hold "{asked.words}"' if asked.words else ""
    return Understood(
        Named("rated_questions", asked.parameters("lesson", "cohort", days=True, contains=asked.words or None)),
        f"average ratings of questions{about}{asked.told('lesson', 'cohort', days=True)}",
        missing=f"No rating of questions{about}.",
    )


def assigned(asked: Asked) -> Understood | str:
    """Of the members of the roster who shall do a lesson; a cohort has its own table."""
    if "cohort" in asked.values:
        return progress(asked)
    if asked.span is not None and asked.span.start is not None:
        return "Completion of the assigned people is known as it is now. Ask without the days."
    return Understood(
        Named("lessons", asked.parameters("lesson"), limit=MOST),
        f"completion of lessons, of all who started and of all who are assigned{asked.told('lesson')}",
    )


def about(asked: Asked) -> Understood | str:
    if not asked.words:
        return "Say about what."
    return Understood(
        Named("answers_about", asked.parameters("cohort", days=True, contains=asked.words)),
        f'answers about "{asked.words}", lesson by lesson{asked.told("cohort", days=True)}',
        missing=f'No question or answer holds "{asked.words}".',
    )


def trending(asked: Asked) -> Understood:
    return Understood(
        Named("theme_changes", asked.parameters("cohort"), limit=asked.top or 10),
        f"themes of free-text answers that grew most in the newest seven days{asked.told('cohort')}",
    )


def forecast(asked: Asked) -> Understood | str:
    if asked.values:
        return "Forecasts are made of whole series; ask without a name."
    of = f" of {asked.marks['metric'].replace('_', ' ')}" if "metric" in asked.marks else ""
    return Understood(
        Named("forecasts", asked.parameters(days=True, metric=asked.marks.get("metric")), limit=MOST),
        f"newest forecasts{of}, or why there is none{asked.told(days=True)}",
        missing="There is no forecast yet: insights were not built, or history is too short.",
    )
