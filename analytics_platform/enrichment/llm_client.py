"""One request to an OpenAI-compatible chat-completions endpoint, through the official client.

The client retries what passes (connection errors, 408, 409, 429, 5xx) and waits as long as ``Retry-After`` says, up to
two minutes. Does not live here: what is asked (``llm_prompt``), batches and money (``llm``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from analytics_platform.enrichment.errors import EndpointError, MissingMethodError


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
        self._openai = OpenAI(
            base_url=connection.base_url,
            api_key=connection.api_key or "none",  # an endpoint on this machine asks for none
            max_retries=connection.retries,
            timeout=connection.timeout_seconds,
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
            raise EndpointError(
                f"{self._connection.base_url} refused with {error.status_code}; check the key, the model "
                f"{self._connection.model!r} and whether it knows structured output."
            ) from error
        except openai.OpenAIError as error:
            raise EndpointError(
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
