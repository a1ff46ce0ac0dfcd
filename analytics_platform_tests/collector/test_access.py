"""Credentials: scopes, revoking, the first start, and nothing of them on disk in the clear."""

import time

import pytest

from analytics_platform.collector import access
from analytics_platform.collector.server import first_credential
from analytics_platform.collector.store.credentials import add_credential, list_credentials, revoke_credential
from analytics_platform.errors import SettingsError

from .conftest import Collector
from .samples import seven_taps


def test_scopes(collector: Collector) -> None:
    with collector.client_with("write") as writer, collector.client_with("read_all") as reader:
        assert writer.post("/xapi/statements", json=seven_taps()).status_code == 200
        assert writer.get("/xapi/statements").status_code == 403
        assert reader.post("/xapi/statements", json=seven_taps()).status_code == 403
        assert reader.post("/v1/video/events", json={"video_id": "v", "event_type": "PLAY"}).status_code == 403
        assert len(reader.get("/xapi/statements").json()["statements"]) == 1


def test_a_revoked_credential_is_refused(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_REMEMBERED_SECONDS", 0.1)
    connection = collector.database.connect()
    name, secret = add_credential(connection, "short", ("write",))
    assert collector.client.post("/xapi/statements", json=seven_taps(), auth=(name, secret)).status_code == 200
    assert collector.client.post("/xapi/statements", json=seven_taps(), auth=(name, "x")).status_code == 401
    assert revoke_credential(connection, name)
    assert not revoke_credential(connection, name)
    time.sleep(0.2)
    assert collector.client.post("/xapi/statements", json=seven_taps(), auth=(name, secret)).status_code == 401
    assert any(found.id == name and found.revoked for found in list_credentials(connection))
    with pytest.raises(SettingsError):
        add_credential(connection, "wrong", ("everything",))
    connection.close()


def test_secrets_are_not_on_disk(collector: Collector) -> None:
    _, secret = collector.credential("write")
    files = list((collector.settings.home / "collector").iterdir())
    assert files
    assert all(secret.encode() not in file.read_bytes() for file in files)
    assert first_credential(collector.settings) is None  # there is one already
