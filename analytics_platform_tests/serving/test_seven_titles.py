"""Which title a question means by its words, and how people put questions. No data."""

import pytest

from analytics_platform.serving.seven.phrasing import EMAIL, rephrased, sentences, without_filler
from analytics_platform.serving.seven.titles import nearest, options_in, stem

TITLES = (
    "where does your phone sleep",
    "what keeps you awake",
    "what will you keep",
    "when are you most focused",
    "how focused were you today",
    "how are you stressed right now",
    "and now how stressed are you",
)


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("where do people say their phone sleeps", ("where does your phone sleep",)),
        ("what did people say keeps them awake", ("what keeps you awake",)),
        ("when are people most focused", ("when are you most focused",)),
        ("how stressed were they", TITLES[-2:]),  # as near the one as the other
    ],
)
def test_the_nearest_title_is_meant(question: str, titles: tuple[str, ...]) -> None:
    found = nearest(question, TITLES)
    assert found is not None
    assert found.titles == titles


@pytest.mark.parametrize("question", ["how many phones were sold", "what do people eat", "who has a cat"])
def test_no_title_is_forced(question: str) -> None:
    assert nearest(question, TITLES) is None


def test_one_common_word_shows_no_title() -> None:
    assert nearest("how many people keep a diary", TITLES, known=frozenset({"keep"})) is None


def test_words_of_one_stem() -> None:
    assert {stem(word) for word in ("interrupts", "interrupted", "interruption")} == {"interrupt"}
    assert stem("slept") == stem("sleeping") == stem("sleep")


def test_an_option_is_named_by_all_of_its_words() -> None:
    options = {"In my bed": frozenset({"bed"}), "Bright light": frozenset({"bright", "light"})}
    assert options_in(["bed"], options) == ("In my bed",)
    assert options_in(["bright"], options) == ()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("is haiku slower than mini", "average latency of haiku and mini"),
        ("how many chats were there and in which languages", "how many chats were there by languages"),
        ("is the completion rate the same for all teams", "completion rate by teams"),
        ("answers last week and how does that compare with the week before",
         "answers last week compared with the week before last"),
        ("has anyone completed lesson 3", "how many people completed lesson 3"),
        ("what is the distribution of conversations over tiers", "number of conversations by tiers"),
    ],
)  # fmt: skip
def test_questions_are_put_as_readers_know_them(text: str, plain: str) -> None:
    assert rephrased(text) == plain


def test_numbers_names_and_negations_are_no_filler() -> None:
    assert without_filler("could there be 3 not seen by Anna before March") == "could 3 not by Anna before March"


def test_of_several_sentences_the_asking_one_is_read() -> None:
    assert next(sentences("Who has not finished lesson 5? It was due on the 16th.")) == "Who has not finished lesson 5"
    stated = list(sentences("Something was wrong yesterday, the app felt slow. What do we know about it?"))
    assert stated[-1] == "Something was wrong yesterday"


def test_addresses_are_a_column_and_no_condition() -> None:
    assert EMAIL.sub("", "who is at risk, with their e-mail addresses") == "who is at risk"
    assert EMAIL.search("how many e-mails could not be matched") is None
