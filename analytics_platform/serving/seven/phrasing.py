"""A question as people put it, in the form that the readers know: yes or no, more at the end, several sentences. Pure.

"Is haiku slower than gpt-4o-mini" asks for the latency of both; "…, and in which languages" is "by language". Tried
only where the question as it stands is not understood. Does not live here: greetings (``frames``), single words
(``plainly``).
"""

import re
from collections.abc import Iterator

from analytics_platform.serving.seven.frames import SENTENCE, without_frames
from analytics_platform.serving.seven.shapes import ANY
from analytics_platform.serving.seven.wording import tidy

_NOUN = rf"(?:teams?|class(?:es)?|{ANY})"
_LINKS = (
    r"(?: (?:are|is|were|was|do|did|does|have|has|had|they|it|that|those|these|come|came|from|in|to|on|mostly|of"
    r"|the|them"
    r"|belong|used?|got|there|about|most|most often))*"
)
_BY_TAIL = re.compile(
    rf"[ ,;–-]+(?:and |also )?(?:in |by |of |from |for |per |on |at )?(?:which|what) ({_NOUN}){_LINKS}$"
)
_RANK_TAIL = re.compile(
    rf"[ ,;–-]+(?:and )?(?:which|what) ({_NOUN}) (?:is|are|has|have|was|were|had|comes?|got) (?:the )?"
    r"(?:most|least|highest|lowest|best|worst|top|biggest|smallest|first|last|ahead|behind|\w{3,}est)\b.*$"
)
_SPLIT_BY = re.compile(
    r"[ ,;–-]+(?:(?:please )?(?:split|broken|break|group|grouped|separated?|sort|sorted|divided?|listed|shown"
    r"|show|itemi[sz]ed)"
    r"(?: (?:it|them|that|this|up|out|down|apart))*) (?:by|per|into) (?:the )?"
)
_COMPARED = re.compile(
    r"[ ,;–-]+(?:and )?how (?:does|do|did|is|was) (?:that|this|it|they|those) (?:compare[ds]?|look|looking)"
    r" (?:to|with|against|compared to)"
)
_BEFORE_LAST = re.compile(
    r"\b(last (week|month)\b.{0,80}?\b(?:compared(?: to| with)?|than|versus|vs|against|and|or)(?: in)? the \2"
    r" before)\b(?! last)"
)
_ALSO = re.compile(r"[ ,;–-]+(?:and )?(?:please )?(?:add|include|including|incl|with|plus|along with) (?:the |their )?"
                   r"(?:numbers?|counts?|names?|dates?|totals?|percentages?)(?: too| as well)?$")  # fmt: skip
