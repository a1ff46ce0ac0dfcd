"""Text as the local models see it: normalised, and cut into words in any script.

Stretched letters are shortened, links, names and numbers become signs, Thai is cut by longest match against known
words. Does not live here: what a word means (``lexicon``), n-grams (``features``).
"""

import re
import unicodedata
from collections.abc import Container, Iterable
from functools import lru_cache

LONGEST_TEXT = 1200
"""Characters that are read of one text: its first two thirds and its end, where writers put what they want."""

_LINK = re.compile(r"https?://\S+|www\.\S+")
_MENTION = re.compile(r"(?<![\w.])@\w+")
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+")
_LAUGH = re.compile(
    r"\b(?:w+k+(?:w+k*)+|(?:ha){2,}h?|(?:he){2,}h?|(?:hi){2,}|(?:xi){2,}|lo+l+|lmao|rofl)\b|5{3,}|ฮ่?า(?:ๆ|ฮ่?า)+"
)
_LAUGHING = ("wk", "haha", "hehe", "hihi", "xixi", "lol", "loo", "lmao", "rofl", "555", "ฮ")
"""Of which each laugh holds one: most texts hold none, and the pattern is slow."""
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_STRETCHED_THAI = re.compile(r"([ก-๎])\1{2,}")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_APOSTROPHE = re.compile("[\u2018\u2019\u02bc`]")
_INVISIBLE = re.compile("[\u200b-\u200f\ufe0f\u2060\ufeff\U0001f3fb-\U0001f3ff]")
_REPEAT_SIGN = re.compile(r"\s*ๆ+")
_DIGIT = re.compile(r"\d")
_FACES = r"[:;=x8]['\-]?[)(dp/|*\]]|\^_*\^|<3|t_t|-_-|\)[:=]"
_WORD = re.compile(
    rf"<\w+>|(?<!\w)(?:{_FACES})(?!\w)|[a-zA-Z\u00c0-\u024f\u1e00-\u1eff0-9_]+(?:['\-][a-z0-9]+)*|[\u0e00-\u0e7f]+|[!?]+|[^\W\d_]+"
    r"|[\u2190-\u2bff\U0001f000-\U0001faff]|\.{2,}|[^\s\w]"
)
DEPENDENT = frozenset("ะัาำิีึืฺุูๅ็่้๊๋์ํ๎ๆ")
"""Thai signs that never begin a word."""


def normalise(text: str) -> str:
    """The text in the form that every later step reads."""
    if len(text) > LONGEST_TEXT:
        text = f"{text[: LONGEST_TEXT * 2 // 3]} {text[-LONGEST_TEXT // 3 :]}"
    ascii_only = text.isascii()
    if not ascii_only:
        text = unicodedata.normalize("NFC", text).replace("ํา", "ำ").replace("เเ", "แ")
        text = _APOSTROPHE.sub("'", _INVISIBLE.sub("", text))
    text = text.lower()
    if "@" in text:
        text = _MENTION.sub(" <name> ", _EMAIL.sub(" <email> ", text))
    if "http" in text or "www." in text:
        text = _LINK.sub(" <link> ", text)
    if any(piece in text for piece in _LAUGHING):
        text = _LAUGH.sub(" <laugh> ", text)
    if not ascii_only:
        text = _REPEAT_SIGN.sub("ๆ", _STRETCHED_THAI.sub(r"\1", text))
    text = _STRETCHED.sub(r"\1\1", text)
    if _DIGIT.search(text):
        text = _NUMBER.sub(" 0 ", text)
    return " ".join(text.split())


def is_thai(word: str) -> bool:
    return "\u0e00" <= word[0] <= "\u0e7f"


class Words:
    """Cuts normalised texts into words. Thai needs the known words; what is between them stays in one piece."""

    def __init__(self, known_thai: Iterable[str]) -> None:
        lengths: dict[str, set[int]] = {}
        self._known: set[str] = set()
        for word in known_thai:
            if len(word) > 1 and is_thai(word):
                self._known.add(word)
                lengths.setdefault(word[:2], set()).add(len(word))
        self._lengths = {start: sorted(sizes, reverse=True) for start, sizes in lengths.items()}
        self._cut_cached = lru_cache(maxsize=20_000)(self._cut)

    @property
    def known(self) -> Container[str]:
        return self._known

    def of(self, normalised: str) -> list[str]:
        """The words, signs and emoji of a normalised text, in order."""
        words: list[str] = []
        for token in _WORD.findall(normalised):
            if is_thai(token):
                words.extend(self._cut_cached(token))
            else:
                words.append(token)
        return words

    def _cut(self, run: str) -> tuple[str, ...]:
        words: list[str] = []
        start = position = 0
        end = len(run)
        while position < end:
            for length in self._lengths.get(run[position : position + 2], ()):
                stop = position + length
                if stop > end or run[position:stop] not in self._known:
                    continue
                if stop == end or run[stop] not in DEPENDENT:
                    if start < position:
                        words.append(run[start:position])
                    words.append(run[position:stop])
                    start = position = stop
                    break
            else:
                position += 1
        if start < end:
            words.append(run[start:])
        return tuple(words)
