"""What is said around a question: greetings, politeness, reasons. It asks nothing and is taken away. Pure.

Does not live here: the words of the question (``wording``).
"""

import re

from analytics_platform.serving.seven.shapes import ANY
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
    r"|(?:i|we)(?:'d| would)? (?:really )?(?:like|want|need|plan|have) to (?:write|talk|speak|call|mail|reach"
    r" out|phone|send"
    r" (?:a |an )?\w+)(?: to)?(?= (?:the|all|everyone|those|people|learners)\b)"
    r"|(?:do|does|did) (?:you|anyone|anybody|we|u) (?:happen to )?(?:know|remember|have any idea)"
    r"|(?:any|got any|have you any|do you have any|got an|an) idea|tell me|let me know|remind me|may i (?:know|ask)"
    r"|is it (?:possible|known)(?: to (?:know|see|say|tell))?|help me (?:find|see|understand)|just|curious"
    r"|my (?:boss|manager|ceo|team|colleague)s? (?:asks?|asked|wants? to know|would like to know)(?: me)?(?: about)?"
    r"|for (?:an?|my|the|our|tomorrow's|today's) (?:\w+ )?(?:report|meeting|board|slides?|presentation"
    r"|newsletter|review|stand-?up)\b[ :,]*"
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
    r"|(?:[-–—] )?(?:did|does|has|have) (?:it|this|that|they) (?:go|get|gone|become|rise|risen|fall|fallen"
    r"|grow|grown|change|changed"
    r"|improve|improved)(?: (?:up|down|better|worse|any|over time|at all|or|more|less))*"
    r"|(?:[-–—] )?(?:are|is) (?:we|it|they|this|that) (?:going )?(?:growing|shrinking|up|down|rising|falling|better"
    r"|worse|improving|increasing|decreasing)(?: or \w+)?"
    r"|(?:incl\w*|with|and)(?: the| an?)? (?:\d\d ?% )?(?:interval|range|band)s?)$"
)


_ASIDE = re.compile(
    r"^(?:(?:give|show|make|draw|get|i need|i want) (?:me |us )?)?(?:a |an |the )?(?:quick |short |small |simple )?"
    r"(?:table|list|overview|chart|graph|ranking)s?(?: of| with)?$"
    r"|^(?:i|i'm|i'll|we|we're|my|hi|hello|hey|good (?:morning|afternoon|evening)|thanks?|thank you|cheers"
    r"|sorry|no rush|morning|evening|quick (?:one|question|check)|"
    r"just curious|just the (?:count|number)|asap|for (?:an?|my|the|our|tomorrow's|today's) (?:\w+ )?(?:report"
    r"|meeting|board|slides?|presentation|newsletter|review|stand-?up)|"
    r"selamat \w+|halo|terima kasih|makasih|สวัสดี\w*|ขอบคุณ\w*)\b|\b(?:is|are) (?:fine|ok|okay|enough)$"
    r"|^(?:biggest|most|largest) first$"
)
SENTENCE = re.compile(r"(?<=[\w\])%\"'])\s*(?:[.!?:;]+|\s[-–—]+)(?=\s|$)\s*")


def without_asides(question: str) -> str:
    """ "Good morning! I need to follow up today: who …" without the sentences that ask nothing."""
    parts = [part for part in SENTENCE.split(question) if part.strip()]
    asking = [part for part in parts if not _ASIDE.search(tidy(part)) or _ASKS.search(tidy(part))]
    return question if not asking or len(asking) == len(parts) else " ".join(asking)


_ASKS = re.compile(r"\b(?:who|which|what|when|where|how (?:many|much|long|often)|share|number|list)\b|\d|\"")


