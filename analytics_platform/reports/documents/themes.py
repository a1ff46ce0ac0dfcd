"""What people write about, by week: the themes of chats and of free answers in the weeks that begin in a period."""

from analytics_platform.reports.documents.document import Section, table
from analytics_platform.reports.documents.marts import Marts
from analytics_platform.reports.documents.periods import Period

_COLUMNS = (("week", "week", "text"), ("source", "in", "text"), ("theme", "theme", "text"), ("texts", "texts", "count"),
            ("people", "people", "count"), ("people_before", "people a week, before", "number"),
            ("change", "change", "number"), ("phrases", "phrases", "text"))  # fmt: skip


def themes(marts: Marts, period: Period) -> Section:
    title = "Themes"
    if lacks := marts.lacks("weekly_themes"):
        return Section(title, missing=lacks)
    rows = marts.rows(
        """select week, source, theme, texts, people, people_before, change, phrases, fewest_people, sampled_share
        from weekly_themes where week_start between $1 and $2 order by week, source, people desc, theme""",
        period.first,
        period.last,
    )
    if not rows:
        return Section(title, notes=("No theme of enough people in a whole week that begins in this period.",))
    for row in rows:
        row["theme"] = row["theme"].replace("_", " ")
        row["phrases"] = (row["phrases"] or "").replace("|", ", ") or None
    note = (
        f"Whole weeks; themes of at least {rows[0]['fewest_people']} people. Change is against the mean of the weeks"
        " before that were read."
    )
    if any(row["sampled_share"] < 1 for row in rows):
        note += " Of many texts a sample was read, so the counts are of the sample."
    return Section(title, tables=(table("themes", "By week", _COLUMNS, rows, note=note),))
