"""links.csv: identifiers as people write them, one pair once, and the newest file is the whole list."""

import pytest

from analytics_platform.connectors.files.kinds.links import identifier

from .conftest import Desk, refusals

SHA = "A94A8FE5CCB19BA61C4C0873D391E987982FBBD3"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Ann@Example.org", "mbox:ann@example.org"),
        ("mailto:ann@example.org", "mbox:ann@example.org"),
        ("mbox: Ann@example.org", "mbox:ann@example.org"),
        (SHA, f"mbox_sha1sum:{SHA.lower()}"),
        (f"mbox_sha1sum:{SHA}", f"mbox_sha1sum:{SHA.lower()}"),
        ("https://id.example.org/u1", "openid:https://id.example.org/u1"),
        ("openid:https://id.example.org/u1", "openid:https://id.example.org/u1"),
        ("account:https://7taps.com/|0123", "account:https://7taps.com|0123"),
        ("https://7taps.com|0123", "account:https://7taps.com|0123"),
        ("chat:abc", "chat:abc"),
        ("chat_account:9", "chat_account:9"),
        ("user:u000001", "user:u000001"),
        ("name:North / Harbour|Ann Hill", "name:North / Harbour|Ann Hill"),
        ("anonymous:North|Anonymous learner 2", "anonymous:North|Anonymous learner 2"),
        ("Ann Hill", None),
        ("mbox:nobody", None),
        ("mbox_sha1sum:12", None),
        ("account:7taps", None),
        ("", None),
    ],
)
def test_identifiers(written: str, key: str | None) -> None:
    assert identifier(written) == key


def test_a_pair_is_one_however_it_was_written(desk: Desk) -> None:
    text = "identifier_a,identifier_b,note\nuser:u1,ann@example.org,asked her\nANN@example.org,user:u1,\n"
    report = desk.take("links", text + "user:u1,user:u1,\nsomebody,user:u2,\n")
    assert [line for line, _ in refusals(report)] == [3, 4, 5]
    assert refusals(report)[0][1] == "repeats line 2"
    assert refusals(report)[2][1].startswith("identifier a cannot be read; write mbox:")
    assert desk.rows("people/links", "identifier_a, identifier_b, note") == [
        ("mbox:ann@example.org", "user:u1", "asked her")
    ]


def test_the_newest_file_is_the_list(desk: Desk) -> None:
    head = "identifier a;identifier b\n"
    desk.take("links", head + "user:u1;ann@example.org\nchat:c1;ann@example.org\n")
    assert desk.take("links", head + "ann@example.org;chat:c1\nuser:u1;ann@example.org\n").batch_id is None
    report = desk.take("links", head + "user:u1;ann@example.org\nuser:u2;bob@example.org\n")
    assert report.changes == {"new links": 1, "dropped links": 1, "changed notes": 0, "unchanged": 1}
