"""Safety rules: what fires, what does not, what a model may change, and words of cohorts."""

from datetime import date
from pathlib import Path

import pytest

from analytics_platform.enrichment.errors import TaxonomyError
from analytics_platform.enrichment.labels import Label
from analytics_platform.enrichment.learning.examples import NONE
from analytics_platform.enrichment.learning.risk import RISK, SURE, SURE_THOUGH_EXCUSED, risk_examples, with_risk
from analytics_platform.enrichment.methods.engine import Engine
from analytics_platform.enrichment.safety.rules import packaged_rules, with_model
from analytics_platform.enrichment.safety.safety_words import for_cohort, only, read_words


def tier(text: str) -> str:
    return packaged_rules().label(text).label


@pytest.mark.parametrize(
    "text",
    [
        "I want to end it",
        "i dont want to live anymore",
        "Can't stop cutting myself",
        "my friend wants to die",
        "I don't want to think about killing myself",
        "ฉันอยากตาย",
        "ไม่อยาก มีชีวิตอยู่แล้ว",
        "pengen bunuh diri aja",
        "gak mau hidup lagi",
    ],
)
def test_a_life_in_danger_is_critical(text: str) -> None:
    assert tier(text) == "critical"


@pytest.mark.parametrize(
    "text",
    [
        "this assignment is killing me",
        "dying of laughter",
        "I would never hurt myself",
        "I never thought about killing myself",
        'in the song he sings "I want to die"',
        "I want to end it with a thank you",
        "my phone died",
        "skilled painkillers and suicidesquad",
        "ขำจะตาย",
        "ไม่อยากตาย",
        "capek setengah mati",
        "mati lampu",
        "jangan bunuh diri",
        "I would jump off a cliff for a coffee right now",
        "minggu ini hari terakhirku kerja di sini, habis itu libur",
    ],
)
def test_everyday_speech_negation_and_quotation_do_not_fire(text: str) -> None:
    assert tier(text) == "none"


@pytest.mark.parametrize(
    "text",
    [
        "self-harm is discussed in chapter nine",
        "i hate myself for eating the whole cake haha",
        "งานเสวนาเรื่องความรุนแรงในครอบครัววันเสาร์นี้",
        "seminar tentang kdrt hari Sabtu",
        "koruptor dibiarkan begitu saja, sedangkan anak kecil cuma mencuri ayam sampai dipukuli oleh warga",
    ],
)
def test_teaching_and_jest_do_not_fire(text: str) -> None:
    assert tier(text) == "none"


def test_indonesians_who_speak_of_themselves_need_no_pronoun_in_a_short_text_nor_where_a_word_is_theirs() -> None:
    assert tier("dipukuli oleh bapak tiap malam") == "high"
    assert tier("sekolah seperti biasa, terus pulang, makan, tidur, dan malamnya ibuku dipukuli oleh bapak") == "high"


def test_jest_hides_no_danger_to_a_life() -> None:
    assert tier("i want to kill myself lol") == "critical"


def test_a_model_raises_what_no_rule_knows_and_lowers_nothing() -> None:
    harmless = packaged_rules().label("the new lesson is nice")
    raised = with_risk(harmless, SURE, "high", "th", "local-1")
    assert (raised.label, raised.method) == ("high", "rules+local")
    assert "raised by local local-1" in raised.reasons[-1]
    assert with_risk(harmless, SURE - 0.01, "high", "th", "local-1") == harmless
    critical = packaged_rules().label("i want to kill myself")
    assert with_risk(critical, 0.9, "medium", "en", "local-1") == critical


def test_no_excuse_hides_being_tired_of_life() -> None:
    assert tier("aku capek, pengen mati") == "critical"


@pytest.mark.parametrize("text", ["I would never hurt myself", "jangan pernah bunuh diri, hidup itu indah"])
def test_a_model_must_be_surer_of_what_a_rule_read_and_excused(engine: Engine, text: str) -> None:
    rules = packaged_rules().label(text)
    assert rules.reasons[0].startswith("not meant: ")
    assert with_risk(rules, SURE_THOUGH_EXCUSED - 0.01, "critical", "en", "m1") == rules
    assert with_risk(rules, SURE_THOUGH_EXCUSED, "critical", "en", "m1").label == "critical"
    assert engine.label([text], ["safety"])[0]["safety"].label == "none"


def test_the_local_method_asks_its_model(engine: Engine) -> None:
    found = engine.label([example.text for example in risk_examples()], ["safety"])
    risky = [
        label["safety"].label != "none"
        for label, example in zip(found, risk_examples(), strict=True)
        if example.labels[RISK] != NONE
    ]
    assert sum(risky) / len(risky) > 0.9  # texts that it was trained on; new ones: README


def test_a_quotation_of_oneself_still_fires() -> None:
    assert tier('"I want to die"') == "critical"


def test_a_firing_names_its_rule_and_version() -> None:
    (firing,) = packaged_rules().screen("my husband hits me every night")
    assert (firing.rule, firing.tier) == ("abuse-en", "high")
    assert firing.version == packaged_rules().version
    assert firing.version.startswith("safety-")


def test_of_several_phrases_of_a_rule_it_names_the_first_in_the_text() -> None:
    (firing,) = packaged_rules().screen("Saya merasa putus asa dan tidak ada gunanya lagi.")
    assert firing.words == "putus asa"  # and not, in one process of two, "tidak ada gunanya lagi"


def test_a_model_raises_a_tier_and_never_lowers_one() -> None:
    quiet, critical = packaged_rules().label("a fine day"), packaged_rules().label("I want to kill myself")
    says = {name: Label("safety", name, 0.9, "llm", "m1", (name,)) for name in ("none", "high")}
    raised = with_model(quiet, says["high"])
    assert (raised.label, raised.method) == ("high", "rules+llm")
    kept = with_model(critical, says["none"])
    assert kept.label == "critical"
    assert "kept although llm m1 says none" in kept.reasons


def test_words_of_a_cohort_count_from_their_day_and_scan_the_past(tmp_path: Path) -> None:
    file = tmp_path / "words.csv"
    file.write_text(
        "cohort,word,tier,from_date,until_date\nblue,vap*,medium,2026-03-01,2026-04-01\n,ยาบ้า,high,2026-01-01,\n"
    )
    words = read_words(file)
    rules = packaged_rules()
    assert for_cohort(rules, words, "blue", date(2026, 3, 5)).label("they were vaping again").label == "medium"
    assert for_cohort(rules, words, "blue", date(2026, 2, 28)).label("they were vaping again").label == "none"
    assert for_cohort(rules, words, "red", date(2026, 3, 5)).label("they were vaping again").label == "none"
    assert for_cohort(rules, words, "red", date(2026, 3, 5)).label("เขาขายยาบ้าให้").label == "high"
    past = only(rules, words[:1])
    assert [firing.rule for firing in past.screen("no vapes, I want to die")] == []
    assert [firing.rule for firing in past.screen("vapes everywhere, I want to die")] == ["word:blue:vap*"]


def test_a_wrong_line_of_the_word_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "words.csv"
    file.write_text("cohort,word,tier,from_date\nblue,vape,scary,2026-03-01\n")
    with pytest.raises(TaxonomyError, match=r"words\.csv:2: needs a word and a tier"):
        read_words(file)


def test_positive_language_is_found_apart_and_never_alarms() -> None:
    text = "thank you, I learned so much and we did it"
    assert packaged_rules().positives(text) == ("gratitude", "growth", "celebration")
    assert tier(text) == "none"
