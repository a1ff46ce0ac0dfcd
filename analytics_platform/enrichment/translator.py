"""Texts into a language by the model of the settings: masked, in batches, several at once, within the day's limit.

The limit and the book of spending are those of labels. Does not live here: which texts, and where their translations
are kept (``translating``), the instructions (``translation_prompt``).
"""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from analytics_platform.enrichment.errors import EndpointError, TranslationError
from analytics_platform.enrichment.llm import BAD_ANSWERS, LIMIT_REACHED, batches, connection_of
from analytics_platform.enrichment.llm_client import Client, Connection
from analytics_platform.enrichment.llm_store import Store
from analytics_platform.enrichment.masking import mask
from analytics_platform.enrichment.translation_prompt import SCHEMA, TranslationPrompt
from analytics_platform.settings import Settings

MOST_CHARACTERS = 12_000  # of a batch; a longer text goes alone


class Translator:
    """Translates into one language."""

    def __init__(self, connection: Connection, store: Store, language: str) -> None:
        self.language = language
        self._connection, self._store = connection, store
        self._client, self._prompt = Client(connection), TranslationPrompt(language)
        self.version = f"{connection.model} {self._prompt.version}"

    def __enter__(self) -> "Translator":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def translate(self, texts: Sequence[str]) -> tuple[dict[str, str], str]:
        """What was translated, and why the rest was not. Equal texts are asked once."""
        masked = {text: mask(text) for text in texts}
        groups = batches(sorted(set(masked.values())), self._connection.batch, MOST_CHARACTERS)
        found: dict[str, str] = {}
        why = ""
        with ThreadPoolExecutor(self._connection.concurrency) as pool:
            for answers, reason in pool.map(self._ask, groups):
                found |= answers
                why = reason or why
        return {text: found[hidden] for text, hidden in masked.items() if hidden in found}, why

    def _ask(self, batch: list[str]) -> tuple[dict[str, str], str]:
        reason = ""
        for _ in range(BAD_ANSWERS):
            today = datetime.now(UTC).date().isoformat()
            if self._store.spent(today) >= self._connection.daily_limit:
                return {}, LIMIT_REACHED
            try:
                reply = self._client.ask(self._prompt.messages(batch), SCHEMA)
            except EndpointError as error:
                return {}, str(error)
            self._store.spend(today, reply.cost)
            try:
                return dict(zip(batch, self._prompt.read(reply.content, batch), strict=True)), ""
            except EndpointError as error:
                reason = str(error)
        if len(batch) == 1:
            return {}, reason
        half = len(batch) // 2
        (first, why), (second, too) = self._ask(batch[:half]), self._ask(batch[half:])
        return first | second, why or too


def open_translator(settings: Settings, language: str) -> Translator:
    """The translator of the settings; without LLM_BASE_URL and LLM_MODEL an error that says so."""
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,8})?", language):
        raise TranslationError(f"{language!r} is no code of a language; use one as en, th or pt-BR.")
    return Translator(connection_of(settings), Store(settings.home / "models" / "llm.sqlite"), language)
