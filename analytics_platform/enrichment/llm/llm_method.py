"""The ``llm`` method: any OpenAI-compatible endpoint, in batches, several at once, within a day's spending limit.

Texts are masked before they leave; answers are cached by text, prompt version and model, so a stopped run goes on
where it ended. An endpoint that is away is asked no more by this object. Does not live here: the prompt
(``llm_prompt``), one request (``llm_client``), memory (``llm_store``).
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from analytics_platform.enrichment.errors import EndpointAway, EndpointError, MissingMethodError
from analytics_platform.enrichment.labels import UNKNOWN, Label, Labels, unsure
from analytics_platform.enrichment.llm.llm_client import Client, Connection
from analytics_platform.enrichment.llm.llm_prompt import Prompt, speaks_to_models
from analytics_platform.enrichment.llm.llm_store import Answer, Store, key_of
from analytics_platform.enrichment.llm.masking import mask
from analytics_platform.enrichment.taxonomy import Taxonomy
from analytics_platform.settings import Settings

LIMIT_REACHED = "spending limit of the day reached"
BAD_ANSWERS = 2
"""Times that texts may get no answer that counts before their batch is halved."""


class LlmMethod:
    """Labels texts by asking a language model."""

    name = "llm"

    def __init__(
        self,
        taxonomies: Mapping[str, Taxonomy],
        connection: Connection,
        store: Store,
        client: Client | None = None,
        today: Callable[[], str] = lambda: datetime.now(UTC).date().isoformat(),
    ) -> None:
        self._taxonomies = taxonomies
        self._connection = connection
        self._store = store
        self._client = client or Client(connection)
        self._today = today
        self._away = ""  # why nothing more is asked: a day of batches that each wait in vain helps nobody

    def label(self, texts: Sequence[str], tasks: Sequence[str]) -> list[Labels]:
        """The labels of each text; ``unknown`` with a reason for what could not be asked."""
        prompt = Prompt(self._taxonomies, tasks)
        masked = [mask(text) for text in texts]
        keys = {text: key_of(text, prompt.version, self._connection.model) for text in masked}
        recalled = self._store.recall(list(keys.values()))
        missing = [text for text, key in keys.items() if key not in recalled and text.strip()]
        answers = {text: recalled[key] for text, key in keys.items() if key in recalled}
        reasons: dict[str, str] = {}
        with ThreadPoolExecutor(self._connection.concurrency) as pool:
            groups = batches(missing, self._connection.batch)
            for found, reason, batch in pool.map(lambda batch: self._ask(prompt, batch), groups):
                answers.update(found)
                reasons.update(dict.fromkeys(set(batch) - found.keys(), reason))
        version = f"{self._connection.model} {prompt.version}"
        return [self._labels(tasks, answers.get(text), reasons.get(text, "empty text"), version) for text in masked]

    def _ask(self, prompt: Prompt, batch: list[str]) -> tuple[dict[str, Answer], str, list[str]]:
        """What was found, why the rest was not, and the batch. An answer is remembered as soon as it is paid."""
        found: dict[str, Answer] = {}
        reason, left = "", batch
        for _ in range(BAD_ANSWERS):
            if self._away:
                return found, self._away, batch
            if self._store.spent(self._today()) >= self._connection.daily_limit:
                return found, LIMIT_REACHED, batch
            try:
                reply = self._client.ask(prompt.messages(left), prompt.schema)
            except EndpointError as error:
                if isinstance(error, EndpointAway):
                    self._away = str(error)
                return found, str(error), batch
            self._store.spend(self._today(), reply.cost)
            answers, reason = prompt.read(reply.content, len(left))
            new = {left[number]: answer for number, answer in answers.items()}
            self._store.remember(
                {key_of(text, prompt.version, self._connection.model): answer for text, answer in new.items()}
            )
            found |= new
            left = [text for text in left if text not in new]
            if not left:
                return found, "", batch
        if len(left) == 1:
            return found, reason, batch
        reason = ""
        for half in (left[: len(left) // 2], left[len(left) // 2 :]):
            more, why, _ = self._ask(prompt, half)
            found, reason = found | more, why or reason
        return found, reason, batch

    def _labels(self, tasks: Sequence[str], answer: Answer | None, reason: str, version: str) -> Labels:
        if answer is None:
            return {task: unsure(task, self.name, version, reason=reason) for task in tasks}
        labels: Labels = {}
        for task in tasks:
            name, confidence = answer[task]
            threshold = self._taxonomies[task].unknown_below if task in self._taxonomies else 0.0
            if name == UNKNOWN or confidence < threshold:
                labels[task] = unsure(task, self.name, version, confidence)
            else:
                labels[task] = Label(task, name, confidence, self.name, version, (name,))
        return labels


def batches(texts: Sequence[str], size: int, most_characters: int = 1 << 30) -> list[list[str]]:
    """Plain texts together, up to a number and a length; a text that gives a model orders goes alone."""
    together: list[list[str]] = []
    length = 0
    for text in texts:
        if speaks_to_models(text):
            continue
        if not together or len(together[-1]) == size or length + len(text) > most_characters:
            together.append([])
            length = 0
        together[-1].append(text)
        length += len(text)
    return [*together, *([text] for text in texts if speaks_to_models(text))]


def connection_of(settings: Settings) -> Connection:
    """Where the model of the settings is, and what it may cost."""
    if not settings.llm_base_url or not settings.llm_model:
        raise MissingMethodError(
            "The llm method needs LLM_BASE_URL and LLM_MODEL (and LLM_API_KEY where the endpoint asks)."
        )
    return Connection(
        base_url=settings.llm_base_url,
        model=settings.llm_model,
        api_key=settings.llm_api_key.get_secret_value(),
        price_in=settings.llm_price_in,
        price_out=settings.llm_price_out,
        daily_limit=settings.llm_daily_limit,
    )


def from_settings(taxonomies: Mapping[str, Taxonomy], settings: Settings, folder: Path) -> LlmMethod:
    """The method that the settings describe."""
    return LlmMethod(taxonomies, connection_of(settings), Store(folder / "llm.sqlite"))
