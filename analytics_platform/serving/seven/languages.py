"""Indonesian and Thai questions in English, phrase by phrase. Pure.

What is unknown stays as it is and is then no known word. Does not live here: the phrases (``lexicon.toml``), what she
says in these languages (``speaking``).
"""

import re
import unicodedata
from collections.abc import Mapping

from analytics_platform.serving.seven.wording import lexicon

_THAI = re.compile(r"[\u0e00-\u0e7f]")
_INDONESIAN = re.compile(
    r"\b(siapa|berapa|yang|pelajaran|kemarin|minggu|bulan|jawaban|peserta|apa|apakah|mana|dan|di|percakapan|tayangan|"
    r"sentimen|kelompok|yg|kohort|paling|rata2|soal|belum|biaya|bagaimana|kapan|berapakah|pengguna|nonton|tingkat|tema|topik|jumlah|rata-rata|hari|tampilkan|brp|brapa|gimana|gmn|kenapa|knp|siswa|kelas|modul|materi|orang|gak|nggak|blm|udah|sudah|dong|aja|kmrn|dari|untuk|tiap|masing2|datanya|tunjukkan|daftar|kartu|pertanyaan|sesi)\b"
)
_NOUNS = (
    "checks?|quiz(?:zes)?|lessons?|cohorts?|videos?|models?|topics?|questions?|cards?|app|people"
    "|endpoints?|day|week|language|themes?"
)
_UNITS = {"hari": "days", "minggu": "weeks", "bulan": "months"}
_LATIN = re.compile(r"(?<![\"\w])([A-Za-z][A-Za-z' ,-]{8,}\?)")


def with_quotes(question: str) -> str:
    """A question of a lesson in Latin letters within a Thai sentence, in quotes."""
    return _LATIN.sub(r'"\1"', question) if is_thai(question) else question


def is_thai(text: str) -> bool:
    return bool(_THAI.search(text))


def is_indonesian(text: str) -> bool:
    return bool(_INDONESIAN.search(text.lower()))


def language_of(text: str) -> str:
    """The language of a question: what is neither Thai nor Indonesian counts as English."""
    return "th" if is_thai(text) else "id" if is_indonesian(text) else "en"


def in_english(text: str, more: Mapping[str, str] | None = None) -> str:
    """Common phrases of the other two languages in English; what is unknown stays and is then no known word.

    ``more`` are phrases beside those of the lexicon, which go before them.
    """
    if (language := language_of(text)) == "en":
        return text
    parts = re.split(r'("[^"]*")', text)  # what is quoted stays
    parts[::2] = [_in_english(part, language, more or {}) if part.strip() else part for part in parts[::2]]
    return re.sub(r"\s+", " ", " ".join(parts)).strip()


def _in_english(text: str, language: str, more: Mapping[str, str]) -> str:
    said = {unicodedata.normalize("NFKC", phrase): str(english) for phrase, english in lexicon()[language].items()}
    said |= {unicodedata.normalize("NFKC", phrase): english for phrase, english in more.items()}
    if language == "id":
        text = re.sub(r"\b(\w{4,})nya\b", lambda hit: hit[0] if hit[0] in said else hit[1], text)
    for theirs, ours in _UNITS.items():
        text = re.sub(rf"\b(\d+) {theirs} (?:terakhir|belakangan(?: ini)?)\b", rf"the last \1 {ours}", text)
        text = re.sub(rf"\b(\d+) {theirs}\b", rf"\1 {ours}", text)
    text = re.sub(r"(\d+) อันดับ(?:แรก)?", r" top \1 ", text)
    either = "|".join(re.escape(phrase) for phrase in sorted(said, key=len, reverse=True))
    pattern = either if language == "th" else rf"\b(?:{either})\b"
    space = " " if language == "th" else ""  # Thai writes its words without one
    text = re.sub(pattern, lambda hit: f"{space}{said[hit[0]]}{space}", text)
    text = re.sub(r"\b(\w+) how many \1\b", r"how many \1", text)
    text = re.sub(rf"\b({_NOUNS})\s+top\s+(\d+)\b", r"top \2 \1s", text)
    # Their question word stands behind the noun: "kohort mana".
    text = re.sub(rf"\b({_NOUNS})\s+which\b", r"which \1", text)
    text = re.sub(r"\b(answers|conversations|people)\s+(positive|negative|flagged|new|active)\b", r"\2 \1", text)
    return re.sub(r"\s+", " ", text).strip()
