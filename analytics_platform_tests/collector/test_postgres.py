"""The same collector on a real PostgreSQL server, alone and with two sharing one store."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from analytics_platform_tests.postgres import postgres_server

from .conftest import Collector
from .samples import with_id
from .test_bulk import test_an_array, test_files, test_verdicts_and_quarantine
from .test_documents import test_a_profile_is_not_overwritten_unseen, test_state_is_merged_listed_and_deleted
from .test_events import test_a_session, test_video_events
from .test_forwarding import (
    Pair,
    make_pair,
    test_a_target_that_is_away_keeps_its_place_and_says_so,
    test_everything_goes_on_once_and_in_order,
)
from .test_migration import OldStore, test_version_1_is_brought_up_to_date, test_version_2_is_brought_up_to_date
from .test_operators import test_what_is_refused_can_be_seen_and_sent_again
from .test_ownership import (
    anna,
    ben,
    test_a_clock_that_ran_ahead,
    test_documents_are_those_of_who_made_them,
    test_filters_tell_nothing_of_a_target_of_somebody_else,
    test_owners_of_an_older_store,
    test_the_hash_of_a_file_is_no_right_to_read_it,
    test_voiding_another_ones_statement_is_a_right_of_its_own,
    test_voiding_what_has_not_come_yet,
)
from .test_retention import (
    test_a_size_is_kept_and_the_oldest_go,
    test_attachments_and_what_declares_them_stay,
    test_the_same_is_still_the_same_and_another_a_conflict,
    test_whole_epochs_are_no_longer_found,
)
from .test_seven_taps import test_put_once_again_and_differently
from .test_statement_queries import (
    test_filters,
    test_more_leads_through_all_pages_once,
    test_references_are_found_by_their_target_in_either_order,
    test_since_and_until,
    test_voiding_before_and_after_its_target,
)
from .test_two_versions import (
    test_a_statement_keeps_its_version_and_is_read_alike_by_both,
    test_related_agents_are_found_and_shortened,
)

pytest.importorskip("psycopg", reason="needs the extra [postgres]")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture
def url(server: str, request: pytest.FixtureRequest) -> str:
    """A schema of its own for each test."""
    import psycopg

    name = f"t{abs(hash(request.node.nodeid))}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create schema {name}")
    return f"{server}&options=-c%20search_path%3D{name}"


@pytest.fixture
def collector(start: Callable[..., Collector], url: str) -> Collector:
    return start(collector_store_url=url)


@pytest.fixture
def pair(start: Callable[..., Collector], tmp_path: Path, url: str) -> Pair:
    return make_pair(start, tmp_path, collector_store_url=url)


@pytest.fixture
def old(url: str) -> Iterator[OldStore]:
    from analytics_platform.collector.store.postgres import PostgresConnection

    words = {"bytes": "bytea", "place": "bigint", "place_only": ""}
    connection = PostgresConnection(url)
    yield OldStore(url, connection, words, "select 1 from pg_class where oid = to_regclass(?)")
    connection.close()


def test_two_collectors_share_a_store(start: Callable[..., Collector], url: str) -> None:
    one, two = start(collector_store_url=url), start(collector_store_url=url)
    statements = [with_id() for _ in range(60)]

    def send(number: int) -> int:
        where = (one, two)[number % 2]
        with where.client_with("write") as client:
            return client.post("/xapi/statements", json=statements[number // 2]).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(120))) == {200}  # each statement over both, at the same time
    assert len(two.client.get("/xapi/statements").json()["statements"]) == 60
    assert one.ship() + two.ship() == 60
    assert sum(entry.stored for entry in one.build_lake("xapi/statements")) == 60


def test_a_refused_name_with_a_nul_stops_nobody(collector: Collector) -> None:
    """PostgreSQL takes none in a text: the whole group failed with it."""
    for _ in range(3):
        assert collector.client.post("/xapi/statements", json=with_id(**{"a\0b": 1})).status_code == 400
        assert collector.client.post("/xapi/statements", json=with_id()).status_code == 200


__all__ = [
    "anna",
    "ben",
    "test_a_clock_that_ran_ahead",
    "test_a_profile_is_not_overwritten_unseen",
    "test_a_session",
    "test_a_size_is_kept_and_the_oldest_go",
    "test_a_statement_keeps_its_version_and_is_read_alike_by_both",
    "test_a_target_that_is_away_keeps_its_place_and_says_so",
    "test_an_array",
    "test_attachments_and_what_declares_them_stay",
    "test_documents_are_those_of_who_made_them",
    "test_everything_goes_on_once_and_in_order",
    "test_files",
    "test_filters",
    "test_filters_tell_nothing_of_a_target_of_somebody_else",
    "test_more_leads_through_all_pages_once",
    "test_owners_of_an_older_store",
    "test_put_once_again_and_differently",
    "test_references_are_found_by_their_target_in_either_order",
    "test_related_agents_are_found_and_shortened",
    "test_since_and_until",
    "test_state_is_merged_listed_and_deleted",
    "test_the_hash_of_a_file_is_no_right_to_read_it",
    "test_the_same_is_still_the_same_and_another_a_conflict",
    "test_verdicts_and_quarantine",
    "test_version_1_is_brought_up_to_date",
    "test_version_2_is_brought_up_to_date",
    "test_video_events",
    "test_voiding_another_ones_statement_is_a_right_of_its_own",
    "test_voiding_before_and_after_its_target",
    "test_voiding_what_has_not_come_yet",
    "test_what_is_refused_can_be_seen_and_sent_again",
    "test_whole_epochs_are_no_longer_found",
]
