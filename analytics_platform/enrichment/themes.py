"""Themes: clusters of texts by week, with a name, size, phrases, and their change against the weeks before.

All weeks are clustered together, so that a theme is the same from week to week. A cluster with fewer people than the
set number shows no text at all: no phrases, no quotes, and only a taxonomy's name. Does not live here: the people and
weeks of a text (assets), the words that name a theme (``taxonomies/themes.yaml``).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analytics_platform.enrichment.embedding import Encoder, unit
from analytics_platform.enrichment.features import Vocabulary
from analytics_platform.enrichment.reading import Reader
from analytics_platform.enrichment.taxonomy import Taxonomy

FEWEST_PEOPLE = 25
"""People a cluster needs before any of its text is shown (metrics.md, "free text needs 25")."""
FEWEST_FOR_PHRASE = 5
"""People who must have used a phrase."""
MOST_CLUSTERS = 24
PHRASES = 6


@dataclass(frozen=True)
class Reflection:
    """One text of one person in one week (as 2026-W07)."""

    person: str
    week: str
    text: str
    language: str


@dataclass(frozen=True)
class Theme:
    """One cluster in one week. ``change`` is against the mean number of people of the weeks before, if any."""

    week: str
    cluster: int
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
    if not reflections:
        return []
    words = [_words(reader, reflection) for reflection in reflections]
    clusters = _cluster(reflections, words, encode)
    weeks = sorted({reflection.week for reflection in reflections})
    themes: list[Theme] = []
    for cluster in sorted(set(clusters.tolist())):
        inside = [place for place, found in enumerate(clusters) if found == cluster]
        people = {
            week: {reflections[place].person for place in inside if reflections[place].week == week} for week in weeks
        }
        phrases = _phrases(inside, words, reflections)
        everyone = {reflections[place].person for place in inside}
        name = _name(inside, words, reader, taxonomy)
        if not name:
            name = " · ".join(phrases[:2]) if len(everyone) >= fewest_people and phrases else f"other {cluster + 1}"
        for number, week in enumerate(weeks):
            places = [place for place in inside if reflections[place].week == week]
            if not places:
                continue
            before = [len(people[earlier]) for earlier in weeks[:number]]
            shown = len(people[week]) >= fewest_people
            themes.append(
                Theme(
                    week,
                    cluster,
                    name,
                    len(places),
                    len(people[week]),
                    len(people[week]) - sum(before) / len(before) if before else None,
                    _phrases(places, words, reflections) if shown else (),
                    _quotes(places, words, reflections, phrases) if shown else (),
                )
            )
    return sorted(themes, key=lambda theme: (theme.week, -theme.people, theme.cluster))


def _words(reader: Reader, reflection: Reflection) -> list[str]:
    return [word for word in reader.words(reflection.text) if word[0].isalpha() and len(word) > 2]


def _cluster(
    reflections: Sequence[Reflection], words: Sequence[Sequence[str]], encode: Encoder | None
) -> NDArray[np.int64]:
    from sklearn.cluster import KMeans

    texts = [reflection.text for reflection in reflections]
    vectors = (
        unit(encode(texts))
        if encode
        else Vocabulary.learn(map(set, words), least=2).rows([set(row) for row in words])[0]
    )
    count = int(max(1, min(MOST_CLUSTERS, len(texts) // 2, round((len(texts) / 2) ** 0.5))))
    if min(vectors.shape) == 0 or count == 1:
        return np.zeros(len(texts), dtype=np.int64)
    found: NDArray[np.int64] = KMeans(count, n_init=4, random_state=6).fit_predict(vectors).astype(np.int64)
    return found


def _name(inside: Sequence[int], words: Sequence[Sequence[str]], reader: Reader, taxonomy: Taxonomy) -> str:
    """The taxonomy's theme that a third of the texts speak of, the most spoken of first."""
    known = {
        name: {word for texts in label.examples.values() for text in texts for word in reader.words(text)}
        for name, label in taxonomy.labels.items()
    }
    speaking = Counter(name for place in inside for name, listed in known.items() if listed.intersection(words[place]))
    best = speaking.most_common(1)
    return best[0][0] if best and best[0][1] * 3 >= len(inside) else ""


def _phrases(
    places: Sequence[int], words: Sequence[Sequence[str]], reflections: Sequence[Reflection]
) -> tuple[str, ...]:
    """Words and pairs that are commoner here than elsewhere, each used by several people."""
    users: dict[str, set[str]] = {}
    for place in places:
        for phrase in _grams(words[place]):
            users.setdefault(phrase, set()).add(reflections[place].person)
    everywhere = Counter(phrase for row in words for phrase in _grams(row))
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
