"""The three formats of statements that are read: exact, ids, canonical.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.3.s1.table1.row12
Exact is the stored text and needs no code here. Does not live here: which definition is canonical (``known``).
"""

from collections.abc import Callable
from typing import Any

from analytics_platform.collector.xapi.agents import IDENTIFIERS
from analytics_platform.collector.xapi.statements import PLACES

Statement = dict[str, Any]


def ids_only(statement: Statement) -> Statement:
    """Only what identifies agents, verbs and activities."""
    reduced = {**statement, "actor": _agent_ids(statement["actor"]), "verb": {"id": statement["verb"]["id"]}}
    reduced["object"] = _object(statement["object"], ids_only, _agent_ids, _activity_id)
    if "context" in statement:
        reduced["context"] = _context(statement["context"], _agent_ids, _activity_id)
    if "authority" in statement:
        reduced["authority"] = _agent_ids(statement["authority"])
    return reduced


def canonical(statement: Statement, languages: list[str], definition_of: Callable[[str], Statement]) -> Statement:
    """Canonical definitions, each language map cut down to one language.

    https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.3.s4
    """

    def activity(value: Statement) -> Statement:
        known = definition_of(value["id"]) | value.get("definition", {})
        return {**value, "definition": _one_language(known, languages)} if known else value

    def whole(value: Statement) -> Statement:
        changed = {**value, "verb": _one_language(value["verb"], languages)}
        changed["object"] = _object(value["object"], whole, _as_it_is, activity)
        if "context" in value:
            changed["context"] = _context(value["context"], _as_it_is, activity)
        if "attachments" in value:
            changed["attachments"] = [_one_language(file, languages) for file in value["attachments"]]
        return changed

    return whole(statement)


_MOST_LANGUAGES, _LONGEST_HEADER = 32, 1000


def preferred_languages(header: str | None) -> list[str]:
    """Tags of an Accept-Language header, best first; the first ones of an endless one."""
    weighed = []
    for number, part in enumerate((header or "")[:_LONGEST_HEADER].split(",", _MOST_LANGUAGES)[:_MOST_LANGUAGES]):
        tag, _, parameters = part.partition(";")
        weight = parameters.strip().removeprefix("q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            quality = 0.0
        if tag.strip() and quality > 0:
            weighed.append((-quality, number, tag.strip().lower()))
    return [tag for _, _, tag in sorted(weighed)]


def _one_language(value: Any, languages: list[str], name: str = "") -> Any:
    if name == "extensions" or not isinstance(value, (dict, list)):
        return value
    if isinstance(value, list):
        return [_one_language(item, languages) for item in value]
    if name in ("display", "name", "description") and value:
        return _best(value, languages)
    return {key: _one_language(item, languages, key) for key, item in value.items()}


def _best(words: dict[str, str], languages: list[str]) -> dict[str, str]:
    """The wanted tag, else one of its language. The tags are looked at once, however many languages are wanted."""
    exact: dict[str, str] = {}
    primary: dict[str, str] = {}
    for tag in words:
        exact.setdefault(tag.lower(), tag)
        primary.setdefault(tag.lower().split("-")[0], tag)
    for wanted in [*languages, "en-us", "en"]:
        language = wanted.split("-")[0]
        found = next(iter(words)) if wanted == "*" else None
        if language == wanted and wanted in primary:
            found = primary[wanted]  # "de" is answered by the first of de, de-AT …
        found = found or exact.get(wanted) or primary.get(language)
        if found is not None:
            return {found: words[found]}
    return dict([next(iter(words.items()))])


def _as_it_is(value: Statement) -> Statement:
    return value


def _activity_id(value: Statement) -> Statement:
    return {"id": value["id"]}


def _agent_ids(value: Statement) -> Statement:
    """For an anonymous group the least that identifies each member."""
    kept = {name: value[name] for name in ("objectType", *IDENTIFIERS) if name in value}
    if "member" in value and not any(name in value for name in IDENTIFIERS):
        kept["member"] = [_agent_ids(member) for member in value["member"]]
    return kept


def _object(
    value: Statement,
    substatement: Callable[[Statement], Statement],
    agent: Callable[[Statement], Statement],
    activity: Callable[[Statement], Statement],
) -> Statement:
    kind = value.get("objectType", "Activity")
    if kind == "SubStatement":
        return substatement(value)
    if kind in ("Agent", "Group"):
        return agent(value)
    return activity(value) if kind == "Activity" else value


def _context(
    value: Statement, agent: Callable[[Statement], Statement], activity: Callable[[Statement], Statement]
) -> Statement:
    changed = dict(value)
    for name in ("instructor", "team"):
        if name in value:
            changed[name] = agent(value[name])
    for several, one in (("contextAgents", "agent"), ("contextGroups", "group")):
        if several in value:
            changed[several] = [{**item, one: agent(item[one])} for item in value[several]]
    if "contextActivities" in value:
        places = value["contextActivities"]
        changed["contextActivities"] = {
            name: [activity(item) for item in places[name]] for name in PLACES if name in places
        }
    return changed
