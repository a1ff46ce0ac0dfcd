"""nocodb/conversations and nocodb/messages: the chatbot builder's tables as NocoDB mirrors them.

Rows are edited after they were first seen, so both tables have a version (updated_at); the newest version of a row is
stored, an older one counts as a duplicate and is marked superseded. ``inputs`` is JSON inside JSON, partly sensitive:
of it only language, currency and tier become columns. System columns differ by installation (created_at, CreatedAt).
"""

from analytics_platform.contracts.model import Column, Rule, Table
from analytics_platform.contracts.sql import last_user_text

_TIMES = {"created_at": "VARCHAR", "CreatedAt": "VARCHAR", "updated_at": "VARCHAR", "UpdatedAt": "VARCHAR"}
_CREATED = "coalesce(p.created_at, p.CreatedAt)"
_UPDATED = "try_cast(coalesce(p.updated_at, p.UpdatedAt) as timestamptz)"
_SHARED = {
    "app_id": "VARCHAR",
    "model_provider": "VARCHAR",
    "model_id": "VARCHAR",
    "inputs": "JSON",
    "status": "VARCHAR",
    "from_source": "VARCHAR",
    "from_end_user_id": "VARCHAR",
    "from_account_id": "VARCHAR",
    "invoke_from": "VARCHAR",
    "is_deleted": "VARCHAR",
}


# inputs is an object on PostgreSQL and JSON kept as text on SQLite; ->> gives the same text of both.
_PREPARED = {"inputs": "case when json_valid(p.inputs ->> '$') then p.inputs ->> '$' else '{}' end"}


def _input(name: str) -> str:
    return f"inputs ->> '$.{name}'"


def _flag(field: str) -> str:
    """SQLite sends 1 and 0 where PostgreSQL sends true and false."""
    return f"coalesce(try_cast({field} as boolean), false)"


_ACTOR = "coalesce('chat:' || p.from_end_user_id, 'chat_account:' || p.from_account_id)"
_WHO = (
    Column("actor_key", "text", "The chat user, with the kind of identifier in front.", _ACTOR, personal=True),
    Column("app_id", "text", "The chatbot application.", "p.app_id"),
    Column("model_provider", "text", "Who serves the language model.", "p.model_provider"),
    Column("model_id", "text", "The language model.", "p.model_id"),
    Column("status", "text", "The row's status as the chatbot builder gives it.", "p.status"),
    Column("language", "text", "The user's language, from inputs.", _input("language")),
    Column("inputs_currency", "text", "The user's currency, from inputs.", _input("currency")),
    Column("tier", "text", "The user's tier, from inputs.", _input("tier")),
)
_EDITED = Column("updated_at", "timestamp", "When the row was last edited (UTC); NULL until the first edit.", _UPDATED)

CONVERSATIONS = Table(
    source="nocodb",
    name="conversations",
    description="Conversations of the chatbot, mirrored by NocoDB.",
    grain="One row per conversation, in its newest version.",
    key="conversation_id",
    shape=_SHARED
    | _TIMES
    | {"id": "VARCHAR", "mode": "VARCHAR", "name": "VARCHAR", "summary": "VARCHAR"}
    | {"system_instruction_tokens": "BIGINT", "dialogue_count": "BIGINT"},
    claimed_sql=_CREATED,
    prepared=_PREPARED,
    version="updated_at",
    columns=(
        Column("conversation_id", "text", "The conversation's id.", "p.id"),
        *_WHO,
        Column("mode", "text", "chat, agent, completion …", "p.mode"),
        Column("name", "text", "The conversation's title; made from its text.", "p.name", personal=True),
        Column("summary", "text", "The builder's summary, if it wrote one.", "p.summary", personal=True),
        Column("from_source", "text", "api, console …", "p.from_source"),
        Column("invoke_from", "text", "What called the bot: web-app, service-api …", "p.invoke_from"),
        Column("system_instruction_tokens", "integer", "Tokens of the system instruction.",
               "p.system_instruction_tokens"),
        Column("dialogue_count", "integer", "Exchanges as the builder counts them; not trusted, see exchanges.",
               "p.dialogue_count"),
        Column("is_deleted", "boolean", "True when the conversation was deleted in the builder.",
               _flag("p.is_deleted")),
        _EDITED,
    ),
    rules=(Rule("missing_id", "conversation_id is null or conversation_id = ''", "send the row's id"),),
)  # fmt: skip

MESSAGES = Table(
    source="nocodb",
    name="messages",
    description="Exchanges of the chatbot: a user's query and the assistant's answer in one row.",
    grain="One row per exchange, in its newest version.",
    key="message_id",
    shape=_SHARED
    | _TIMES
    | {"id": "VARCHAR", "conversation_id": "VARCHAR", "parent_message_id": "VARCHAR", "query": "VARCHAR"}
    | {"message": "JSON"}
    | {"answer": "VARCHAR", "message_tokens": "BIGINT", "answer_tokens": "BIGINT", "error": "VARCHAR"}
    | {"message_unit_price": "VARCHAR", "answer_unit_price": "VARCHAR", "total_price": "VARCHAR"}
    | {"currency": "VARCHAR", "provider_response_latency": "DOUBLE", "agent_based": "VARCHAR"}
    | {"workflow_run_id": "VARCHAR"},
    claimed_sql=_CREATED,
    prepared=_PREPARED | {"prompt": "p.message ->> '$'"},
    version="updated_at",
    columns=(
        Column("message_id", "text", "The exchange's id.", "p.id"),
        Column("conversation_id", "text", "The conversation it belongs to.", "p.conversation_id"),
        Column("parent_message_id", "text", "The exchange it follows; siblings are regenerated answers.",
               "p.parent_message_id"),
        *_WHO,
        Column("query", "text", "What the user wrote; where the row does not say it, the last text in its prompt.",
               f"case when trim(coalesce(p.query, '')) <> '' then p.query else {last_user_text('prompt')} end",
               personal=True),
        Column("answer", "text", "What the assistant answered.", "p.answer", personal=True),
        Column("query_tokens", "integer", "Tokens of the whole prompt, as the provider counts.", "p.message_tokens"),
        Column("answer_tokens", "integer", "Tokens of the answer.", "p.answer_tokens"),
        Column("query_unit_price", "money", "Price of a prompt token, in currency.",
               "try_cast(p.message_unit_price as decimal(38, 9))"),
        Column("answer_unit_price", "money", "Price of an answer token, in currency.",
               "try_cast(p.answer_unit_price as decimal(38, 9))"),
        Column("total_price", "money", "Price of the exchange, in currency.",
               "try_cast(p.total_price as decimal(38, 9))"),
        Column("currency", "text", "The currency of the prices; currencies are never added together.", "p.currency"),
        Column("latency_seconds", "number", "The provider's response latency.", "p.provider_response_latency"),
        Column("is_agent_based", "boolean", "True when an agent with tools answered.", _flag("p.agent_based")),
        Column("workflow_run_id", "text", "The workflow run that answered.", "p.workflow_run_id"),
        Column("error", "text", "The error text, if the exchange failed.", "p.error", personal=True),
        Column("is_deleted", "boolean", "True when the exchange is no longer at the source.", _flag("p.is_deleted")),
        _EDITED,
    ),
    rules=(
        Rule("missing_id", "message_id is null or message_id = ''", "send the row's id"),
        Rule("missing_conversation", "conversation_id is null or conversation_id = ''",
             "send conversation_id; check the field mapping of the NocoDB connection"),
    ),
)  # fmt: skip
