"""Ctrl-C in the demo: one line says what is done and what the same command does next."""

import pytest

from analytics_platform.commands import demo
from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import land, statement


def test_an_interrupted_demo_says_where_it_stands(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_given: object) -> None:
        raise KeyboardInterrupt

    def said() -> str:
        with pytest.raises(SystemExit) as end:
            demo.run_demo(settings, people=1, days=1, seed=1)
        assert end.value.code == 130
        return capsys.readouterr().out

    monkeypatch.setattr(demo, "_demo", stop)
    lake = open_lake(settings)
    lake.prepare()
    assert "has not ended: the same command takes its lines away and begins anew" in said()
    (settings.home / "truth.json").write_text("{}")
    land(lake, "xapi/statements", statement("one"))
    assert "days not published yet: 1. The same command builds them" in said()
