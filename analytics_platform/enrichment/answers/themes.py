"""Themes: clusters of texts by week, with a name, size, phrases, and their change against the weeks before.

All weeks are clustered together, so that a theme is the same from week to week. A cluster with fewer people than the
set number shows no text at all: no phrases, no quotes, and only a taxonomy's name. Does not live here: the people and
weeks of a text (assets), the words that name a theme (``taxonomies/themes.yaml``).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics_platform.enrichment.answers.answer_themes import AnswerThemes
from analytics_platform.enrichment.labels import UNKNOWN
from analytics_platform.enrichment.methods.embedding import Encoder, unit
from analytics_platform.enrichment.taxonomy import Taxonomy
from analytics_platform.enrichment.texts.features import Incidence
from analytics_platform.enrichment.texts.text_features import Reader

FEWEST_PEOPLE = 25
"""People a cluster needs before any of its text is shown (metrics.md, "free text needs 25")."""
FEWEST_FOR_PHRASE = 5
"""People who must have used a phrase."""
MOST_CLUSTERS = 40
PHRASES = 6
NAMED_BY = 500  # texts of a cluster that are looked at for its name
# Answers that say nothing, as people and broken exports write them: no theme of anybody.
_SAYS_NOTHING = {
    *("n/a", "na", "none", "null", "nil", "nan", "undefined", "nothing", "false", "true", "no answer", "idk", "test"),
    *("tidak ada", "gak ada", "nggak ada", "kosong", "ไม่มี", "ไม่มีค่ะ", "ไม่มีครับ", "ไม่รู้"),
}


@dataclass(frozen=True)
class Reflection:
    """One text of one person in one week (as 2026-W07)."""

    person: str
    week: str
    text: str


@dataclass(frozen=True)
class Theme:
    """One cluster in one week. ``change`` is against the mean number of people of the weeks before, if any."""

    week: str
    name: str
    texts: int
    people: int
    change: float | None
    phrases: tuple[str, ...]
    quotes: tuple[str, ...]


def find_themes(
    reflections: Sequence[Reflection],
    reader: Reader,
    taxonomy: Taxonomy,
    fewest_people: int = FEWEST_PEOPLE,
    encode: Encoder | None = None,
) -> list[Theme]:
    """The themes of every week, the largest first. Phrases and quotes need enough people in that very week."""
    speaking = [one for one in reflections if one.text.strip(" .!-").lower() not in _SAYS_NOTHING]
    read = [(one, found) for one in speaking if (found := _words(reader, one))]
    if not read:
        return []
    reflections, words = [one for one, _ in read], [found for _, found in read]
    clusters = _cluster(reflections, words, encode)
    everywhere = Counter(phrase for row in words for phrase in _grams(row))
    about = AnswerThemes(taxonomy)
    named: dict[str, list[int]] = {}
    for cluster in sorted(set(clusters.tolist())):
        inside = [place for place, found in enumerate(clusters) if found == cluster]
        name = _name(inside, reflections, about) or _own_name(
            cluster, inside, words, reflections, fewest_people, everywhere
        )
        named.setdefault(name, []).extend(inside)
    themes = [
        theme
        for name, inside in named.items()
        for theme in _by_week(name, sorted(inside), words, reflections, fewest_people, everywhere)
    ]
    return sorted(themes, key=lambda theme: (theme.week, -theme.people, theme.name))


def _by_week(
    name: str,
    inside: Sequence[int],
    words: Sequence[Sequence[str]],
    reflections: Sequence[Reflection],
    fewest_people: int,
    everywhere: Mapping[str, int],
) -> Iterator[Theme]:
    """A theme in each week that speaks of it."""
    weeks = sorted({reflection.week for reflection in reflections})
    places = {week: [place for place in inside if reflections[place].week == week] for week in weeks}
    people = {week: len({reflections[place].person for place in found}) for week, found in places.items()}
    for number, week in enumerate(weeks):
        if not places[week]:
            continue
        before = [people[earlier] for earlier in weeks[:number]]
        change = people[week] - sum(before) / len(before) if before else None
        shown = people[week] >= fewest_people
        phrases = _phrases(places[week], words, reflections, everywhere) if shown else ()
        quotes = _quotes(places[week], words, reflections, phrases) if shown else ()
        yield Theme(week, name, len(places[week]), people[week], change, phrases, quotes)


def _own_name(
    cluster: int,
    inside: Sequence[int],
    words: Sequence[Sequence[str]],
    reflections: Sequence[Reflection],
    fewest_people: int,
    everywhere: Mapping[str, int],
) -> str:
    """A name made of the cluster's phrases, when enough people stand behind it; a number otherwise."""
    people = {reflections[place].person for place in inside}
    phrases = _phrases(inside, words, reflections, everywhere) if len(people) >= fewest_people else ()
    return " · ".join(phrases[:2]) or f"other {cluster + 1}"