_WHO_ANY = re.compile(
    r"^(?:and )?(?:has|have|had|did|does|do|is|are|was|were) (?:anyone|anybody|somebody|someone|any (?:of"
    r" )?(?:the |our |my )*"
    r"(?:people|persons?|learners?|users?|students?|participants?|members?))\b(?: (?:else|here|there|already|yet))*"
)
_ANY_OF = re.compile(
    r"^(?:and )?(?:any|(?:are|were|is|was) there(?: any| an?| still| been| some)*|have there been(?: any)?"
    r"|(?:did|do|have) (?:we|you|they)"
    r" (?:still )?(?:get|have|see|receive|got|had|seen|notice|find|found)(?: any| some| an?)?|(?:have |got )any) "
)
_MEASURES = {
    "slower": "average latency", "faster": "average latency", "quicker": "average latency", "cheaper": "cost",
    "more expensive": "cost", "pricier": "cost", "dearer": "cost", "less expensive": "cost",
    "more popular": "number of views", "more positive": "share of positive answers",
    "more negative": "share of negative answers", "happier": "average rating", "better rated": "average rating",
    "worse rated": "average rating", "more active": "number of activities", "less active": "number of activities",
    "harder": "share of wrong answers", "easier": "share of right answers",
    "more error-prone": "error rate", "more reliable": "error rate", "less reliable": "error rate",
    "longer": "average time", "shorter": "average time", "further": "completion rate",
    "further ahead": "completion rate",
    "more punctual": "share completed on time",
}  # fmt: skip
_THAN = re.compile(
    rf"^(?:and )?(?:is|are|was|were|does|do|did) (.+?) (?:any |much |a bit )?({'|'.join(_MEASURES)})\b(.*?)"
    rf" (?:than|or) (?:is |are |the )?(.+)$"
)
_DO_MORE = re.compile(
    r"^(?:and )?(?:does|do|did|have|has) (.+?) (\w+) (?:any |many |much )?(?:more|fewer|less) (\w+(?: \w+)?) than (.+)$"
)
_SAME = re.compile(
    rf"^(?:and )?(?:is|are|was|were) (?:the )?(.+?) (?:(?:roughly |about )?the same|different|equal|similar"
    rf"|equally \w+|alike)"
    rf" (?:for|in|at|across|between|among|over|on|with) (?:all |every |each |the |our |my |different )*({_NOUN})\b.*$"
)
_UP = re.compile(
    r"^(?:and )?(?:is|are|was|were|does|do|did|has|have) (?:the |our )?(.+?) (?:gone|going|go|went|been|getting)?"
    r" ?(?:up|down|better|worse|higher|lower|rising|falling|risen|fallen|growing|grown|shrinking|shrunk"
    r"|improving|improved"
    r"|increasing|increased|decreasing|decreased|declining|declined|rise|fall|grow|improve|increase|decrease"
    r"|drop(?:ped|ping)?)"
    r"(?: or (?:not|down|up|lower|higher|better|worse|falling|less))?(?: over time)?(?P<rest>.*)$"
)
_SPREAD_OVER = re.compile(
    rf"^(?:what(?: is|'s)? |how is |show |list )?(?:the )?(?:distribution|spread|breakdown|split) of (?:the |our"
    rf" |all )?(.+?)"
    rf" (?:over|across|by|among|between|per) (?:the |all |our )*(?=(?:{_NOUN})\b)({_NOUN}\b.*)$"
)
_FROM_START = re.compile(
    r"\b(?:to go |to get |takes? )?(?:from|between) (?:the )?(?:start|open|begin)\w*(?: with)?(?: of)? ((?:the "
    r"|an? )?lesson(?: \w+)?)"
    r" (?:to|and|until|till) (?:the )?(?:finish|complet|end)\w*(?: (?:of )?(?:it|the lesson|them))?"
)
_PEOPLE = r"(?:people|viewers|learners|users|they|students|participants|members)"
_PLAIN = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"\b(?:chat|chatbot|bot) (?:users|people|learners)\b", "people conversed"),
        (r"^what (?:do|did|does|are) (?:the )?(?:people|learners|users|students|participants|members)((?: (?:in"
        r"|of|from) .+?)?)"
         r" (?:write|writing|wrote|say|saying) about(?: the)?(?: most| mostly)?\b", r"themes of the answers\1"),
        (r"\b(themes|topics) (?:are |is )?(?:typical|characteristic) (?:of|for)\b", r"\1 of"),
        (r"\bin (?:more than one|several|multiple|two) languages?\b", "multilingual"),
        (r"^(?:give |show |list |name |the |me )*(?:top )?(\d+|two|three|four|five|ten) (?:people|learners|users"
        r"|students"
         r"|participants|viewers) with (?:the )?most (.+)$", r"top \1 learners by number of \2"),
        (r"\b(?:produc|generat|creat|caus)(?:es?|ed|ing) (?:the )?(most|more|fewest|least)\b", r"has the \1"),
        (r"\bpass(?:ing)? rates?\b", "share passed"),
        (rf"^how far (?:do|did|does) {_PEOPLE} (?:get|watch|go|come)(?: in| into| through| with)? (.*\b(?:video"
        rf"|clip)\b.*)$",
         r"average percent watched of \1"),
        (rf"^how much of (.*?\b(?:video|clip)\b.*?) (?:do|did|does|is|was) (?:{_PEOPLE} )?(?:usually"
        rf" )?(?:watch(?:ed)?|see|seen)\b",
         r"average percent watched of \1"),
        (r"\b(themes|topics)(?: that)? (?:grew|rose|increased|gained)(?: the)? most\b", r"growing \1"),
        (r"\bgrowing (themes|topics)(.*?) (?:this week|in the last (?:7|seven) days|recently"
        r"|lately)\b", r"growing \1\2"),
        (r"^(?:do|does|did|are|is|were|was) (.+?) (?:get |become |end up |being )?((?:handed|passed) (?:over|on)"
        r"|abandoned|regenerated"
         r"|completed|failed|wrong|right|negative|positive|late|on time) more often than (.+?)(?: ones)?$",
         r"share of \2 \1 and \3"),
    )
)  # fmt: skip
_QUOTES = re.compile(r"\b(?:quotes?|quotations?|verbatims?|citations?)\b")
_STATES = re.compile(r"^(?:it|that|this|they|these|those|there|we|i|he|she|our|my)\b")
_ASKS = re.compile(
    r"^(?:and |so |but |then |please |pls |or )*(?:who|whom|whose|what|what's|which|when|where|why|how|is|are"
    r"|was|were|do|does|did|has|have|had"
    r"|can|could|will|would|any|list|show|give|tell|name|count|number|share|compare|find|in which|in what|on"
    r" which|at which|at what"
    r"|by|for which|average|median|top|total|percentage)\b"
)
_EMPTY = re.compile(
    r"\b(?:what|do|does|did|we|you|know|about|it|that|this|is|are|was|happened|can|could|say|tell|me|us|why|then"
    r"|there|anything|to"
    r"|the|give|list|names?|and|lessons?|they|are|have|stuck|in|longest|shortest|silence|first|i|please|phone"
    r"|with|of|for|reason|cause|details?|see|which|how|so)\b"
)
EMAIL = re.compile(
    r"(?:[ ,;–-]*\b(?:and|with|plus|including|incl|along with|together with))?(?: (?:their|his|her|the|your"
    r"|names? and|name and))*"
    r"[ ,;–-]*\b(?:e-?mail|mail|email) ?(?:ad{1,2}ress(?:es)?|adresses)?s?\b(?! (?:that|which|not|could|on|without))"
    r"|ขออีเมล(?:ด้วย)?|พร้อมอีเมล|(?:dengan|dan|serta|beserta)? ?alamat e-?mail(?:nya| mereka)?"
)
# Words that ask and describe, and name nothing: the question is the same without them.
FILLER = frozenset(
    """feel feels felt feeling looks looked looking look see seen saw seeing know knows knew known find finds
    finding found happen happens happened happening occur occurs occurred arise arises arose think thought say
    said arrive arrives arrived arriving incoming come comes came coming land receive receives received
    receiving get gets got gotten getting report reports reported log logged note noted notice noticed observe
    observed register count counted counting measured cause caused causes made make makes making give gave given
    gives giving take took taken place carry carried did does doing done run ran appear appears appeared exist
    exists somebody someone something anything anybody everything everybody everyone stuff thing things bit lot
    lots few couple several various certain particular specific overall general actual actually really currently
    presently normally usually typically generally mostly mainly largely roughly approximately precisely
    basically simply just too also as well then now there here still yet already again once ever quick quickly
    short brief detailed detail details whole entire figures numbers stats statistics data information info
    insight insights picture overview summary breakdown interesting important relevant useful help helpful need
    needs needed want wants wanted wish express expresses expressed expressing like love curious wondering
    wonder hope try trying tried planning prepare preparing please thanks kindly so far until per se sort kind
    show list display present provide share me us our my your we you i they their them it its his her he she had
    has have having been being be were was is are examples example samples sample concrete real own burn burned
    burnt eat ate consume consumed consumes rack racked sit sits sat spend spends turn turns turned let lets
    somehow anyway anyhow maybe perhaps possibly probably course platform system altogether together combined
    each single every all any the a an of""".split()  # noqa: SIM905
)
_KEPT = frozenset(["of", "the", "a", "an", "each", "every", "all", "by"])


