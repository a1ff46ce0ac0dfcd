"""Agents and groups: the rules, and the one text by which an agent is known.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.2
Does not live here: persons (the platform joins identities last, in its marts).
"""

from typing import Any

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.xapi.primitives import fail_type, iri, mbox, sha1, text
from analytics_platform.collector.xapi.rules import items, one_of, properties

IDENTIFIERS = ("account", "mbox", "mbox_sha1sum", "openid")

# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.2.4.s2
_ACCOUNT = properties({"homePage": iri, "name": text}, required=("homePage", "name"))

_PARTS = {"name": text, "mbox": mbox, "mbox_sha1sum": sha1, "openid": iri, "account": _ACCOUNT}


def _exactly_one_identifier(value: dict[str, Any]) -> None:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.2.1.s2.b1 and b2"""
    found = [name for name in IDENTIFIERS if name in value]
    if len(found) != 1:
        seen = f"it has {' and '.join(found)}" if found else "it has none"
        raise Invalid(f"must have exactly one of {', '.join(IDENTIFIERS)}; {seen}")


def _identified_or_with_members(value: dict[str, Any]) -> None:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.2.2.s4.b1 and #2.4.2.2.s5.b1"""
    if any(name in value for name in IDENTIFIERS):
        _exactly_one_identifier(value)
    elif not value.get("member"):
        raise Invalid("is missing; a group without an identifier lists its members", "member")


agent = properties({"objectType": one_of("Agent")} | _PARTS, extra=_exactly_one_identifier)

# A member is an agent, never a group: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.2.2.s4.b2
group = properties(
    {"objectType": one_of("Group"), "member": items(agent)} | _PARTS,
    required=("objectType",),
    extra=_identified_or_with_members,
)


def actor(value: Any) -> None:
    """An agent or a group; an agent unless it says otherwise: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.2"""
    if type(value) is not dict:
        raise fail_type(value, "an agent or a group")
    if value.get("objectType") == "Group":
        group(value)
    else:
        agent(value)


def authority(value: Any) -> None:
    """An agent, or an anonymous group of two: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.9.s3.b1"""
    actor(value)
    if value.get("objectType") == "Group":
        if any(name in value for name in IDENTIFIERS):
            raise Invalid("must not be an identified group")
        if len(value["member"]) != 2:
            raise Invalid("must have two members", "member")


def identity(value: dict[str, Any]) -> str | None:
    """The text by which an agent or identified group is known; None for an anonymous group.

    Equal when the identifier is equal: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.3.s1.table1.row3
    """
    account = value.get("account")
    if account is not None:
        return f"account:{account['homePage']}|{account['name']}"
    for name in ("mbox", "mbox_sha1sum", "openid"):
        if name in value:
            return f"{name}:{value[name]}"
    return None


def identities(value: dict[str, Any]) -> list[str]:
    """An agent's identity; for a group its own and its members'."""
    own = identity(value)
    found = [] if own is None else [own]
    if "member" in value:
        found += [known for member in value["member"] if (known := identity(member)) is not None]
    return found
