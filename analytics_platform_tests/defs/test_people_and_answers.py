"""With the simulated files imported, the marts say of people, progress and answers exactly what truth.json says."""

from typing import Any

import pytest

from analytics_platform.commands.planted import compare
from analytics_platform.warehouse.reader import Reader
from analytics_platform_tests.organisation import Organisation


def ask(organisation: Organisation, sql: str) -> list[tuple[Any, ...]]:
    with Reader(organisation.settings) as reader:
        return [tuple(row.values()) for row in reader.query(sql).to_pylist()]


@pytest.fixture(scope="module")
def person_of(organisation: Organisation) -> dict[str, str]:
    return dict(ask(organisation, "select identifier, person_id from person_identifiers"))


def test_every_certain_link_is_followed_and_nobody_else_is_merged(
    organisation: Organisation, person_of: dict[str, str]
) -> None:
    owners: dict[str, set[int]] = {}
    for identity in organisation.truth["files"]["identities"]:
        found = {person_of[key] for key in identity["identifiers"] if key in person_of}
        assert len(found) <= 1, f"person {identity['person']} is in {len(found)} parts"
        assert not found & {person_of[key] for key in identity["unmatched"] if key in person_of}
        for person in found:
            owners.setdefault(person, set()).add(identity["person"])
    assert max(len(people) for people in owners.values()) == 1


def test_what_nobody_confirmed_is_listed_as_unmatched(organisation: Organisation, person_of: dict[str, str]) -> None:
    files = organisation.truth["files"]
    apart = {key for identity in files["identities"] for key in identity["unmatched"] if key in person_of}
    unrostered = {
        key
        for person in organisation.truth["people"]
        if f"{person['group']} / {person['team']}" in files["cohorts_without_roster"]
        for key in person["identifiers"]
    }
    listed = {key for (key,) in ask(organisation, "select identifier from unmatched_identifiers")}
    assert listed - unrostered == (apart | set(files["export"]["unmatched"])) - unrostered


def test_answers_that_are_also_statements_count_once(organisation: Organisation) -> None:
    counts = dict(ask(organisation, "select source, count(*) from user_responses group by source"))
    export = organisation.truth["files"]["export"]
    assert (counts["both"], counts["export"]) == (export["also_statements"], export["only_in_export"])


def test_progress_of_each_roster_at_the_end(organisation: Organisation) -> None:
    end, compared = organisation.truth["plan"]["end"], 0
    found = {
        (cohort, lesson): tuple(numbers)
        for cohort, lesson, *numbers in ask(
            organisation,
            f"select cohort, lesson_number, roster_size, completed, partial, not_started from cohort_daily_progress"
            f" where lesson_number is not null and local_day >= date '{end}'"
            f" qualify row_number() over (partition by cohort, lesson_id order by local_day desc) = 1",
        )
    }
    for roster in organisation.truth["files"]["rosters"]:
        for lesson, truth in roster["progress_at_the_end"].items():
            if truth["completed"] + truth["partial"]:
                numbers = (roster["members"], truth["completed"], truth["partial"], truth["not_started"])
                assert found[roster["cohort"], lesson] == numbers
                compared += 1
    assert compared > 20


def test_what_was_planted_is_found_with_precision_and_recall_of_1(organisation: Organisation) -> None:
    """People at risk, flagged answers with their tier, the card where people stop, every card's people, the second."""
    compared = compare(organisation.settings)
    assert len(compared) == 5
    for one in compared:
        assert (one.precision, one.recall) == (1, 1), one
    assert sum(one.planted for one in compared) > 80
