"""Responses to interactions in words, and whether the definition's pattern holds; each one worked out by hand."""

import json
from typing import Any

import pytest

from analytics_platform.contracts import TABLES
from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import DAY, land, rows, statement


def parts(**texts: Any) -> list[dict[str, Any]]:
    return [
        {"id": key, "description": {"en-US": text} if isinstance(text, str) else text} for key, text in texts.items()
    ]


COLOURS = {"choices": parts(r="Red", g="Green", b={"th": "น้ำเงิน"})}
SCALE = {"scale": parts(l1="Never", l2="Always")}
MATCHING = {"source": parts(ben="Ben", ann="Ann"), "target": parts(t1="Tea", t2="Milk")}
STEPS = {"steps": parts(pong="Pong", lap="Laps")}

# (type, pattern, components, response) -> (words, holds)
CASES: list[tuple[str, list[str] | None, dict[str, Any], str, tuple[str, bool | None]]] = [
    ("choice", ["g[,]r"], COLOURS, "r[,]g", ("Red[,]Green", True)),
    ("choice", ["r", "g"], COLOURS, "g", ("Green", True)),
    ("choice", ["r"], COLOURS, "r[,]g", ("Red[,]Green", False)),
    ("choice", None, COLOURS, "b", ("น้ำเงิน", None)),
    ("choice", [], COLOURS, "x", ("x", None)),
    ("choice", ["Green"], COLOURS, "Green", ("Green", True)),  # Moodle sends texts
    ("choice", ["g"], COLOURS, "Green", ("Green", True)),
    ("sequencing", ["r[,]g"], COLOURS, "r[,]g", ("Red[,]Green", True)),
    ("sequencing", ["r[,]g"], COLOURS, "g[,]r", ("Green[,]Red", False)),
    ("likert", ["l1"], SCALE, "l2", ("Always", None)),
    ("matching", ["ben[.]t1[,]ann[.]t2"], MATCHING, "ann[.]t2[,]ben[.]t1", ("Ann[.]Milk[,]Ben[.]Tea", True)),
    ("matching", ["ben[.]t1"], MATCHING, "ben[.]t2", ("Ben[.]Milk", False)),
    ("performance", ["pong[.]1[,]lap[.]2"], STEPS, "lap[.]2[,]pong[.]1", ("Laps[.]2[,]Pong[.]1", True)),
    ("performance", ["pong[.]1[:]3"], STEPS, "pong[.]2", ("Pong[.]2", None)),
    ("true-false", ["true"], {}, "True", ("True", True)),
    ("true-false", ["true"], {}, "false", ("false", False)),
    ("numeric", ["4"], {}, "4.0", ("4.0", True)),
    ("numeric", ["4[:]"], {}, "3.9", ("3.9", False)),
    ("numeric", ["[:]4", "10"], {}, "10", ("10", True)),
    ("numeric", ["3[:]5"], {}, "five", ("five", None)),
    ("fill-in", ["Bob's your uncle"], {}, "bob's your uncle ", ("bob's your uncle ", True)),
    ("fill-in", ["{case_matters=true}{lang=en}Bob"], {}, "bob", ("bob", False)),
    ("fill-in", ["{case_matters=true}{lang=en}Bob"], {}, "{lang=en}Bob", ("{lang=en}Bob", True)),
    ("long-fill-in", ["{order_matters=false}one[,]two"], {}, "Two[,]one", ("Two[,]one", True)),
    ("fill-in", ["one[,]two"], {}, "two[,]one", ("two[,]one", False)),
    ("other", ["(35.9,-86.7)"], {}, "(35.9,-86.7)", ("(35.9,-86.7)", True)),
    ("unheard-of", ["x"], {}, "x", ("x", None)),
    ("choice", ["a" * 9], {"choices": "no list"}, "a | b", ("a | b", False)),
    ("choice", ["r"], COLOURS, "[,]".join("r" * 300), ("[,]".join("r" * 300), None)),  # nobody's answer
]  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, ...]]:
    lake = open_lake(Settings(platform_home=tmp_path_factory.mktemp("home"), _env_file=None))
    payloads = []
    for number, (kind, pattern, components, response, _) in enumerate(CASES):
        definition = {"interactionType": kind, "correctResponsesPattern": pattern, **components}
        thing = {"id": f"https://x.example/{number}", "definition": definition}
        payloads.append(statement(f"s{number}", object=thing, result={"response": response}))
    land(lake, "xapi/statements", *payloads)
    lake.build(TABLES["xapi/statements"], [DAY])
    found = rows(lake, "xapi/statements", columns="statement_id, response_words, matches_pattern")
    return {row[0]: row[1:] for row in found}


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: json.dumps(CASES[n][:2] + CASES[n][3:4])[:60])
def test_a_response_in_words_and_by_its_pattern(found: dict[str, tuple[Any, ...]], number: int) -> None:
    assert found[f"s{number}"] == CASES[number][4]
