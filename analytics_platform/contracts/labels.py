"""Labels on free text, as the platform writes them beside the lake's days.

They come from no landing: an asset reads a day's answers, labels each distinct text and writes the day anew. What a
label means is told in ``enrichment/``; here are only the columns.
"""

from analytics_platform.contracts.model import LakeTable, made

_DAY = made("day", "date", "The UTC day of the answer: the partition that the row lives in.")

ANSWERS = LakeTable(
    source="labels",
    name="answers",
    description="What is said of each free-text answer.",
    grain="One row per labelled answer.",
    key="answer_id",
    columns=(
        made("answer_id", "text", "statement_id or response_id of the answer."),
        _DAY,
        made("language", "text", "Language of the answer, unknown when unsure."),
        made("sentiment", "text", "positive, negative, mixed, neutral or unknown."),
        made("sentiment_confidence", "number", "Confidence of the sentiment, 0 to 1."),
        made("theme", "text", "What the answer is about; unknown when unsure."),
        made("theme_confidence", "number", "Confidence of the theme, 0 to 1."),
        made("positives", "text", "Kinds of positive language, as gratitude|growth; NULL without any."),
        made("method", "text", "What labelled it: rules, local, embedding, llm."),
        made("version", "text", "Version of taxonomy and method."),
    ),
)
SAFETY = LakeTable(
    source="labels",
    name="safety",
    description="Safety rules that fired on answers.",
    grain="One row per answer and rule.",
    key="firing_id",
    columns=(
        made("firing_id", "text", "Made from answer and rule: a rule fires once on an answer, whenever it is scanned."),
        _DAY,
        made("answer_id", "text", "statement_id or response_id of the answer."),
        made("rule", "text", "The rule, or the model, that fired."),
        made("tier", "text", "critical, high or medium."),
        made("cohort", "text", "The cohort whose word list holds the rule; NULL is everybody."),
        made("words", "text", "The words on which it fired.", personal=True),
        made("version", "text", "Version of the rules when it fired first."),
        made("fired_at", "timestamp", "When it fired first (UTC)."),
    ),
)

MADE: dict[str, LakeTable] = {table.path: table for table in (ANSWERS, SAFETY)}
