"""Texts into a language by the model of the settings: masked, in batches, several at once, within the day's limit.

The spending limit and the record of spending are shared with labels. A translation is kept beside the lake from its
arrival until its day is written, so that no text is paid for twice, after a killed run or when another text of its
exchange failed. Does not live here: which texts, and where their translations are kept (``translating``), the
instructions (``translation_prompt``).
"""

import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from analytics_platform.enrichment.chats.translation_prompt import SCHEMA, TranslationPrompt
from analytics_platform.enrichment.errors import EndpointAway, EndpointError, TranslationError
from analytics_platform.enrichment.llm.llm_client import Client, Connection
from analytics_platform.enrichment.llm.llm_method import BAD_ANSWERS, LIMIT_REACHED, batches, connection_of
from analytics_platform.enrichment.llm.llm_store import Store, key_of
from analytics_platform.enrichment.llm.masking import mask
from analytics_platform.settings import Settings

MOST_CHARACTERS = 12_000  # of a batch; a longer text goes alone
UNWRITTEN = Path("unwritten", "translations.sqlite")  # erasing a person empties the folder


class Translator:
    """Translates into one language."""

    def __init__(self, connection: Connection, store: Store, unwritten: Store, language: str) -> None:
        self.language = language
        self._connection, self._store, self._unwritten = connection, store, unwritten
        self._client, self._prompt = Client(connection), TranslationPrompt(language)
        self._away = ""  # why nothing more is asked of an endpoint
        self.version = f"{connection.model} {self._prompt.version}"

    def __enter__(self) -> "Translator":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def translate(self, texts: Sequence[str]) -> tuple[dict[str, str], str]:
        """What was translated, and why the rest was not. Equal texts are asked once."""
        masked = {text: mask(text) for text in texts}
        keys = {hidden: self._key(hidden) for hidden in sorted(set(masked.values()))}
        kept = self._unwritten.recall(list(keys.values()))
        found = {hidden: kept[key]["text"][0] for hidden, key in keys.items() if key in kept}
        groups = batches([hidden for hidden in keys if hidden not in found], self._connection.batch, MOST_CHARACTERS)
        why = ""
        with ThreadPoolExecutor(self._connection.concurrency) as pool:
            for answers, reason in pool.map(self._ask, groups):
                found |= answers
                why = reason or why
        return {text: found[hidden] for text, hidden in masked.items() if hidden in found}, why

    def written(self, texts: Iterable[str]) -> None:
        """The lake holds the translations of these texts now."""
        self._unwritten.forget([self._key(mask(text)) for text in texts])

    def _key(self, hidden: str) -> str:
        return key_of(hidden, f"{self.language} {self._prompt.version}", self._connection.model)

    def _ask(self, batch: list[str]) -> tuple[dict[str, str], str]:
        found: dict[str, str] = {}
        reason, left = "", batch
        for _ in range(BAD_ANSWERS):
            today = datetime.now(UTC).date().isoformat()
            if self._away:
                return found, self._away
            if self._store.spent(today) >= self._connection.daily_limit:
                return found, LIMIT_REACHED
            try:
                reply = self._client.ask(self._prompt.messages(left), SCHEMA)
            except EndpointError as error:
                if isinstance(error, EndpointAway):
                    self._away = str(error)
                return found, str(error)
            self._store.spend(today, reply.cost)
            answers, reason = self._prompt.read(reply.content, len(left))
            came = {left[number]: text for number, text in answers.items()}
            self._unwritten.remember({self._key(hidden): {"text": (text, 1.0)} for hidden, text in came.items()})
            found |= came
            left = [text for text in left if text not in found]
            if not left:
                return found, ""
        if len(left) == 1:
            return found, reason
        reason = ""
        for half in (left[: len(left) // 2], left[len(left) // 2 :]):
            more, why = self._ask(half)
            found, reason = found | more, why or reason
        return found, reason


def open_translator(settings: Settings, language: str) -> Translator:
    """The translator of the settings; without LLM_BASE_URL and LLM_MODEL an error that says so."""
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,8})?", language):
        raise TranslationError(f"{language!r} is no code of a language; use one as en, th or pt-BR.")
    spending, unwritten = Store(settings.home / "models" / "llm.sqlite"), Store(settings.home / UNWRITTEN)
    return Translator(connection_of(settings), spending, unwritten, language)
