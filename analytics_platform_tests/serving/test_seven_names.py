"""Names of an organisation: a text is compared with those that may stand in it, and no other answer comes of it."""

from difflib import SequenceMatcher

from hypothesis import assume, example, given
from hypothesis import strategies as st

from analytics_platform.serving.seven.known_names import KnownNames, known_names
from analytics_platform.serving.seven.values import find_values

FIRST = ("Ayu", "Budi", "Citra", "Dewi", "Eko", "Farah", "Gita", "Hana", "Indra", "Joko")
LAST = [f"{start}a{middle}o{n}ko" for n in range(5) for middle in "nrstvwxyz" for start in "bcdfghjklm"]
PEOPLE = [{"person_id": f"p{n}", "full_name": f"{FIRST[n % 10]} {LAST[n % 450]}"} for n in range(500)]
ONE = {"person_id": "kirana", "full_name": "Kirana Cahyono", "email": "kirana@example.org"}
WORD = st.text("abcdefghijklmnopqrstuvwxyzäñก", min_size=6, max_size=20)


def people(source: str) -> list[dict[str, str]]:
    return [*PEOPLE, ONE] if source == "people" else []


def test_few_of_many_names_are_compared() -> None:
    known = KnownNames("person", people("people"), "person_id", ("full_name", "email"))
    near = known.near("progress of kirana cahyno")
    assert near["kirana cahyono"] == ["kirana"]
    assert len(near) < len(known.ids) / 10
    assert known.near("kirana@example.org since monday")["kirana@example.org"] == ["kirana"]
    assert known.near("xx") == {}
    assert KnownNames("person", [], "person_id", ("full_name",)).near("kirana") == {}


def test_a_name_is_found_whole_nearly_and_by_a_part() -> None:
    for said in (
        "progress of kirana cahyono",
        "progress of kirrana cahyono",
        "progress of kirana",
        "kirana@example.org",
    ):
        assert find_values(said, people).values == {"person": "kirana"}, said
    assert "budi may be" in find_values("progress of budi", people).unclear


def test_rows_are_prepared_once() -> None:
    rows = people("people")
    first = known_names("person", rows, "person_id", ("full_name",))
    assert known_names("person", rows, "person_id", ("full_name",)) is first
    assert known_names("person", list(rows), "person_id", ("full_name",)) is not first


@given(WORD, st.integers(0, 19), st.sampled_from("xyzü "), st.sampled_from(("put", "drop", "replace", "swap")))
@example("aaaaaa", 2, "x", "replace")
def test_one_typing_error_hides_no_name(name: str, place: int, letter: str, error: str) -> None:
    place %= len(name) - 1
    cut = {"put": 0, "drop": 1, "replace": 1, "swap": 2}[error]
    put = {"put": letter, "drop": "", "replace": letter, "swap": name[place + 1] + name[place]}[error]
    wrong = name[:place] + put + name[place + cut :]
    assume(SequenceMatcher(None, wrong, name).ratio() >= 0.86)
    assert name in KnownNames("person", [{"id": "1", "name": name}], "id", ("name",)).near(f"about {wrong} today")
