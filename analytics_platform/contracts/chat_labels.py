"""Labels on chats, as the platform writes them beside the lake's days: of each user turn, and of each conversation.

Translations of exchanges are kept in the same way.

They do not pass through landing: a day's exchanges are read, each distinct text is labelled once per version, and the
day is written anew. What a label means is told in ``enrichment/``; here are only the columns.
"""

from analytics_platform.contracts.model import Column, LakeTable, made

_DAY = made("day", "date", "The UTC day of the exchanges: the partition that the row lives in.")
_SAID = (
    made("language", "text", "Language of what the user wrote; unknown when unsure."),
    made("language_confidence", "number", "Confidence of the language, 0 to 1."),
    made("topic", "text", "What it is about; unknown when unsure."),
    made("topics", "text", "Every topic that applies, as pricing|account; NULL when unknown."),
    made("topic_confidence", "number", "Confidence of the topic, 0 to 1."),
    made("intent", "text", "What the user wants; unknown when unsure."),
    made("intent_confidence", "number", "Confidence of the intent, 0 to 1."),
    made("sentiment", "text", "positive, negative, mixed, neutral or unknown."),
    made("sentiment_confidence", "number", "Confidence of the sentiment, 0 to 1."),
    made("safety", "text", "The gravest safety tier: critical, high, medium or none."),
)
_HOW = (
    made("method", "text", "What labelled it: rules, local, embedding, llm."),
    made("version", "text", "Version of taxonomy, method and safety rules."),
)


def _table(name: str, description: str, grain: str, key: str, columns: tuple[Column, ...]) -> LakeTable:
    return LakeTable(
        source="labels", name=name, description=description, grain=grain, key=key, columns=(*columns, *_HOW)
    )


EXCHANGES = _table(
    "exchanges",
    "What is said of each user turn of a chat.",
    "One row per exchange with a text of the user.",
    "message_id",
    (
        made("message_id", "text", "The exchange."),
        _DAY,
        made("conversation_id", "text", "The conversation it belongs to."),
        made("text_key", "text", "Stands for the user's text: equal texts are labelled once by a version."),
        *_SAID,
        made("hands_over", "boolean", "Whether the answer carries the marker that hands over to a person."),
        made("asks", "boolean", "Whether the answer ends with a question to the user."),
    ),
)
CONVERSATIONS = _table(
    "conversations",
    "What the turns of a day say of each conversation: each label is the one with the most confidence over the turns.",
    "One row per conversation and day with user turns.",
    "conversation_id",
    (
        made("conversation_id", "text", "The conversation."),
        _DAY,
        made("turns", "integer", "User turns of the day."),
        *_SAID,
        made("first_sentiment", "text", "Sentiment of the day's first turn whose sentiment is known."),
        made("last_sentiment", "text", "Sentiment of the day's last turn whose sentiment is known."),
        made("hands_over", "boolean", "Whether any answer of the day hands over to a person."),
    ),
)

TRANSLATIONS = LakeTable(
    source="labels",
    name="translations",
    description="Exchanges in another language, as LLM_MODEL translated them.",
    grain="One row per exchange and language that it was translated into.",
    key="translation_id",
    columns=(
        made("translation_id", "text", "The exchange and the language."),
        _DAY,
        made("message_id", "text", "The exchange."),
        made("conversation_id", "text", "The conversation it belongs to."),
        made("language", "text", "The language of the translation, as en."),
        made("text_key", "text", "Stands for query and answer as they were translated: others are translated anew."),
        made("query", "text", "What the user wrote, translated; NULL where there was none.", personal=True),
        made("answer", "text", "What the assistant answered, translated; NULL where there was none.", personal=True),
        made("version", "text", "The model and the version of its instructions."),
    ),
)

CHAT_LABELS: dict[str, LakeTable] = {table.path: table for table in (EXCHANGES, CONVERSATIONS, TRANSLATIONS)}
