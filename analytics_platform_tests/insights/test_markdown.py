"""What people read of incidents in the Dagster UI: numbers as numbers, and who made it in words."""

from datetime import UTC, datetime

from analytics_platform.insights.markdown import incident_table


def test_an_incident_is_told_in_words() -> None:
    row = {
        "started_at": datetime(2026, 3, 10, 8, tzinfo=UTC),
        "series_id": "chat_tokens|model_id=small",
        "grain": "hour",
        "severity": "high",
        "direction": "up",
        "z": 7.0,
        "observed": 15800.4,
        "expected": 0.25,
        "low": 0.0,
        "high": 12.294,
        "nature": "behaviour",
        "explained_by": '[{"dimension": "endpoint", "member": "/login", "share": 0.62}]',
    }
    told = incident_table([row, {**row, "severity": "low", "explained_by": None}])
    assert "10\N{NO-BREAK SPACE}Mar\N{NO-BREAK SPACE}2026 08:00" in told  # the UI breaks narrow columns at other spaces
    first, second = told.replace("\N{NO-BREAK SPACE}", " ").splitlines()[2:]
    assert first == (
        "| 10 Mar 2026 08:00 | chat_tokens\\|model_id=small | hour | high up | 15,800 | 0.25 (0 to 12.29)"
        " | behaviour | endpoint /login (62%) |"
    )
    assert second.endswith("| low up | 15,800 | 0.25 (0 to 12.29) | behaviour |  |")
