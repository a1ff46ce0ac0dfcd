"""Where statements are forwarded to, and which: targets and their rules, from one YAML file.

A statement goes to a target when one of the target's rules takes it; a target without rules gets everything. A rule
matches when each of its keys matches; a key matches when one of its patterns does; ``*`` is a wildcard. A wrong file
stops the start. Does not live here: sending (``sending``).
"""

import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from analytics_platform.collector.browser import agent_of, verb_of
from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.xapi.agents import identities
from analytics_platform.collector.xapi.statements import PLACES
from analytics_platform.errors import SettingsError

_STRICT = ConfigDict(extra="forbid", frozen=True)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Rule(BaseModel):
    """Verbs, activities and agents, each by its name or a pattern; what is left out is anything."""

    model_config = _STRICT
    verb: tuple[str, ...] = ()  # an IRI, or the last part of one of ADL's
    activity: tuple[str, ...] = ()  # the object, or an activity of the context
    agent: tuple[str, ...] = ()  # the actor, or the object: an address, homePage|name

    @field_validator("verb", "activity", "agent", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("agent")
    @classmethod
    def _agents(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(agent_of(text) for text in value)
        except Invalid as error:
            raise ValueError(error.why) from None

    @field_validator("verb")
    @classmethod
    def _verbs(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(verb_of(text) for text in value)

    def takes(self, statement: dict[str, Any]) -> bool:
        return (
            _fits(self.verb, [statement["verb"]["id"]])
            and _fits(self.activity, _activities(statement))
            and _fits(self.agent, [*identities(statement["actor"]), *_object_agents(statement)])
        )


class Target(BaseModel):
    """One LRS. ``start`` says what a new target gets of what is stored already."""

    model_config = _STRICT
    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,40}$")
    url: str
    user: str = ""
    password_file: Path | None = None
    start: Literal["beginning", "now"] = "beginning"
    rules: tuple[Rule, ...] = ()

    @field_validator("url")
    @classmethod
    def _encrypted(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.username or parts.password:
            raise ValueError("must not have a password: name the user, and the file of the password")
        if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            return value.rstrip("/").removesuffix("/statements") + "/"
        raise ValueError("must start with https:// (plain http only to this machine)")

    def takes(self, statement: dict[str, Any]) -> bool:
        return not self.rules or any(rule.takes(statement) for rule in self.rules)

    @property
    def queue(self) -> str:
        """The name of its place in the store, of its pump, and of who is said to have been refused by it."""
        return f"forward-{self.name}"

    def password(self) -> str:
        if self.password_file is None:
            return ""
        try:
            return self.password_file.read_text("utf-8").strip()
        except OSError as error:
            raise SettingsError(f"The password file of target {self.name} cannot be read: {error.strerror}.") from None


class _File(BaseModel):
    model_config = _STRICT
    targets: tuple[Target, ...]

    @model_validator(mode="after")
    def _names_differ(self) -> "_File":
        if len({target.name for target in self.targets}) < len(self.targets):
            raise ValueError("two targets have the same name")
        return self


def load_targets(file: str) -> tuple[Target, ...]:
    """The targets of COLLECTOR_FORWARD_FILE; none where it is not set."""
    if not file:
        return ()
    try:
        return _File.model_validate(yaml.safe_load(Path(file).read_text("utf-8"))).targets
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(f"COLLECTOR_FORWARD_FILE {file} cannot be read as YAML: {error}.") from None
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise SettingsError(f"COLLECTOR_FORWARD_FILE {file} is no list of targets: {problems}.") from None


def _fits(patterns: tuple[str, ...], values: list[str]) -> bool:
    return not patterns or any(_matcher(pattern)(value) for pattern in patterns for value in values)


def _matcher(pattern: str) -> Any:
    return re.compile(re.escape(pattern).replace(r"\*", ".*"), re.DOTALL).fullmatch  # re keeps what it has compiled


def _activities(statement: dict[str, Any]) -> list[str]:
    target, places = statement["object"], statement.get("context", {}).get("contextActivities", {})
    own = [target["id"]] if target.get("objectType", "Activity") == "Activity" else []
    return own + [activity["id"] for place in PLACES for activity in places.get(place, ())]


def _object_agents(statement: dict[str, Any]) -> list[str]:
    target = statement["object"]
    return identities(target) if target.get("objectType") in ("Agent", "Group") else []
