"""A second reading of a question that was not understood: everyday phrases in the words that Seven knows.

The phrases stand in ``thesaurus/<language>.toml``; a name of something in the data and what is quoted stay as they are.
The first reading never sees them, so that what it understands means the same as before. Does not live here: the words
of the first reading (``wording``), the grammar of the other two languages (``languages``).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from analytics_platform.serving.seven.languages import in_english, language_of
from analytics_platform.serving.seven.values import LISTS, Rows
from analytics_platform.serving.seven.wording import tidy

FOLDER = Path(__file__).parent / "thesaurus"
MOST_WORDS = 8
_WORD = re.compile(r"[^\s\"]+")


def in_plain_words(question: str, rows: Rows) -> str:
    """The question, tidied and in English, with the phrases of the thesaurus replaced."""
    text = tidy(question)
    if (language := language_of(text)) != "en":
        text = in_english(text, thesaurus(language))
    kept = list(_kept(text, rows))
    words = list(_WORD.finditer(text))
    said, out, done, at = thesaurus("en"), [], 0, 0
    while at < len(words):
        for number in range(min(MOST_WORDS, len(words) - at), 0, -1):
            start, end = words[at].start(), words[at + number - 1].end()
            plain = said.get(" ".join(word[0] for word in words[at : at + number]))
            if plain is not None and all(end <= first or start >= last for first, last in kept):
                out += [text[done:start], plain]
                done, at = end, at + number
                break
        else:
            at += 1
    return re.sub(r"\s+", " ", "".join([*out, text[done:]])).strip()


@cache
def thesaurus(language: str) -> Mapping[str, str]:
    """Each phrase of a language and what stands for it."""
    table = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return {phrase: plain for plain, phrases in table.items() for phrase in phrases}


def _kept(text: str, rows: Rows) -> Iterator[tuple[int, int]]:
    """Where quotes and names stand; of a cohort "North / Harbour" either part is a name."""
    for hit in re.finditer(r'"[^"]*"', text):
        yield hit.span()
    for source, _, columns in LISTS.values():
        names = {str(row[column]) for row in rows(source) for column in columns if row.get(column)}
        parts = {part.strip() for name in names for part in [tidy(name), *tidy(name).split(" / ")]}
        for part in parts:
            if len(part) > 3 and part in text:
                yield from (hit.span() for hit in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", text))