def sentences(question: str) -> Iterator[str]:
    """The question of its asking sentences alone; of what is stated, where the asking sentence says nothing itself."""
    parts = [part.strip() for part in SENTENCE.split(question) if part.strip()]
    if len(parts) < 2:
        return
    asking = [part for part in parts if _ASKS.match(tidy(part))]
    stated = [part for part in parts if part not in asking]
    if asking and stated and all(_STATES.match(tidy(part)) for part in stated):
        yield " ".join(asking)
    if not stated and len(asking) == 2:  # two questions
        yield f"{asking[0].rstrip('?. ')} and {re.sub(r'^(?:and|also) ', '', asking[1].lower())}"
    if asking and stated and not any(_EMPTY.sub(" ", tidy(part)).strip() for part in asking):
        yield " ".join(without_frames(tidy(part)) for part in stated)
        yield re.split(r"[,;]", stated[0])[0]


def rephrased(text: str) -> str:
    """``text`` is tidy and in English."""
    for _ in range(2):
        text = _COMPARED.sub(" compared with", text)
        text = _BEFORE_LAST.sub(r"\1 last", text)
        text = _ALSO.sub("", _SPLIT_BY.sub(" by ", text))
        if (hit := _RANK_TAIL.search(text)) and re.search(rf"\b(?:by|per|each|every) {hit[1]}\b", text[: hit.start()]):
            text = text[: hit.start()]
        if (hit := _BY_TAIL.search(text)) and hit.start() > 8:
            by = "" if re.search(rf"\b(?:by|per) {hit[1]}", text[: hit.start()]) else f" by {hit[1]}"
            text = text[: hit.start()] + by
    for pattern, plain in _PLAIN:
        text = pattern.sub(plain, text)
    text = _SPREAD_OVER.sub(r"number of \1 by \2", _FROM_START.sub(r"take to complete \1", text))
    text = _QUOTES.sub("answers", text)
    text = _WHO_ANY.sub("how many people", text)
    text = _ANY_OF.sub("list ", text)
    if hit := _SAME.match(text):
        return f"{hit[1]} by {hit[2]}"
    if hit := _THAN.match(text):
        return f"{_MEASURES[hit[2]]}{hit[3]} of {hit[1]} and {hit[4]}"
    if hit := _DO_MORE.match(text):
        return f"how many {hit[3]} did {hit[1]} and {hit[4]} {hit[2]}"
    if hit := _UP.match(text):
        return f"{hit[1]} by week{hit['rest']}"
    return text


def with_theme(text: str) -> str:
    """ "Answers about stress": of this theme, where it is one."""
    return re.sub(r"\b(answers|comments|responses) (?:about|on|regarding) (?:the )?(\w+)\b", r"\1 with theme \2", text)


def without_filler(text: str) -> str:
    """The text without words that name nothing; what is quoted stays."""
    parts = re.split(r'("[^"]*")', text)
    parts[::2] = [" ".join(word for word in part.split() if word not in FILLER or word in _KEPT) for part in parts[::2]]
    return re.sub(r"\s+", " ", " ".join(parts)).strip()
