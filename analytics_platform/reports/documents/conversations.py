"""Conversations with the bot: how many, by whom, how they went, what they cost in each currency."""

from analytics_platform.reports.documents.counts import every_day
from analytics_platform.reports.documents.document import Figure, Section, Table, share, table
from analytics_platform.reports.documents.marts import FEWEST_PEOPLE, Marts, Row, few
from analytics_platform.reports.documents.periods import Period
from analytics_platform.reports.documents.themes import themes


def sections(marts: Marts, period: Period, now: Row, then: Row) -> list[Section]:
    if lacks := marts.lacks("conversations", "exchanges"):
        return [Section("Conversations", missing=lacks)]
    return [
        Section("Totals", _totals(now, then), _by_day(marts, period)),
        _models(marts, period),
        _cost(marts, period, compared=bool(then)),
        _categories(marts, period),
        _languages(marts, period),
        *([] if period.grain == "day" else [themes(marts, period)]),
    ]


def figures(now: Row, then: Row) -> tuple[Figure, ...]:
    """The figures of conversations that other reports show too."""
    total, handed = now.get("conversations"), now.get("handed")
    return (
        Figure("Conversations", total, "count", f"of {now.get('chatters') or 0:,} people", then.get("conversations")),
        Figure(
            "Contained (not handed to a person)",
            None if not total or handed is None else 1 - handed / total,
            "share",
            f"{total - handed:,} of {total:,} conversations" if total and handed is not None else "",
            None if not then.get("conversations") else 1 - then["handed"] / then["conversations"],
            "" if total else "there was no conversation",
        ),
    )


def _totals(now: Row, then: Row) -> tuple[Figure, ...]:
    def per(row: Row, part: str, whole: str) -> float | None:
        return share(row.get(part), row.get(whole))

    exchanges, errors = now.get("exchanges") or 0, now.get("exchange_errors")
    return (
        *figures(now, then),
        Figure("Exchanges", now.get("exchanges"), "count", "a query and its answer; repeated answers count once",
               then.get("exchanges")),
        Figure("Exchanges per conversation", per(now, "exchanges", "conversations"), "number",
               f"{exchanges:,} exchanges, {now.get('conversations') or 0:,} conversations begun",
               per(then, "exchanges", "conversations"), "there was no conversation"),
        Figure("Conversations per person", per(now, "conversations", "chatters"), "number",
               f"{now.get('chatters') or 0:,} people", per(then, "conversations", "chatters"), "nobody was there"),
        Figure("Exchanges with an error", share(errors, exchanges), "share", f"{errors:,} of {exchanges:,} exchanges"
               if exchanges else "", per(then, "exchange_errors", "exchanges"), "there was no exchange"),
        Figure("Mean time to the answer", now.get("latency"), "seconds",
               f"of {now.get('timed_messages') or 0:,} answers with a time", then.get("latency"),
               "no answer has a time"),
        Figure("Tokens of answers", now.get("answer_tokens"), "count", before=then.get("answer_tokens")),
    )  # fmt: skip


def _by_day(marts: Marts, period: Period) -> tuple[Table, ...]:
    rows = marts.rows(
        """select first_local_day as day, count(*) as conversations,
            sum(case when is_handed_over then 1 else 0 end) as handed
        from conversations where first_local_day between $1 and $2 group by 1 order by 1""",
        period.first,
        period.last,
    )
    rows = every_day(marts, period, rows, ("conversations", "handed"))
    columns = (("day", "day", "day"), ("conversations", "conversations", "count"), ("handed", "handed over", "count"))
    return (table("conversations_by_day", "By day", columns, rows, chart="line"),) if len(rows) > 1 else ()


def _models(marts: Marts, period: Period) -> Section:
    rows = marts.rows(
        """
        with timed as (
            select coalesce(model_id, 'unknown') as model, latency_seconds,
                row_number() over (partition by coalesce(model_id, 'unknown') order by latency_seconds) as place,
                count(*) over (partition by coalesce(model_id, 'unknown')) as answers
            from exchanges where local_day between $1 and $2 and latency_seconds is not null
        ),
        slow as (
            select model, min(latency_seconds) as p95 from timed where place * 100 >= 95 * answers group by model
        ),
        used as (
            select coalesce(model_id, 'unknown') as model, count(*) as messages,
                count(distinct conversation_id) as conversations, sum(case when has_error then 1 else 0 end) as errors,
                avg(latency_seconds) as mean, count(latency_seconds) as timed, sum(answer_tokens) as tokens
            from exchanges where local_day between $1 and $2 group by 1
        )
        select used.model, messages, conversations, errors, mean, timed, p95, tokens
        from used left join slow on used.model = slow.model order by messages desc, used.model""",
        period.first,
        period.last,
    )
    for row in rows:
        row["rate"] = share(row["errors"], row["messages"])
    columns = (("model", "model", "text"), ("messages", "answers", "count"),
               ("conversations", "conversations", "count"), ("errors", "errors", "count"),
               ("rate", "errors / answers", "share"), ("timed", "timed", "count"),
               ("mean", "mean time", "seconds"), ("p95", "95 % within", "seconds"),
               ("tokens", "answer tokens", "count"))  # fmt: skip
    notes = () if rows else ("There was no exchange in this period.",)
    return Section("Models", tables=(table("models", "By model", columns, rows),) if rows else (), notes=notes)


