"""One request to an OpenAI-compatible chat-completions endpoint, through the official client.

The client retries what passes (connection errors, 408, 409, 429, 5xx) and waits as long as ``Retry-After`` says, up to
two minutes. A whole answer has a limit of time, however slowly it comes. Does not live here: what is asked
(``llm_prompt``), batches and money (``llm_method``).
"""

import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import httpx

from analytics_platform.enrichment.errors import EndpointAway, EndpointError, MissingMethodError

_AWAY = (401, 403, 404, 408, 429)


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
    retries: int = 4
    timeout_seconds: float = 60.0


@dataclass(frozen=True)
class Reply:
    content: str
    cost: float


class _Until(httpx.SyncByteStream):
    """An answer that must be whole by a time.

    httpx limits each read alone: a server that sends a byte now and then would hold a run for ever.
    """

    def __init__(self, stream: httpx.SyncByteStream, end: float) -> None:
        self._stream, self._end = stream, end

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            if time.monotonic() > self._end:
                raise httpx.ReadTimeout("The answer was not whole in time.")
            yield part

    def close(self) -> None:
        self._stream.close()


class Client:
    """Asks the endpoint; safe to use from several threads."""

    def __init__(self, connection: Connection) -> None:
        try:
            from openai import OpenAI  # 0.4 s: imported only where a model is asked
        except ImportError as error:
            raise MissingMethodError(
                "the llm method needs its extra: pip install 'analytics-platform[llm]'."
            ) from error
        self._connection = connection

        def limit(answer: httpx.Response) -> None:
            end = time.monotonic() + connection.timeout_seconds
            answer.stream = _Until(cast(httpx.SyncByteStream, answer.stream), end)

        http = httpx.Client(
            timeout=connection.timeout_seconds, follow_redirects=True, event_hooks={"response": [limit]}
        )
        weakref.finalize(self, http.close)
        self._openai = OpenAI(
            base_url=connection.base_url,
            api_key=connection.api_key or "none",  # an endpoint on this machine asks for none
            max_retries=connection.retries,
            timeout=connection.timeout_seconds,
            http_client=cast(Any, http),  # version 3 is typed for httpx2 and takes httpx as well, which 2 needs
        )

    def ask(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> Reply:
        """The answer to one prompt, in the form of the JSON schema."""
        import openai

        try:
            answer = self._openai.chat.completions.create(
                model=self._connection.model,
                messages=cast(Any, list(messages)),
                temperature=0,
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": "labels", "strict": True, "schema": dict(schema)},
                },
            )
        except openai.APIStatusError as error:
            away = error.status_code in _AWAY or error.status_code >= 500
            raise (EndpointAway if away else EndpointError)(
                f"{self._connection.base_url} refused with {error.status_code}; check the key, the model "
                f"{self._connection.model!r} and whether it knows structured output."
            ) from error
        except (openai.OpenAIError, httpx.TransportError) as error:
            raise EndpointAway(
                f"{self._connection.base_url} gave no answer in {self._connection.retries + 1} tries:"
                f" {type(error).__name__}."
            ) from error
        if not getattr(answer, "choices", None):
            raise EndpointError(f"{self._connection.base_url} answered without choices.")
        used = answer.usage
        cost = (
            0.0
            if used is None
            else (used.prompt_tokens * self._connection.price_in + used.completion_tokens * self._connection.price_out)
        )
        # A refusal or a truncated answer breaks the schema; who reads the content notices.
        return Reply(answer.choices[0].message.content or "", cost / 1e6)

    def close(self) -> None:
        self._openai.close()