def _words(reader: Reader, reflection: Reflection) -> list[str]:
    return [word for word in reader.words(reflection.text) if word[0].isalpha() and len(word) > 2]


def _cluster(
    reflections: Sequence[Reflection], words: Sequence[Sequence[str]], encode: Encoder | None
) -> NDArray[np.int64]:
    from sklearn.cluster import KMeans

    texts = [reflection.text for reflection in reflections]
    listed = [set(row) for row in words]
    vectors = unit(encode(texts)) if encode else _vectors(listed)
    different = len({frozenset(row) for row in listed})
    count = int(max(1, min(MOST_CLUSTERS, different // 2, round((len(texts) / 2) ** 0.5))))
    if min(vectors.shape) == 0 or count == 1:
        return np.zeros(len(texts), dtype=np.int64)
    found: NDArray[np.int64] = KMeans(count, n_init=4, random_state=6).fit_predict(vectors).astype(np.int64)
    return found


def _vectors(listed: Sequence[set[str]]) -> sparse.csr_matrix:
    incidence, everything = Incidence.of(listed), range(len(listed))
    return incidence.rows(everything, *incidence.learn(everything))[0]


def _name(inside: Sequence[int], reflections: Sequence[Reflection], about: AnswerThemes) -> str:
    """The taxonomy's theme that half of the texts are about, each by itself; of many texts some tell it."""
    some = [reflections[place].text for place in inside[:: max(1, len(inside) // NAMED_BY)]]
    themes = Counter(about.label(text).label for text in some)
    best, times = themes.most_common(1)[0]
    return best if times * 2 >= len(some) and best != UNKNOWN else ""


def _phrases(
    places: Sequence[int],
    words: Sequence[Sequence[str]],
    reflections: Sequence[Reflection],
    everywhere: Mapping[str, int],
) -> tuple[str, ...]:
    """Words and pairs that are commoner here than elsewhere, each used by several people."""
    users: dict[str, set[str]] = {}
    for place in places:
        for phrase in _grams(words[place]):
            users.setdefault(phrase, set()).add(reflections[place].person)
    scored = {
        phrase: len(people) ** 1.5 / everywhere[phrase] * (1.3 if " " in phrase else 1.0)
        for phrase, people in users.items()
        if len(people) >= FEWEST_FOR_PHRASE
    }
    return tuple(sorted(scored, key=lambda phrase: (-scored[phrase], phrase))[:PHRASES])


def _grams(row: Sequence[str]) -> set[str]:
    return {*row, *(f"{first} {second}" for first, second in pairwise(row))}


def _quotes(
    places: Sequence[int], words: Sequence[Sequence[str]], reflections: Sequence[Reflection], phrases: Sequence[str]
) -> tuple[str, ...]:
    """Three texts that hold most of the phrases and are neither very short nor long."""
    fitting = [place for place in places if 20 <= len(reflections[place].text) <= 240] or list(places)
    ranked = sorted(fitting, key=lambda place: (-len(_grams(words[place]).intersection(phrases)), place))
    return tuple(dict.fromkeys(reflections[place].text for place in ranked[:3]))
