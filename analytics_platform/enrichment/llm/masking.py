"""Hides what identifies a person before a text leaves the house: e-mails, phone, account and card numbers.

Does not live here: sending (``llm_client``).
"""

import re

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_EMAIL = re.compile(r"[\w.+'-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b")
_DIGITS = re.compile(r"(?<![\w.])\+?\(?\d(?:[\s().\-/]{0,2}\d){6,22}(?!\w)")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}")
_CARD_LENGTHS = range(13, 20)


def mask(text: str) -> str:
    """The text with [email], [card], [account] and [phone] in place of what they stand for."""
    masked = _EMAIL.sub("[email]", text.translate(_THAI_DIGITS))
    masked = _IBAN.sub("[account]", masked)
    return _DIGITS.sub(_number, masked)


def _number(match: re.Match[str]) -> str:
    found = match.group()
    digits = re.sub(r"\D", "", found)
    if _DATE.fullmatch(found.strip()):
        return found
    if len(digits) in _CARD_LENGTHS and _passes_luhn(digits):
        return "[card]"
    if found.startswith("+") or (digits.startswith(("0", "62", "66")) and len(digits) <= 14):
        return "[phone]"
    return "[account]" if len(digits) >= 8 else "[phone]"


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
