"""Pub/Sub's REST interface, as far as it is used: https://cloud.google.com/pubsub/docs/reference/rest

Google's client library keeps streams and threads of its own for speed that a pump of batches does not need; these
calls are four. Without PUBSUB_ENDPOINT the machine's own credentials sign them (extra ``gcp``).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
import orjson

from analytics_platform.errors import SettingsError, SourceError
from analytics_platform.settings import Settings

GOOGLE = "https://pubsub.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/pubsub"
TIMEOUT = 60.0
_NAME = re.compile(r"projects/[\w.:-]+/(topics|subscriptions)/[\w.~+%-]+")


class PubSub:
    """One connection; ``token`` gives what signs a request, and nothing signs those to an emulator."""

    def __init__(self, endpoint: str, token: Callable[[], str] | None) -> None:
        self._endpoint, self._token = endpoint.rstrip("/"), token
        self._client = httpx.Client(timeout=TIMEOUT)

    @classmethod
    def of(cls, settings: Settings) -> "PubSub":
        if settings.pubsub_endpoint:
            return cls(settings.pubsub_endpoint, None)
        return cls(GOOGLE, google_token())

    def publish(self, topic: str, messages: Sequence[Mapping[str, Any]]) -> None:
        self._call(f"{topic}:publish", {"messages": list(messages)})

    def pull(self, subscription: str, most: int) -> list[dict[str, Any]]:
        """What waits now, at most so many; the pump waits between two looks, and not in here."""
        found = self._call(f"{subscription}:pull", {"maxMessages": most, "returnImmediately": True})
        return list(found.get("receivedMessages", []))

    def extend(self, subscription: str, ids: Sequence[str], seconds: int) -> None:
        self._call(f"{subscription}:modifyAckDeadline", {"ackIds": list(ids), "ackDeadlineSeconds": seconds})

    def acknowledge(self, subscription: str, ids: Sequence[str]) -> None:
        self._call(f"{subscription}:acknowledge", {"ackIds": list(ids)})

    def close(self) -> None:
        self._client.close()

    def _call(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token()}"
        try:
            answer = self._client.post(f"{self._endpoint}/v1/{path}", content=orjson.dumps(body), headers=headers)
            found = orjson.loads(answer.content or b"{}")
        except (httpx.HTTPError, ValueError) as error:
            raise SourceError(f"Pub/Sub did not answer {path}: {type(error).__name__}.") from None
        if not answer.is_success:
            said = found.get("error", {}) if isinstance(found, dict) else {}
            status = said.get("status", "") if isinstance(said, dict) else ""
            raise SourceError(f"Pub/Sub answered {answer.status_code} {status} to {path}. Check the name and the role.")
        return found if isinstance(found, dict) else {}


def google_token() -> Callable[[], str]:
    """The token of the machine's own credentials, made anew before it ends."""
    try:
        import google.auth
        from google.auth.exceptions import GoogleAuthError
        from google.auth.transport.requests import Request
    except ImportError:
        raise SettingsError("Pub/Sub needs Google's sign-in: install analytics-platform[gcp].") from None
    try:
        credentials, _ = google.auth.default(scopes=[SCOPE])
    except GoogleAuthError as error:
        raise SettingsError(f"Pub/Sub needs credentials of Google Cloud: {error}") from None

    def token() -> str:
        try:
            if not credentials.valid:
                credentials.refresh(Request())  # type: ignore[no-untyped-call]
        except GoogleAuthError as error:
            raise SourceError(f"Google gave no token for Pub/Sub: {type(error).__name__}.") from None
        return str(credentials.token)

    return token


def whole_name(setting: str, name: str, kind: str) -> str:
    """The name with its project, as projects/P/topics/T."""
    found = _NAME.fullmatch(name)
    if found is None or found[1] != kind:
        raise SettingsError(f"{setting} is {name!r}: write its whole name, as projects/PROJECT/{kind}/NAME.")
    return name
