"""As much of Helm's template language as the chart uses: values, pipes, if, range over a map; the rest is an error.

Helm itself (as a library of 75 MB, so no dependency) renders the same: ``test_helm`` compares where it is installed.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

_TAG = re.compile(r"\{\{(-?)\s*(.*?)\s*(-?)\}\}", re.S)
Tokens = list[tuple[str, str]]


def merged(base: Any, over: Any) -> Any:
    """Values files one over the other, as Helm merges them: maps key by key, everything else whole."""
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        return {key: merged(base.get(key), over[key]) if key in over else base[key] for key in {**base, **over}}
    return over


def render(text: str, scope: Mapping[str, Any]) -> str:
    tokens = list(_tokens(text))
    out, rest = _block(tokens, 0, {"$": scope, ".": scope})
    assert rest == len(tokens), "an end without its beginning"
    return out


def documents(text: str, scope: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [found for found in yaml.safe_load_all(render(text, scope)) if found]


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Texts and tags in turn; a dash in a tag takes away the blanks beside it."""
    place, trims = 0, False
    for found in _TAG.finditer(text):
        left, inside, right = found.groups()
        before = text[place : found.start()]
        before = before.lstrip() if trims else before
        yield "text", before.rstrip() if left else before
        yield "tag", inside
        place, trims = found.end(), bool(right)
    yield "text", text[place:].lstrip() if trims else text[place:]


def _block(tokens: Tokens, at: int, names: dict[str, Any] | None) -> tuple[str, int]:
    """Up to the end or else that closes it; without names it is passed over."""
    out = ""
    while at < len(tokens):
        kind, text = tokens[at]
        if kind == "text":
            out += text if names is not None else ""
        elif text in ("end", "else"):
            return out, at
        elif text.startswith("if "):
            piece, at = _if(tokens, at, names)
            out += piece
        elif text.startswith("range "):
            piece, at = _range(tokens, at, names)
            out += piece
        elif names is not None:
            out += _shown(_value(text, names))
        at += 1
    return out, at


def _if(tokens: Tokens, at: int, names: dict[str, Any] | None) -> tuple[str, int]:
    is_true = names is not None and bool(_value(tokens[at][1].removeprefix("if "), names))
    then, at = _block(tokens, at + 1, names if is_true else None)
    other = ""
    if tokens[at][1] == "else":
        other, at = _block(tokens, at + 1, None if is_true else names)
    return then + other, at


def _range(tokens: Tokens, at: int, names: dict[str, Any] | None) -> tuple[str, int]:
    found = re.fullmatch(r"range (\$\w+), (\$\w+) := (.+)", tokens[at][1])
    assert found, tokens[at][1]
    if names is None:
        return _block(tokens, at + 1, None)
    out, end = "", at
    for key, value in sorted(_value(found[3], names).items()):
        piece, end = _block(tokens, at + 1, {**names, found[1]: key, found[2]: value})
        out += piece
    return out, end


def _value(text: str, names: dict[str, Any]) -> Any:
    first, *pipes = (part.strip() for part in text.split("|"))
    value = _term(first, names)
    for pipe in pipes:
        name, _, argument = pipe.partition(" ")
        if name == "nindent":
            value = "\n" + "\n".join(" " * int(argument) + line for line in str(value).splitlines())
        elif name == "default":
            value = value or _term(argument, names)
        else:
            raise AssertionError(f"{pipe} is not known here")
    return value


def _term(text: str, names: dict[str, Any]) -> Any:
    if text.startswith("toYaml "):
        return yaml.safe_dump(_term(text.removeprefix("toYaml "), names), default_flow_style=False).rstrip()
    if text.startswith("eq "):
        one, other = text.removeprefix("eq ").split()
        return _term(one, names) == _term(other, names)
    if text[0] in '"0123456789':
        return yaml.safe_load(text)
    root, *path = text.split(".")
    value = names[root or "."]
    for name in path:
        value = value.get(name)
    return value


def _shown(value: Any) -> str:
    assert value is not None, "a value that is not there would be written as <no value>"
    return str(value).lower() if isinstance(value, bool) else str(value)
