"""Texts that mean something else: Quill deltas kept as JSON, ISO 8601 durations."""

import json
import re

from analytics_platform_tests.reference.landed import part


def plain(told: str | None) -> str | None:
    """The text of a Quill delta that is kept as JSON text; any other text as it is."""
    if told is None or not told.startswith('{"ops"'):
        return told
    try:
        inserts = [part(one, "insert") for one in json.loads(told)["ops"]]
    except (ValueError, KeyError, TypeError):
        return told
    return "".join(one for one in inserts if isinstance(one, str)).strip(" \n\t") or told


def duration(written: str | None) -> float | None:
    """Seconds of an ISO 8601 duration; years and months only where they are none."""
    amount = r"(\d+(?:[.,]\d+)?)"
    form = f"P(?:{amount}Y)?(?:{amount}M)?(?:{amount}W)?(?:{amount}D)?(?:T(?:{amount}H)?(?:{amount}M)?(?:{amount}S)?)?"
    found = re.fullmatch(form, written or "")
    if not found or not any(found.groups()):
        return None
    years, months, *rest = (float(one.replace(",", ".")) if one else 0.0 for one in found.groups())
    if years or months:
        return None
    return sum(one * unit for one, unit in zip(rest, (604800, 86400, 3600, 60, 1), strict=True))
