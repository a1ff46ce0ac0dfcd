"""How a table of rules is walked: properties by name, lists, choices. Unknown properties are refused.

A rule takes a value and raises Invalid. The path of an error is put together while it travels outwards, so a good
statement pays nothing for it. Does not live here: any rule of xAPI but the one on unknown properties.
"""

from collections.abc import Callable, Mapping
from typing import Any

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.xapi.primitives import fail_type

Rule = Callable[[Any], None]


def properties(table: Mapping[str, Rule], required: tuple[str, ...] = (), extra: Rule | None = None) -> Rule:
    """An object whose properties are those of the table: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.2.s4.b1.b7

    ``extra`` is a rule on the object as a whole, asked after its parts.
    """

    def check(value: Any) -> None:
        if type(value) is not dict:
            raise fail_type(value, "an object")
        for name in required:
            if name not in value:
                raise Invalid("is missing", name)
        key = ""
        try:
            for key, item in value.items():
                table[key](item)
        except KeyError:
            raise Invalid("is no property that xAPI knows here (case counts)", key) from None
        except Invalid as error:
            error.within(key)
            raise
        if extra is not None:
            extra(value)

    return check


def items(rule: Rule, least: int = 0) -> Rule:
    """A list whose items all keep a rule."""

    def check(value: Any) -> None:
        if type(value) is not list:
            raise fail_type(value, "an array")
        if len(value) < least:
            raise Invalid(f"must have at least {least} item(s)")
        for number, item in enumerate(value):
            try:
                rule(item)
            except Invalid as error:
                error.within(number)
                raise

    return check


def one_of(*words: str) -> Rule:
    """One of some words; case counts: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.2.s4.b1.b6"""
    allowed = frozenset(words)

    def check(value: Any) -> None:
        if type(value) is not str or value not in allowed:
            raise fail_type(value, f"one of {', '.join(words)}")

    return check
