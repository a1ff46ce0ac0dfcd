"""Each line of a run is one JSON object that names the run, the step and the days, and nobody."""

import json

import dagster as dg
import pytest

from analytics_platform.defs.days import RANGE_END, RANGE_START
from analytics_platform.defs.logs import json_logger


def test_lines_name_run_step_and_days_and_no_person(capfd: pytest.CaptureFixture[str]) -> None:
    @dg.op
    def breaks(context: dg.OpExecutionContext) -> None:
        context.log.info("Building 2 days.")
        context.log.warning("no room for 'a private thought' of ann@example.org")
        raise ValueError("no room for 'a private thought' of ann@example.org")

    @dg.job(logger_defs={"console": json_logger()})
    def nightly() -> None:
        breaks()

    result = nightly.execute_in_process(
        run_config={"loggers": {"console": {}}},
        tags={RANGE_START: "2026-03-01", RANGE_END: "2026-03-02"},
        raise_on_error=False,
    )
    text = capfd.readouterr().err
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    said = next(line for line in lines if line["message"] == "Building 2 days.")
    assert said | {"at": ""} == {
        "at": "",
        "level": "INFO",
        "message": "Building 2 days.",
        "job": "nightly",
        "run_id": result.run_id,
        "step": "breaks",
        "first_day": "2026-03-01",
        "last_day": "2026-03-02",
    }
    assert "no room for '…' of …@…" in {line["message"] for line in lines}
    assert "STEP_FAILURE" in {line.get("event") for line in lines}
    assert "ann@example.org" not in text
    assert "private thought" not in text