_EACH_HAS = re.compile(r"\bhow many ([\w ]+?) (?:does|do|did) (?:each|every) (\w+) (?:have|has|had|get)\b")
_BY_PEOPLE = re.compile(
    r"\b(?:which |what )?(\w+?) (?:were|was|are|is|have been|has been|had been) (\w+) by"
    r" ((?:(?:more|fewer|less) than|at least|at most|over|under|exactly) \d+)"
    r" (?:people|persons|learners|users|students|participants|members)\b"
)
_THEY_HAVE = re.compile(
    r"^(how (?:many|much|often|long)\b.+?) (?:do|does|did) (?:the |our |all )*(models|apps|videos|lessons"
    r"|cohorts|groups|endpoints"
    r"|topics|questions|languages|tiers|models) (?:have|get|cause|receive|produce|make|take|use)\b"
)
_OF_EACH = re.compile(r"\bhow many (?:of|in|from) (?=(?:each|every) (?:cohort|group|team)\b)")
_FIRST_SAID = re.compile(r"^([\w /.-]+? (?:vs\.?|versus|or|and|compared (?:with|to)) [\w /.-]+?) ?[:–—-] +(.+)$")
_MORE_OFTEN = re.compile(r"^who (.+?) more often\b(?=.*(?:\bvs\b|\bversus\b|\bor\b|\band\b|compared))")
_PARTS_OF_DAY = re.compile(r"^(?:(?:in the )?(?:morning|afternoon|evening|night|noon|or|,)\b,? ?)+[:–-] ?")
_IN_UNITS = re.compile(
    r"(?: -| –|,|:) how many (exchanges|messages|minutes|seconds|hours)(?: (?:was|is|did|had|were) (?:it"
    r"|that|they))?(?: have)?$"
)
_QUESTION_FIRST = re.compile(
    r"^(?:(?:the|on|in|for) )*(?:questions? )?(\"[^\"]+\"),?:? (?:questions? )?((?:what|how|who|which) .+)$"
)
_PERSON = r"(?:person|user|learner|student|participant|member|viewer)"
_THINGS = (
    r"(?:answers|responses|views|messages|exchanges|conversations|chats|sessions|visits|lessons"
    r"|activities|ratings|videos|questions)"
)
_BY_MORE = r"(?:per|by|for each|in each|of each|each|every|(?:do|does|did) (?:each|every|the))"
# "How many answers per person", "views per viewer by video": a number of each person, on average.
_PER_PERSON = re.compile(
    rf"^(?:how many|number of|the number of|average) ((?:\w+ )?{_THINGS}(?: \w+)?) per ({_PERSON})\b"
    rf"|^()((?:\w+ )?{_THINGS}(?: \w+)?) per ({_PERSON})\b(?= {_BY_MORE} )"
)
_TYPICAL = re.compile(
    rf"^how many ([\w ]+?) (?:does|do|did|has|have) (?:a|an|the|one|each|every) (?:typical |average |normal"
    rf" |single )?({_PERSON}) (.+)$"
)
_HOW_GO = re.compile(
    r"^how (?:did|has|is) (lesson \w+|the [\w /]+? (?:lesson|cohort|group)|[\w ]+ / [\w]+) (?:go|gone"
    r"|getting on|coming along|faring|doing|done|do)\b"
)
_WHO_MORE = re.compile(r"^who (\w+) more (\w+)(?: on average)?,? (.+ (?:or|vs|versus) .+)$")
_WITH_NUMBER = re.compile(
    rf"^(?:(?:list|show|give|see|the|all|names of|name) )*(?:everyone|everybody|people|members|learners"
    rf"|users|participants|students)(?P<whose>(?: in| of| from) .+?)?"
    rf",? (?:with|and|along with|together with) (?:the |their )?(?:number of|count of|how many)"
    rf" (?P<what>{_THINGS})(?: (?:each(?: of them)?|they)(?: (?P<did>\w+))?)?$"
)
_LEFT = re.compile(
    r"\b(?:dropped out of|gave up(?: on)?|stopped (?:in the middle of|half ?way through|during)|quit"
    r"|abandoned|left) (lesson \w+)\b(?! (?:at|after))"
)
_MORE_IS_MOST = re.compile(
    r"^((?:which|what) \w+ (?:has|have|had|gets?|got|makes?|made|gives?|gave|sees?|uses?|used)) (?:the"
    r" )?(more|fewer|less)\b(?! than)"
)
_HAS_PEOPLE = re.compile(
    r"^how many (?:members|people|learners|users|students|participants) (?:does|do) (?:the )?(.+?) have$"
)
_HOW_LONG_TEXTS = re.compile(
    r"\bhow long (?:are|is|were|was) (?:the |an? |our )*(?:average |typical )?(?=(?:answers?|responses?"
    r"|texts?|comments?)\b)"
)
_PER_FIRST = re.compile(r"^per (\w+),? (.+)$")
_SHARE_LAST = re.compile(r"^(.+?)(?:,| -| –|:) (?:as (?:a )?)?(?:the )?(?:%|percent(?:age)?|share)( of [\w ]+)?$")
_MOSTLY = re.compile(r"\bmost of the time\b")
# "Not … for more than two weeks": not within these days.
_NOT_FOR = re.compile(
    r"(\b(?:not|no|never|nothing|n't|hasn't|haven't|didn't|without)\b.*?) for (?:more than|over|at least|longer"
    r" than) (?=\w+ (?:days?|weeks?|months?)\b)"
)
_NEED_TRIES = re.compile(
    r"^how many (attempts|tries) (?:do|does|did) \w+(?: \w+)? (?:need|take|require)(?: (?:for|on|in|with))?\b"
)
_COST_OF = re.compile(
    r"^(?:what|how much) (?:does|do|did) (?:an?|one|each|every|the average) (conversation|chat|message|exchange)"
    r" (?:really )?cost(?: us)?\b"
    r"(?: on average)?"
)
_BUSY = re.compile(
    r"^(?:which|what) (weekday|day of the week|day|week|month) (?:is|was) (?:usually )?(?:the |our )?(quietest"
    r"|busiest|most active|least active)\b"
)
_WHICH_OF = re.compile(rf"\b(which|what) of (?:the |our |my |your |these |all )+(?=(?:\w+ )?{ANY}\b)")
_FIRST_TO_LAST = re.compile(
    r"\b(?:from|between) (?:the )?(?:(?:very )?first lesson|lesson (?:first|1)) (?:to|and|until) (?:the"
    r" )?last(?: lesson| one)?\b"
)
_AHEAD = re.compile(r"^((?:which|what) (?:of (?:our|the|my) )?(?:\w+ )?(?:cohorts?|teams?|groups?)) (?:is|are)"
r" (?:the )?(?:furthest"
                    r"|farthest|most) (?P<way>ahead|behind|advanced|along)(?: in the course| in"
                    r" lessons)?$")  # fmt: skip
