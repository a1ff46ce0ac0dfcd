"""A home knows its layout: older ones are brought up to date, newer ones refused, and a kill in between is mended."""

import json
from pathlib import Path

import pytest

from analytics_platform.defs.instance import prepare_instance
from analytics_platform.errors import UpkeepError
from analytics_platform.settings import Settings
from analytics_platform.upkeep.layout import FILE, bring_up_to_date


def layout(home: Path) -> int:
    return int(json.loads((home / FILE).read_text())["layout"])


def test_a_home_from_before_there_was_a_number_is_layout_one(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    assert bring_up_to_date(tmp_path, ()) == 1
    assert layout(tmp_path) == 1


def test_an_older_home_is_brought_up_step_by_step_and_once(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"layout": 2}')
    done: list[int] = []
    steps = tuple(lambda _home, number=number: done.append(number) for number in (1, 2, 3))
    assert bring_up_to_date(tmp_path, steps) == 4
    assert bring_up_to_date(tmp_path, steps) == 4
    assert done == [2, 3]


def test_a_step_that_died_is_done_again(tmp_path: Path) -> None:
    tries: list[str] = []

    def dies_once(_home: Path) -> None:
        tries.append("second")
        if len(tries) == 1:
            raise RuntimeError("killed")

    first: list[int] = []
    steps = (lambda _home: first.append(1), dies_once)
    with pytest.raises(RuntimeError):
        bring_up_to_date(tmp_path, steps)
    assert layout(tmp_path) == 2
    bring_up_to_date(tmp_path, steps)
    assert (layout(tmp_path), first, len(tries)) == (3, [1], 2)


@pytest.mark.parametrize(("content", "said"), [('{"layout": 99}', "layout 99"), ("{", "does not say")])
def test_a_newer_or_broken_home_is_refused_and_left_alone(content: str, said: str, settings: Settings) -> None:
    settings.home.mkdir(parents=True)
    (settings.home / FILE).write_text(content)
    with pytest.raises(UpkeepError, match=said):
        prepare_instance(settings)
    assert (settings.home / FILE).read_text() == content
    assert not settings.dagster_home.exists()
