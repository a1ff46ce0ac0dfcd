"""One request to an OpenAI-compatible chat-completions endpoint, asked again as politely as the endpoint wishes.

Does not live here: what is asked (``llm_prompt``), batches and money (``llm``).
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from analytics_platform.enrichment.errors import EndpointError, MissingMethodError

if TYPE_CHECKING:
    import httpx

PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
LONGEST_WAIT = 60.0


@dataclass(frozen=True)
class Connection:
    """Where a model is, what it costs, and how hard it may be asked. Prices are per million tokens."""

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    price_in: float = 0.0
    price_out: float = 0.0
    daily_limit: float = 1.0
    batch: int = 20
    concurrency: int = 4
    attempts: int = 5
    timeout_seconds: float = 60.0


@dataclass(frozen=True)
class Reply:
    content: str
    cost: float


class Client:
    """Asks the endpoint; safe to use from several threads."""

    def __init__(self, connection: Connection, sleep: Callable[[float], None] = time.sleep) -> None:
        try:
            import httpx
        except ImportError as error:
            raise MissingMethodError(
                "the llm method needs its extra: pip install 'analytics-platform[llm]'."
            ) from error
        self._connection = connection
        self._sleep = sleep
        headers = {"Authorization": f"Bearer {connection.api_key}"} if connection.api_key else {}
        self._http = httpx.Client(base_url=connection.base_url, headers=headers, timeout=connection.timeout_seconds)

    def ask(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> Reply:
        """The answer to one prompt. Passing troubles are waited out, as long as ``Retry-After`` says where it does."""
        import httpx

        body = {
            "model": self._connection.model,
            "messages": list(messages),
            "temperature": 0,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "labels", "strict": True, "schema": schema},
            },
        }
        trouble = ""
        for attempt in range(self._connection.attempts):
            try:
                response = self._http.post("chat/completions", json=body)
            except httpx.TransportError as error:
                trouble = type(error).__name__
                self._wait(attempt, None)
                continue
            if response.status_code in PASSING:
                trouble = f"status {response.status_code}"
                self._wait(attempt, response.headers.get("Retry-After"))
                continue
            return self._read(response)
        raise EndpointError(
            f"{self._connection.base_url} gave no answer in {self._connection.attempts} tries: {trouble}."
        )

    def close(self) -> None:
        self._http.close()

    def _read(self, response: "httpx.Response") -> Reply:
        if response.status_code >= 400:
            raise EndpointError(
                f"{self._connection.base_url} refused with {response.status_code}; check the key, the model "
                f"{self._connection.model!r} and whether it knows structured output."
            )
        try:
            document = response.json()
            content = document["choices"][0]["message"]["content"]
            usage = document.get("usage") or {}
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise EndpointError(
                f"{self._connection.base_url} answered without choices: {type(error).__name__}."
            ) from error
        cost = (
            usage.get("prompt_tokens", 0) * self._connection.price_in
            + usage.get("completion_tokens", 0) * self._connection.price_out
        ) / 1e6
        return Reply(content or "", cost)

    def _wait(self, attempt: int, retry_after: str | None) -> None:
        if attempt + 1 < self._connection.attempts:
            backoff = min(LONGEST_WAIT, 2.0**attempt) * random.uniform(0.8, 1.2)  # noqa: S311  spreads retries
            asked = seconds_of(retry_after) if retry_after else None
            self._sleep(backoff if asked is None else asked)


def seconds_of(retry_after: str, now: datetime | None = None) -> float | None:
    """The wait that a ``Retry-After`` header asks for (RFC 9110, 10.2.3): seconds or a date."""
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())