_PEAKED = re.compile(r"\bwhen did (.+?) peak\b")


def without_frames(text: str) -> str:
    """The question without what is said around it."""
    text = _NOT_FOR.sub(r"\1 in the last ", text)
    text = _COST_OF.sub(r"average cost per \1", _NEED_TRIES.sub(r"average number of \1 for", text))
    text = _BUSY.sub(lambda hit: f"which {hit[1]} has the {'least' if hit[2][0] in 'ql' else 'most'} activities", text)
    text = _WHICH_OF.sub(r"\1 ", _FIRST_TO_LAST.sub("over the course", _MOSTLY.sub("most often", _bare(text))))
    text = _AHEAD.sub(lambda hit: f"which cohort is doing {'worst' if hit['way'] == 'behind' else 'best'}", text)
    text = (
        re.sub(r"^(for (?:each|every|all) \w+) ((?!have|has)\w+ .+)$", r"\2 \1", text)
        if text.startswith("for ")
        else text
    )
    text = re.sub(r"^by (\w+) (how many .+)$", r"\2 by \1", text)
    text = _THEY_HAVE.sub(r"\1 by \2", _OF_EACH.sub("how many people in ", text))
    text = _PARTS_OF_DAY.sub("", text)
    text = (
        _LEFT.sub(r"started \1 but not completed it", text)
        if re.match(r"(?:who|how many|which people)", text)
        else text
    )
    text = _MORE_IS_MOST.sub(lambda hit: f"{hit[1]} {'most' if hit[2] == 'more' else 'least'}", text)
    text = _HOW_LONG_TEXTS.sub("average letters of ", _HAS_PEOPLE.sub(r"how many people in \1", text))
    text = re.sub(r"^how many days (?=(?:was|were|did|has|have|is)\b)", "how many different days ", text)
    text = _WHO_MORE.sub(
        lambda hit: f"average number of {hit[1]} {hit[2]} per person by cohort " + hit[3].replace(" or ", " and "),
        _HOW_GO.sub(r"how is \1 going", text),
    )
    text = _WITH_NUMBER.sub(lambda hit: f"{hit['did'] or ''} {hit['what']} by person{hit['whose'] or ''}".strip(), text)
    text = _PER_PERSON.sub(lambda hit: f"average number of {hit[1] or hit[4]} per {hit[2] or hit[5]}", text)
    text = _TYPICAL.sub(
        lambda hit: f"average number of {hit[1]} per {hit[2]} {hit[3].replace('on average', '')}".strip(), text
    )
    text = _QUESTION_FIRST.sub(r"\2 to \1", _FIRST_SAID.sub(r"\2 \1", text))
    text = _IN_UNITS.sub(r" in \1", _MORE_OFTEN.sub(r"share of \1", text))
    text = _SHARE_LAST.sub(r"share\2 \1", _PER_FIRST.sub(r"\2 per \1", text))
    text = _BY_PEOPLE.sub(r"\1 where \3 people \2", text)
    text = _PEAKED.sub(r"when was \1 highest", _EACH_HAS.sub(r"how many \1 by \2", text))
    return _bare(text)


def _bare(text: str) -> str:
    for pattern in (_BEFORE, _AFTER):
        while hit := pattern.search(text):
            if not (rest := f"{text[: hit.start()]}{text[hit.end() :]}".strip()):
                return text
            text = rest
    return text
