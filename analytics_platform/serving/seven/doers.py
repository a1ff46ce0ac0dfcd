"""People who are named by what they do or where they belong: "viewers", a cohort, the roster. Pure.

Does not live here: what holds of people (``groups``).
"""

import re

_VERB = (
    r"(?:(?:have|has|had|did|are|is|were|was|not|also|then|later|ever|who|that) )*(?:completed|started"
    r"|watched|viewed|used|use|talk\w*|chat\w*"
    r"|convers\w*|answered|gave|wrote|sent|rated|active|seen|came|at risk|silent)\b"
)
_SHARE_OF_COHORT = re.compile(rf"\bshare of (?:the )?(§cohort\d+) (?:people )?(?:who |that |(?!completed))(?={_VERB})")
# Who does something, by a noun: "what share of viewers also completed lesson 2".
_DOERS = {
    "viewers": "watched videos",
    "conversations people": "conversed",
    "bot people": "conversed",
    "chatters": "conversed",
    "app people": "used the app",
}
_OF_DOERS = re.compile(
    rf"\b((?:share|many|out|part)? ?of (?:the |all |our |those )*)({'|'.join(_DOERS)}) (?:who |that"
    rf" )?(?={_VERB}|what share|how many)"
)
_ROSTER = re.compile(r"\bshare of (?:the |our )?roster(?: who| that)?\b")


def with_people(text: str) -> str:
    """ "What share of viewers also completed …": of people who watched videos."""
    text = _SHARE_OF_COHORT.sub(r"share of people in \1 who ", text)
    text = _OF_DOERS.sub(lambda hit: f"{hit[1]}people who {_DOERS[hit[2]]} ", text)
    return _ROSTER.sub("share of people on the roster who", text)
