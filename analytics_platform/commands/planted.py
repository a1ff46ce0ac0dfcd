"""What a simulation planted (truth.json), looked for in the published marts: precision and recall of each.

The truth is deterministic, so both are 1 when the marts are right. Does not live here: planting (``simulator``), what
became of lines (``demo``, from the ledger).
"""

import json
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.protocol import OpenReader


@dataclass(frozen=True)
class Compared:
    """One kind of planted thing: how many there are, how many the marts name, and how many are the same."""

    what: str
    planted: int
    found: int
    same: int

    @property
    def precision(self) -> float | None:
        return self.same / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        return self.same / self.planted if self.planted else None


def compare(settings: Settings) -> list[Compared]:
    """Every kind of planted thing; none when nothing was simulated or published."""
    file, warehouse = settings.home / "truth.json", open_warehouse(settings)
    if not file.exists() or warehouse.current() is None:
        return []
    truth = json.loads(file.read_text("utf-8"))
    with warehouse.reader() as reader:
        found = [
            _compared("people at risk", _people_at_risk(truth, reader), _rows(reader, AT_RISK)),
            _compared("flagged answers, with their tier", _flagged(truth), _rows(reader, FLAGGED)),
            _compared("the card where people stop", _stop(truth), _rows(reader, STOP)),
            _compared("cards, with how many people reached them", _reached(truth), _rows(reader, REACHED)),
            _compared("the second where viewers leave", _second(truth), _rows(reader, SECOND)),
        ]
    return [one for one in found if one.planted]  # few days plant little


AT_RISK = "select person_id from at_risk_learners"
FLAGGED = "select answer_id, safety_tier from user_responses where is_flagged"
REACHED = "select lesson_id, card_id, people_reached from lesson_dropoff"
STOP = """
    select lesson_id, card_id, people_reached, people_reached - people_lost as people_next from lesson_dropoff
    where people_lost = (select max(people_lost) from lesson_dropoff)"""
# A video is watched by players that know its id, and by such that know its address.
SECOND = """
    with
    curves as (
        select regexp_replace(video_id, '^.*/', '') as video, video_second, sum(views_watching) as viewers
        from video_retention_curve group by 1, 2
    ),
    falls as (
        select video, video_second, viewers - lag(viewers) over (partition by video order by video_second) as change
        from curves
    )
    select video, video_second from falls where change = (select min(change) from falls)"""


def _people_at_risk(truth: dict[str, Any], reader: OpenReader) -> Iterable[Hashable]:
    person_of = dict(_rows(reader, "select identifier, person_id from person_identifiers"))
    named = (person["course_identifier"] for person in truth["files"]["at_risk"]["people"])
    return [(person_of.get(identifier, identifier),) for identifier in named]


def _flagged(truth: dict[str, Any]) -> Iterable[Hashable]:
    return [(answer["statement_id"], answer["tier"]) for answer in truth["answers"]["safety"]]


def _stop(truth: dict[str, Any]) -> Iterable[Hashable]:
    drop = truth["course"]["planted_drop"]
    return [(drop["url"], drop["card_id"], drop["reached"], drop["reached_next"])] if drop["reached"] else []


def _reached(truth: dict[str, Any]) -> Iterable[Hashable]:
    for lesson in truth["course"]["lessons"]:
        for card, people in zip(lesson["cards"], lesson["reached"], strict=True):
            if people:
                yield lesson["url"], card["id"], people


def _second(truth: dict[str, Any]) -> Iterable[Hashable]:
    drop = truth["videos"]["planted_drop"]
    return [(drop["video"], drop["second"])]


def _compared(what: str, planted: Iterable[Hashable], found: Iterable[Hashable]) -> Compared:
    there, here = set(planted), set(found)
    return Compared(what, len(there), len(here), len(there & here))


def _rows(reader: OpenReader, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in reader.query(sql).to_pylist()]
