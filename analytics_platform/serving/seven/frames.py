"""What is said around a question: greetings, politeness, reasons. It asks nothing and is taken away. Pure.

Does not live here: the words of the question (``wording``).
"""

import re

from analytics_platform.serving.seven.wording import tidy

# What people say around a question: "could you please tell me …", "I was wondering …", "… by any chance".
_BEFORE = re.compile(
    r"^(?:(?:hi|hello|hey|ok|okay|so|well|please|pls|kindly|um+|quick question|question|good morning"
    r"|dear seven|seven)\b[ :,]*"
    r"|(?:could|can|would|will) (?:you|u|i|we) (?:please |kindly |maybe |perhaps )?(?:tell|give|show|list"
    r"|help|inform|check|find out|see|know|get)"
    r"(?: me| us)?(?: know| with| see| find out| understand| what| whether)?(?= )(?: (?:whether|if|please|about))?"
    r"|(?:i|we)(?:'d| would)? (?:really )?(?:like|love|want|need|wish)(?: you)? to (?:know|see|find out"
    r"|understand|learn|check|tell me)"
    r"|(?:i|we)(?:'m| am| was| were|'re| are) (?:just )?(?:wondering|curious|interested"
    r"|trying to find out|looking for)"
    r"(?: in| to know| about| to see)?"
    r"|(?:do|does|did) (?:you|anyone|anybody|we|u) (?:happen to )?(?:know|remember|have any idea)"
    r"|(?:any|got any|have you any|do you have any|got an|an) idea|tell me|let me know|remind me|may i (?:know|ask)"
    r"|is it (?:possible|known)(?: to (?:know|see|say|tell))?|help me (?:find|see|understand)|just|curious"
    r"|my (?:boss|manager|ceo|team|colleague)s? (?:asks?|asked|wants? to know|would like to know)(?: me)?(?: about)?"
    r"|for (?:a|my|the|our) (?:report|meeting|board|slides?|presentation)\b[ :,]*"
    r"|(?:boleh|bolehkah|bisa|bisakah|tolong|mohon|coba)(?: (?:minta|saya|kami|aku|tahu|beri tahu|kasih tahu|info))*"
    r"|(?:just )?wondering)(?: (?:please|whether|if))?(?=\s|$)\s*"
)
_AFTER = re.compile(
    r"\s+(?:at all|just the (?:count|number)|is fine|so much|very much|that's all|biggest first"
    r"|(?:the )?most first|please|pls|thanks|thank you|thx|for me|by any chance|if possible|do you know"
    r"|you know|would you know|though|"
    r"exactly|approximately|roughly|again"
    r"|(?:so (?:that )?|because )?(?:i|we) (?:want|need|plan|can|could|have|will) to (?:call|contact|phone|mail"
    r"|reach|talk|speak|follow|write|thank|invite|remind)\b.*|so (?:that )?(?:i|we) can\b.*"
    r"|(?:[-–—] )?(?:are|is) (?:we|it|they|this|that) (?:going )?(?:growing|shrinking|up|down|rising|falling|better"
    r"|worse|improving|increasing|decreasing)(?: or \w+)?"
    r"|(?:incl\w*|with|and)(?: the| an?)? (?:\d\d ?% )?(?:interval|range|band)s?)$"
)


_ASIDE = re.compile(
    r"^(?:i|i'm|i'll|we|we're|my|hi|hello|hey|good (?:morning|afternoon|evening)|thanks?|thank you|cheers"
    r"|sorry|no rush|"
    r"just curious|just the (?:count|number)|asap|for (?:a|my|the|our) (?:report|meeting|board|slides?|presentation)|"
    r"selamat \w+|halo|terima kasih|makasih|สวัสดี\w*|ขอบคุณ\w*)\b|\b(?:is|are) (?:fine|ok|okay|enough)$"
    r"|^(?:biggest|most|largest) first$"
)
_SENTENCE = re.compile(r"(?<=[\w\])%\"'])\s*(?:[.!?:;]+|\s[-–—]+)(?=\s|$)\s*")


def without_asides(question: str) -> str:
    """ "Good morning! I need to follow up today: who …" without the sentences that ask nothing."""
    parts = [part for part in _SENTENCE.split(question) if part.strip()]
    asking = [part for part in parts if not _ASIDE.search(tidy(part)) or _ASKS.search(tidy(part))]
    return question if not asking or len(asking) == len(parts) else " ".join(asking)


_ASKS = re.compile(r"\b(?:who|which|what|when|where|how (?:many|much|long|often)|share|number|list)\b|\d|\"")


_EACH_HAS = re.compile(r"\bhow many ([\w ]+?) (?:does|do|did) (?:each|every) (\w+) (?:have|has|had|get)\b")
_BY_PEOPLE = re.compile(
    r"\b(?:which |what )?(\w+?) (?:were|was|are|is|have been|has been|had been) (\w+) by"
    r" ((?:(?:more|fewer|less) than|at least|at most|over|under|exactly) \d+)"
    r" (?:people|persons|learners|users|students|participants|members)\b"
)
_PEAKED = re.compile(r"\bwhen did (.+?) peak\b")


def without_frames(text: str) -> str:
    """The question without what is said around it."""
    text = (
        re.sub(r"^(for (?:each|every|all) \w+) ((?!have|has)\w+ .+)$", r"\2 \1", text)
        if text.startswith("for ")
        else text
    )
    text = re.sub(r"^by (\w+) (how many .+)$", r"\2 by \1", text)
    text = _BY_PEOPLE.sub(r"\1 where \3 people \2", text)
    text = _PEAKED.sub(r"when was \1 highest", _EACH_HAS.sub(r"how many \1 by \2", text))
    for pattern in (_BEFORE, _AFTER):
        while hit := pattern.search(text):
            if not (rest := f"{text[: hit.start()]}{text[hit.end() :]}".strip()):
                return text
            text = rest
    return text
