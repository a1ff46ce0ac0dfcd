"""Activities, their definitions and interactions: the rules.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.4.1
"""

from typing import Any

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.xapi.primitives import extensions, iri, language_map, text
from analytics_platform.collector.xapi.rules import items, one_of, properties

# Which lists of components go with which type: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.4.1.s9
COMPONENTS: dict[str, tuple[str, ...]] = {
    "true-false": (),
    "choice": ("choices",),
    "fill-in": (),
    "long-fill-in": (),
    "matching": ("source", "target"),
    "performance": ("steps",),
    "sequencing": ("choices",),
    "likert": ("scale",),
    "numeric": (),
    "other": (),
}
_LISTS = ("choices", "scale", "source", "target", "steps")


def _components(value: Any) -> None:
    """Ids within a list are distinct: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.4.1.s16"""
    _component_list(value)
    ids = [component["id"] for component in value]
    if len(set(ids)) != len(ids):
        raise Invalid("must have components with different ids")


_component_list = items(properties({"id": text, "description": language_map}, required=("id",)))


def _fitting_interaction(value: dict[str, Any]) -> None:
    kind = value.get("interactionType")
    if kind is None:
        for name in ("correctResponsesPattern", *_LISTS):
            if name in value:
                raise Invalid(f"is missing, and {name} needs it", "interactionType")
        return
    for name in _LISTS:
        if name in value and name not in COMPONENTS[kind]:
            raise Invalid(f"does not belong to an interaction of type {kind}", name)


definition = properties(
    {
        "name": language_map,
        "description": language_map,
        "type": iri,
        "moreInfo": iri,
        "extensions": extensions,
        "interactionType": one_of(*COMPONENTS),
        "correctResponsesPattern": items(text),
        **dict.fromkeys(_LISTS, _components),
    },
    extra=_fitting_interaction,
)

activity = properties({"objectType": one_of("Activity"), "id": iri, "definition": definition}, required=("id",))
