"""Controlled variation: more texts out of the written ones, always the same for the same input.

Greetings before, particles and thanks after, typing slips, missing vowels, emoji that fit, and short sentences made of
feeling words over things that people rate (food, films, banks, games), so that a feeling is not tied to lessons.
Does not live here: the written texts (``examples``).
"""

import random
from collections.abc import Iterator, Sequence

from analytics_platform.enrichment.examples import Example
from analytics_platform.enrichment.lexicon import packaged

BEFORE = {
    "en": ("hi, ", "hello ", "hey ", "dear team, ", "so ", "ok ", "honestly ", "@support ", "guys ", "well, ", "hi sir "),
    "id": ("halo kak, ", "min ", "kak ", "permisi, ", "mas ", "jujur ", "@admin ", "hai ", "gan ", "bro ", "selamat pagi, "),
    "th": ("สวัสดีค่ะ ", "แอดมิน ", "พี่ ", "คือ ", "@support ", "ขอสอบถามค่ะ ", "บอกเลย ", "เอ่อ ", "แอดคะ ", "สวัสดีครับ "),
}
AFTER = {
    "en": (" please", " thanks", " pls", "!!", "...", " asap", " lol", " guys", " today", " #learning", "."),
    "id": (" ya", " kak", " dong", " min", " nih", " sih", " deh", "!!", "...", " gan", " ya kak", " #belajar"),
    "th": ("ค่ะ", "ครับ", "คะ", "นะคะ", "นะครับ", "จ้า", "อะ", "เลย", "!!", "...", "ฮะ", " #เรียนออนไลน์"),
}
EMOJI = {
    "positive": ("😊", "👍", "❤️", "😍", "🙏", ":)", "🎉"),
    "negative": ("😡", "😢", "👎", "💔", ":(", "😤", "😩"),
    "mixed": ("😅", "🤔"),
    "neutral": ("🤔", ""),
}
THINGS = {
    "en": "the food|the movie|this phone|the hotel|the staff|this game|the delivery|the service|my bank|the driver|this song|the app|the book|the weather|the battery|the camera|this place|the room|the price|the quality|my day|the team|the doctor|the concert|the update|the teacher|the design|the sound|customer service|the product".split("|"),
    "id": "makanannya|filmnya|hp ini|hotelnya|pelayanannya|gamenya|pengirimannya|bank ini|drivernya|lagunya|aplikasinya|bukunya|cuacanya|baterainya|kameranya|tempatnya|kamarnya|harganya|kualitasnya|hari ini|timnya|dokternya|konsernya|updatenya|gurunya|desainnya|suaranya|cs nya|barangnya|penjualnya".split("|"),
    "th": "อาหาร|หนัง|มือถือ|โรงแรม|พนักงาน|เกม|การจัดส่ง|บริการ|ธนาคาร|คนขับ|เพลง|แอป|หนังสือ|อากาศ|แบต|กล้อง|ร้านนี้|ห้อง|ราคา|คุณภาพ|วันนี้|ทีม|หมอ|คอนเสิร์ต|อัปเดต|ครู|ดีไซน์|เสียง|แอดมิน|สินค้า|รถรุ่นนี้|ครีมตัวนี้".split("|"),
}
LINKS = {"en": (" is ", " is so ", " was really ", ": ", " is just "), "id": (" ", " sangat ", " ", " emang ", " itu "), "th": ("", "", "นี่", "ก็", "คือ")}
TAILS = {"en": ("", "", " tbh", " today"), "id": ("", " banget", " bgt", " sih", " parah"), "th": ("", "มาก", "จริงๆ", "สุดๆ", "อะ")}
NOT = {"en": "not ", "id": "gak ", "th": "ไม่"}
BUT = {"en": (" but ", " although ", ", however "), "id": (" tapi ", " cuma ", " walaupun "), "th": ("แต่", " แต่", "ถึงแม้")}
PLAIN = {
    "en": "{} opens at nine|I saw {} yesterday|{} is from 2019|where is {}|has anyone tried {}|{} arrives on tuesday|information about {}|looking at {}|{} next week|is {} available".split("|"),
    "id": "{} buka jam sembilan|kemarin lihat {}|{} keluaran 2019|{} di mana ya|ada yang udah coba {}|{} datang hari selasa|info soal {}|lagi lihat {}|{} minggu depan|{} masih ada".split("|"),
    "th": "{}เปิดเก้าโมง|เมื่อวานเห็น{}|{}ออกปี 2019|{}อยู่ไหนคะ|มีใครเคยลอง{}บ้าง|{}มาวันอังคาร|ขอข้อมูล{}|กำลังดู{}|{}อาทิตย์หน้า|{}ยังมีไหม".split("|"),
}


