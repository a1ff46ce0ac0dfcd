"""What the settings say about the NocoDB: one object, or None where no connection is set."""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics_platform.contracts import TABLES, Table
from analytics_platform.errors import SettingsError
from analytics_platform.settings import Settings

CONVERSATIONS, MESSAGES = "nocodb/conversations", "nocodb/messages"


@dataclass(frozen=True)
class Connection:
    """A NocoDB and how to ask it. ``fields`` are their names of our fields by table path; the rest has our names."""

    url: str
    token: str
    tables: Mapping[str, str]
    fields: Mapping[str, Mapping[str, str]]
    inputs: frozenset[str]
    page_size: int = 1000
    per_second: float = 5.0
    at_once: int = 4
    timeout: float = 30.0
    patience: float = 120.0  # seconds that the retries of one page may take together
    sweep_days: int = 7

    @property
    def pulled(self) -> list[Table]:
        """The tables that have an id, in the order in which they are pulled."""
        return [TABLES[path] for path in (CONVERSATIONS, MESSAGES) if self.tables.get(path)]


def connection_of(settings: Settings) -> Connection | None:
    """The connection; a half-set one is an error that says what is missing."""
    if not settings.nocodb_url:
        return None
    tables = {CONVERSATIONS: settings.nocodb_conversations_table, MESSAGES: settings.nocodb_messages_table}
    token = settings.nocodb_token.get_secret_value()
    if not token or not any(tables.values()):
        raise SettingsError(
            "NOCODB_URL needs NOCODB_TOKEN (an API token of NocoDB) and NOCODB_CONVERSATIONS_TABLE or"
            " NOCODB_MESSAGES_TABLE (the table's id, as m1a2b3…, from its menu in NocoDB)."
        )
    return Connection(
        url=settings.nocodb_url,
        token=token,
        tables=tables,
        fields=fields_of(settings.nocodb_fields),
        inputs=inputs_of(settings),
        page_size=settings.nocodb_page_size,
        per_second=settings.nocodb_requests_per_second,
        at_once=settings.nocodb_requests_at_once,
        timeout=settings.nocodb_timeout_seconds,
        patience=settings.nocodb_retry_seconds,
        sweep_days=settings.nocodb_sweep_days,
    )


def inputs_of(settings: Settings) -> frozenset[str]:
    return frozenset(name.strip() for name in settings.nocodb_inputs.split(",") if name.strip())


def fields_of(text: str) -> dict[str, dict[str, str]]:
    """``ours=theirs`` or ``table.ours=theirs``, separated by commas, as {table path: {ours: theirs}}."""
    found: dict[str, dict[str, str]] = {CONVERSATIONS: {}, MESSAGES: {}}
    for part in filter(None, (part.strip() for part in text.split(","))):
        ours, sign, theirs = (piece.strip() for piece in part.partition("="))
        table, dot, name = ours.rpartition(".")
        places = [f"nocodb/{table}"] if dot else [path for path in found if name in TABLES[path].shape]
        if not (sign and theirs) or not places or any(name not in TABLES[p].shape for p in places if p in found):
            raise SettingsError(
                f"NOCODB_FIELDS has {part!r}: write ours=theirs, as messages.conversation_id=Conversation_id; ours is a"
                f" field of conversations or messages, as {', '.join(sorted(TABLES[MESSAGES].shape)[:6])} …"
            )
        for path in places:
            if path not in found:
                raise SettingsError(f"NOCODB_FIELDS has {part!r}: the tables are conversations and messages.")
            found[path][name] = theirs
    return found
