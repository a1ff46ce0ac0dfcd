"""Parameters of xAPI requests, held to the rules of the same values in statements.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.2.s4.b4
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import orjson

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.xapi import agents
from analytics_platform.collector.xapi.agents import identity
from analytics_platform.collector.xapi.primitives import iri, is_language, moment, uuid

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Parameters:
    """The parameters of one request; what is read with a wrong form raises Invalid with the parameter's name."""

    def __init__(self, values: dict[str, str], allowed: frozenset[str]) -> None:
        for name in values:
            if name not in allowed:
                # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#3.2.s3.b2
                raise Invalid("is no parameter of this resource (case counts)", name[:80])
        self.values = values

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def need(self, name: str) -> str:
        value = self.values.get(name)
        if not value:
            raise Invalid("is missing", name)
        return value

    def iri(self, name: str) -> str | None:
        return self._read(name, _checked(iri))

    def uuid(self, name: str) -> str | None:
        return self._read(name, lambda value: _checked(uuid)(value).lower())

    def moment(self, name: str) -> int | None:
        """As microseconds since 1970."""
        return self._read(name, lambda value: (moment(value) - _EPOCH) // timedelta(microseconds=1))

    def flag(self, name: str) -> bool:
        value = self.values.get(name, "false")
        if value not in ("true", "false"):
            raise Invalid("must be true or false", name)
        return value == "true"

    def natural(self, name: str) -> int:
        value = self.values.get(name, "0")
        if not value.isascii() or not value.isdecimal() or len(value) > 18:
            raise Invalid("must be a whole number, 0 or more", name)
        return int(value)

    def agent(self, name: str) -> dict[str, Any] | None:
        """An agent or an identified group."""
        return self._read(name, _agent)

    def _read(self, name: str, read: Callable[[str], T]) -> T | None:
        if name not in self.values:
            return None
        try:
            return read(self.values[name])
        except Invalid as error:
            error.within(name)
            raise


def language_header(value: str | None) -> None:
    """A wrong Accept-Language is refused, as a wrong language tag anywhere is."""
    for part in (value or "")[:1000].split(",")[:32]:
        tag = part.partition(";")[0].strip()
        if tag and tag != "*" and not is_language(tag):
            raise Invalid(f"Accept-Language has {tag[:40]!r}, which is no language tag.")


def _checked(rule: Callable[[Any], None]) -> Callable[[str], str]:
    def read(value: str) -> str:
        rule(value)
        return value

    return read


def _parsed(value: str) -> Any:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        raise Invalid("must be an agent as JSON") from None


def _agent(value: str) -> dict[str, Any]:
    parsed: dict[str, Any] = _parsed(value)
    agents.actor(parsed)
    if identity(parsed) is None or "\0" in (identity(parsed) or ""):
        raise Invalid("must have an identifier")
    return parsed
