"""However a spreadsheet saves a file, the same rows come out, with the lines on which they stand."""

import codecs

import pytest

from analytics_platform.errors import FileRefused

from .conftest import Desk, refusals

MEMBERS = "Email,Name,Group\nann@example.org,Zoë Ångström,North\nbob@example.org,Bo – “B”,North\n"
TAKEN = [("ann@example.org", "Zoë Ångström"), ("bob@example.org", "Bo – “B”")]


@pytest.mark.parametrize(
    "content",
    [
        MEMBERS.encode(),
        codecs.BOM_UTF8 + MEMBERS.encode(),
        MEMBERS.encode("utf-16"),
        MEMBERS.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + MEMBERS.encode("utf-16-be"),
        MEMBERS.encode("cp1252"),
        MEMBERS.replace(",", ";").encode(),
        MEMBERS.replace(",", "\t").encode("utf-16"),
        b"sep=;\r\n" + MEMBERS.replace(",", ";").encode(),
        MEMBERS.replace("\n", "\r\n").encode(),
        MEMBERS.replace("\n", "\r").encode(),
        ("\n \n" + MEMBERS.replace("\n", "\n\n,,\n")).encode(),
    ],
    ids=["utf-8", "mark", "utf-16", "utf-16 no mark", "utf-16 be", "cp1252", "semicolons", "tabs", "sep=", "CRLF", "CR",
         "blank lines"],
)  # fmt: skip
def test_encodings_separators_and_line_ends(desk: Desk, content: bytes) -> None:
    report = desk.take("roster", content)
    assert (report.read, report.rejects.count) == (2, 0)
    assert desk.rows("people/roster", "email, full_name") == TAKEN


@pytest.mark.parametrize(
    ("name", "code_page"),
    [("สมชาย ใจดี", "cp874"), ("น้องแนน Sukjai", "cp874"), ("Zoë Müller-Ångström", "cp1252"), ("Jäämäe Õun", "cp1252")],
)
def test_the_code_pages_of_excel_are_told_apart(desk: Desk, name: str, code_page: str) -> None:
    desk.take("roster", f"Email,Name,Group\na@example.org,{name},North\n".encode(code_page))
    assert desk.rows("people/roster", "full_name") == [(name,)]


def test_a_code_page_that_cannot_be_guessed_is_named(desk: Desk) -> None:
    content = "Email,Name,Group\na@example.org,Łukasz,North\n".encode("cp1250")
    desk.take("roster", content)
    report = desk.take("roster", content, encoding="cp1250")
    assert report.changes["changed"] == 1
    assert desk.rows("people/roster", "full_name")[-1] == ("Łukasz",)


@pytest.mark.parametrize(
    "header",
    ["email", "Email", "learner_email", "E-mail address", "E-Mail", "LEARNER EMAIL", "learnerEmail", " e mail "],
)
def test_header_variants(desk: Desk, header: str) -> None:
    desk.take("roster", f'"{header}",Group\nann@example.org,North\n')
    assert desk.rows("people/roster", "email") == [("ann@example.org",)]


def test_lines_are_those_of_the_file_also_after_blank_lines_and_quoted_line_breaks(desk: Desk) -> None:
    text = 'Email,Name,Group\n\nann@example.org,"Ann\nof\nHill",North\nno address,Bob,North\n"c@example.org",C,N,o\n'
    report = desk.take("roster", text)
    assert refusals(report) == [
        (6, "the e-mail address is none (it needs one @ and no spaces)"),
        (7, "has more values than the header's 3 columns; quote values with commas"),
    ]
    assert desk.rows("people/roster", "file_line, full_name") == [(3, "Ann of Hill")]


def test_unknown_columns_are_named_and_a_missing_one_lists_its_spellings(desk: Desk) -> None:
    report = desk.take("roster", "Email,Group,Shoe size,Pet\na@example.org,North,38,cat\n")
    assert "Columns that are not used: Shoe size, Pet." in report.notes
    with pytest.raises(FileRefused, match=r"no column for email .*Its header reads: Group, Pet\..*learner email.*"):
        desk.take("roster", "Group,Pet\nNorth,cat\n")
    with pytest.raises(FileRefused, match=r"without --cohort.* no column for group name or team name or cohort"):
        desk.take("roster", "Email\na@example.org\n")
    assert desk.segments() == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n \n,,\n", "only blank lines"),
        (b"Email,Group\n", "no row that can be used"),
        (b"Email,Group\nnobody,North\n", r"Line 2: the e-mail address is none"),
        (b'Email,Group\n"' + b"x" * 1_100_000, "from line 2 on.*quote is opened"),
        (b"Email,Group\na@example.org,\x81\n", "not written in cp1252"),
    ],
    ids=["empty", "blank", "header only", "all bad", "open quote", "undefined byte"],
)
def test_a_file_that_cannot_be_used_says_why_and_stores_nothing(desk: Desk, content: bytes, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        desk.take("roster", content)
    assert desk.segments() == 0