def vary(examples: Sequence[Example], per_example: int = 2, sentences: int = 700, seed: int = 6) -> list[Example]:
    """The examples themselves, some variants of each, and sentences made from the lexicons."""
    chance = random.Random(seed)  # noqa: S311  variation, not secrecy
    varied = list(examples)
    for example in examples:
        for _ in range(per_example):
            text = _variant(example, chance)
            if text != example.text:
                varied.append(Example(text, example.language, example.style, example.labels, 0.5))
    for language in THINGS:
        varied.extend(_sentences(language, sentences, chance))
    return varied


def _variant(example: Example, chance: random.Random) -> str:
    text, language = example.text, example.language
    bare = example.labels.get("intent") in ("greeting", "farewell", "gratitude")
    if not bare and chance.random() < 0.4:
        text = chance.choice(BEFORE[language]) + text
    if chance.random() < 0.5:
        after = chance.choice(AFTER[language])
        text += after if not (bare and "thank" in after) else ""
    if chance.random() < 0.2:
        text += " " + chance.choice(EMOJI.get(example.labels.get("sentiment", ""), ("",)))
    if language != "th" and chance.random() < 0.35:
        text = _slip(text, chance)
    if chance.random() < 0.25:
        text = text.rstrip("?.!")
    return text


def _slip(text: str, chance: random.Random) -> str:
    """One typing slip: two letters changed round, one left out, or one doubled."""
    if len(text) < 8:
        return text
    place = chance.randrange(1, len(text) - 2)
    kind = chance.randrange(3)
    if kind == 0:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if kind == 1:
        return text[:place] + text[place + 1 :]
    return text[:place] + text[place] + text[place:]


def _sentences(language: str, count: int, chance: random.Random) -> Iterator[Example]:
    lexicon = packaged(language)
    faces = packaged("emoji").scores
    words = [(word, score) for word, score in lexicon.scores.items() if abs(score) >= 2 and word not in faces]
    good = [word for word, score in words if score > 0]
    bad = [word for word, score in words if score < 0]

    def clause(pool: Sequence[str]) -> str:
        link, tail = chance.choice(LINKS[language]), chance.choice(TAILS[language])
        return f"{chance.choice(THINGS[language])}{link}{chance.choice(pool)}{tail}"

    for number in range(count):
        kind = number % 8
        if kind < 2:
            text, sentiment = clause(good), "positive"
        elif kind < 4:
            text, sentiment = clause(bad), "negative"
        elif kind == 4:
            text = f"{chance.choice(THINGS[language])}{NOT[language]}{chance.choice(good)}"
            text = text.replace(NOT[language], f" is {NOT[language]}" if language == "en" else f" {NOT[language]}", 1)
            sentiment = "negative"
        elif kind == 5:
            first, second = (good, bad) if chance.random() < 0.6 else (bad, good)
            text, sentiment = f"{clause(first)}{chance.choice(BUT[language])}{clause(second)}", "mixed"
        else:
            text = chance.choice(PLAIN[language]).format(chance.choice(THINGS[language]))
            sentiment = "neutral"
        yield Example(text, language, "made", {"sentiment": sentiment}, 0.3)