def _cost(marts: Marts, period: Period, compared: bool) -> Section:
    rows = marts.rows(
        """
        with spent as (
            select coalesce(currency, 'unknown') as currency, sum(total_price) as cost, count(total_price) as priced,
                count(distinct conversation_id) as conversations
            from exchanges where local_day between $1 and $2 and total_price is not null group by 1
        ),
        earlier as (
            select coalesce(currency, 'unknown') as currency, sum(total_price) as cost
            from exchanges where local_day between $3 and $4 and total_price is not null group by 1
        )
        select spent.currency, spent.cost, spent.priced, spent.conversations, earlier.cost as before
        from spent left join earlier on spent.currency = earlier.currency order by spent.currency""",
        period.first,
        period.last,
        period.before.first,
        period.before.last,
    )
    for row in rows:
        row["each"] = share(row["cost"], row["conversations"])
        row["before"] = (row["before"] or 0) if compared else None
    columns = (("currency", "currency", "text"), ("cost", "cost", "money"), ("priced", "priced answers", "count"),
               ("conversations", "conversations", "count"), ("each", "cost / conversation", "money"),
               ("before", "cost in the period before", "money"))  # fmt: skip
    found = (table("cost", "By currency", columns, rows, note="Currencies are never added together."),) if rows else ()
    return Section("Cost", tables=found, notes=() if rows else ("No answer of this period has a price.",))


def _categories(marts: Marts, period: Period) -> Section:
    title = "Categories"
    if lacks := marts.lacks("conversation_categories"):
        return Section(title, missing=lacks)
    rows = marts.rows(
        """
        with labelled as (
            select kind, value, categories.conversation_id, conversations.person_id
            from conversation_categories as categories
            inner join conversations on categories.conversation_id = conversations.conversation_id
            where conversations.first_local_day between $1 and $2 and kind in ('topic', 'intent', 'sentiment')
        ),
        sizes as (select kind, count(distinct conversation_id) as labelled from labelled group by kind)
        select labelled.kind, value, count(distinct conversation_id) as conversations,
            count(distinct person_id) as people, max(sizes.labelled) as labelled
        from labelled inner join sizes on labelled.kind = sizes.kind
        group by labelled.kind, value order by labelled.kind, conversations desc, value""",
        period.first,
        period.last,
    )
    kept = [row for row in rows if row["people"] >= FEWEST_PEOPLE]
    for row in kept:
        row |= {"rate": share(row["conversations"], row["labelled"]), "value": row["value"].replace("_", " ")}
    columns = (("kind", "kind", "text"), ("value", "category", "text"), ("conversations", "conversations", "count"),
               ("labelled", "of labelled", "count"), ("rate", "share", "share"))  # fmt: skip
    note = "A conversation may have several topics, so shares may add up to more than 100 %."
    hidden = len(rows) - len(kept)
    notes = (f"{hidden} categories of fewer than {FEWEST_PEOPLE} people are not shown.",) if hidden else ()
    if not rows:
        return Section(title, notes=("No conversation of this period is labelled.",))
    return Section(title, tables=(table("categories", "By category", columns, kept, note=note),), notes=notes)


def _languages(marts: Marts, period: Period) -> Section:
    rows = marts.rows(
        """select coalesce(language, 'unknown') as language, count(*) as conversations,
            count(distinct person_id) as people, sum(case when is_handed_over then 1 else 0 end) as handed
        from conversations where first_local_day between $1 and $2 group by 1 order by 2 desc, 1""",
        period.first,
        period.last,
    )
    for row in rows:
        row |= {"rate": share(row["handed"], row["conversations"]), "people": few(row["people"])}
    columns = (("language", "language", "text"), ("conversations", "conversations", "count"),
               ("people", "people", "count"), ("handed", "handed over", "count"),
               ("rate", "handed over / conversations", "share"))  # fmt: skip
    notes = () if rows else ("There was no conversation in this period.",)
    return Section("Languages", tables=(table("languages", "By language", columns, rows),) if rows else (), notes=notes)
