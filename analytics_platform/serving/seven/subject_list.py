"""Which words show which subject. The first whose pattern a question holds answers, so narrower ones stand first. Pure.

What a pattern took is known; a word that nobody knows is left over and makes Seven abstain. Does not live here:
building the queries (``subjects``).
"""

import re
from collections.abc import Collection

from analytics_platform.serving.seven.subjects import (
    Subject,
    about,
    answers_of,
    curve,
    dropoff,
    flagged,
    forecast,
    inactive,
    of_person,
    person,
    plain,
    progress,
    responses,
    retention_at,
    subject,
    trending,
    unusual,
    who,
)

_NOT = r"\bnot (?:\w+ ){0,2}?"
_DONE = r"(?:completed|handed in|passed|done)"

SUBJECTS: tuple[Subject, ...] = (
    subject("late", rf"\b(?:who|people|whose)\b.*\b{_DONE}\b.*\b(?:late|too late|overdue|after the due date|not on time)\b|\bwho\b.*\blate\b", who("completed", False)),
    subject("on time", rf"\b(?:who|people)\b.*\b(?:{_DONE}|was|were|is)\b.*\bon time\b", who("completed", True)),
    subject("not completed", rf"\b(?:who|people)\b.*\b(?:started (?:\w+ )?but|under way|in the middle|halfway|partly|partially|in progress|half done|stuck|unfinished|incomplete|{_NOT}{_DONE})\b(?:.*\bnot\b.*\b{_DONE}\b)?", who("partial")),
    subject("not started", rf"\b(?:who|people)\b.*{_NOT}(?:started|done|tried|touched)\b", who("not started")),
    subject("completed by", rf"\b(?:who|which people|list|names of|show people|name people)\b.*\b{_DONE}\b(?!.*\b(?:most|least|by)\b)", who("completed"), "lesson"),
    subject("started by", r"\b(?:who|which people|list|names of)\b.*\bstarted\b", who(None), "lesson"),
    subject("mentions", r"\b(?:answers?|what (?:did|do|have) people (?:say|said|write|wrote|written)|wrote|write|who|people|posts?|texts?)\b.*\b(?:mention\w*|about|containing|contains?|with the words?|that say|say|saying|talk(?:ing)? about|include|including|wrote|write|written|said)\b|\b(?:mention\w*|containing)\b", responses, "words"),
    subject("answers", r"\b(?:positive|negative|mixed|neutral) (?:\w+ )?answers\b", answers_of),
    subject("said by", r"\b(?:answers? of|answers? by|answers? from|what (?:did|has|have)|write|wrote|answered|answers?)\b.*", answers_of, "person"),
    subject("churn", r"\b(?:churn\w*|fall silent|falling silent|likely to (?:leave|quit|stop|drop out|churn|drop off)|about to (?:leave|quit|stop)|leave soon|lose next|(?:risk|chance) of (?:leaving|churn\w*|dropping out|quitting))\b", plain("learner_risk", "chance of falling silent, highest first", "No forecast of who will leave: there is too little history, or insights were not built yet.")),
    subject("at risk", r"\b(?:at risk|at-risk|gone quiet|gone silent|went silent|went quiet|silent)\b", plain("at_risk", "people who started, did not complete, and have been silent for 7 days", "Nobody is at risk.", "cohort")),
    subject("inactive", rf"\b(?:who|people|list)\b.*(?:{_NOT}(?:active|seen|online|logged in|shown up|anything|chatted|watched|visited|show up)\b|\b(?:inactive|absent|missing)\b)(?: (?:any )?(?:videos?|the bot|with the bot|the app|anything))?", inactive),
    subject("struggling", r"\b(?:struggl\w+|having (?:trouble|difficulty|difficulties)|needs? (?:some )?(?:help|support)|falling behind|weak(?:est)? people|worst people|have difficulties|in trouble)\b", plain("struggling", "people who answer right less often than half, or are at risk", "Nobody struggles by this rule.", "cohort")),
    subject("moments", r"\b(?:after|did next|do next|went|afterwards)\b.*\b(?:left|leaving|stopp\w+|dropp\w+)\b.*\bvideos?\b|\bwhat (?:do|did) (?:viewers|people) do (?:next|after)\b(?: (?:leaving|they left|they leave))?", plain("moments", "what people did in the hour after they left", "Fewer than five people left at one place and did the same thing afterwards.", "video"), "video"),
    subject("half", r"\b(?:retention|left|watching|viewers?|audience|remain\w*|still there)\b.*\b(?:half ?time|half ?way|halfway|half of|the middle|50 ?%|midpoint|half)\b(?: (?:through|point))?|\b(?:halfway|half ?time)\b.*\bretention\b", retention_at, "video"),
    subject("drop-off", r"\b(?:drop(?:ping|s|ped)?[ -]?offs?|drop(?:ping|ped|s)? out|stop(?:ping|s|ped)?|give up|giving up|lose(?:s)? (?:the )?(?:people|viewers|most)|losing|abandon|abandoned|abandoning|quit|quits|lost|bail|leave|leaves|leaving)\b", dropoff),
    subject("curve", r"\b(?:retention|survival|audience)\b(?: curve)?(?: of| for| in)?|\bhow (?:much|long) of (?:the )?videos?\b|\bcurve\b", curve, "video"),
    subject("retention", r"\b(?:retention|come back|comes back|coming back|came back|return(?:ing)? (?:each|every|after|by)|stay(?:ing)? active)\b", plain("retention", "who comes back, by weeks since the first event", "", "cohort")),
    subject("lifecycle", r"\b(?:lifecycle|life cycle|resurrect\w+|dormant|new and returning|new vs returning|returning)\b", plain("lifecycle", "new, returning, resurrecting and dormant people", days=True)),
    subject("stickiness", r"\b(?:sticky|stickiness|dau ?/ ?mau)\b", plain("stickiness", "mean daily active people / people active in 28 days", "", "cohort", days=True, order=("-local_day",))),
    subject("hardest", r"\b(?:hardest|difficult|difficulty|hard|easiest|tricky|trickiest|toughest|most difficult|easy)\b.*\b(?:questions?|cards?|quiz\w*|items?)\b|\b(?:questions?|quiz\w*)\b.*\b(?:hard\w*|easiest|wrong\w*|difficult\w*|fail\w*|problems?|trouble|toughest|tricky)\b", plain("questions", "questions, hardest first", "", "lesson", order=("first_try_correct", "question_id"), single=True)),
    subject("flagged", r"\b(?:flagged|safety (?:flags?|alarms?|concerns?)|safety|self[- ]?harm|worrying|alarming|concern\w*|needs? attention|dangerous|alarms?)\b(?: (?:answers|flags?|alarms?))?", flagged),
    subject("trending", r"\b(?:trending|trend|growing|rising|emerging|new)\b.*\b(?:answers?|themes?|freeform|free-form|free text)\b|\b(?:answers?|themes?|freeform)\b.*\b(?:trending|growing|rising|emerging)\b", trending),
    subject("themes", r"\b(?:themes?|reflections?|what (?:do|are|did) people (?:write|writing|talk|talking|say|saying) about|what are (?:the )?answers about|topics? of (?:the )?answers)\b(?: (?:in|of) (?:the )?answers)?", plain("themes", "what free-text answers are about", "", "cohort", "lesson", days=True)),
    subject("topics", r"\b(?:topics?|what (?:do|did) people ask|asked? (?:the )?bot|most asked|common questions|(?:asking|talk(?:ing)?) (?:the|to the|with the) bot|what is the bot (?:asked|used))\b(?:.*\b(?:bot|conversations?|about)\b)?", plain("topics", "topics of conversations; a conversation may have several", "No conversation is labelled yet.", "app", days=True, order=("-conversations",))),
    subject("model cost", r"\b(?:models?)\b.*\b(?:cost\w*|expensive|cheap\w*|priciest)\b(?:.*\bconversations?\b)?|\b(?:cost\w*|expensive|cheapest|priciest)\b.*\bmodels?\b(?:.*\bconversations?\b)?|\bcosts? (?:of a |by )conversations?\b", plain("model_costs", "price per conversation by model, currencies apart", "", "app", days=True)),
    subject("slowest", r"\b(?:slow(?:est)?|latency|response times?|fastest)\b.*\b(?:endpoints?|api|routes?)\b|\b(?:endpoints?|api|routes?)\b.*\b(?:slow(?:est)?|latency|response times?|performance|fast(?:est)?)\b", plain("slowest_endpoints", "endpoints by mean response time, slowest first", "", days=True, order=("-avg_ms", "endpoint"), single=True)),
    subject("failing", r"\b(?:endpoints?|api|routes?)\b.*\b(?:errors?|fail\w*|break\w*|broken)\b|\b(?:errors?|fail\w*)\b.*\b(?:endpoints?|routes?)\b", plain("slowest_endpoints", "endpoints by their share of errors, highest first", "", days=True, order=("-error_rate", "endpoint"), single=True)),
    subject("errors", r"\b(?:which|what|most common|most frequent|list|top|commonest|kinds? of|most)\b.*\b(?:errors?|exceptions?|crash\w*)\b(?: (?:occur|happen|messages?))?", plain("errors", "errors of the app, most frequent first", order=("-occurrences", "error_type", "place"))),
    subject("ai", r"\b(?:ai|membrane|cognitive)\b(?: (?:processing|processes|process|runs?|performance|kinds?|steps?))*(?:.*\b(?:success\w*|fail\w*|slow\w*|fast\w*|performance)\b)?|\bsuccess rate of (?:the )?ai(?: processing)?", plain("ai_kinds", "AI processing by kind", "", days=True)),
    subject("unusual", r"\b(?:unusual|abnormal|anomal\w+|incidents?|strange|out of the ordinary|went wrong|go wrong|goes wrong|wrong with|spike\w*|outages?|why (?:did|is|was|has|were|are|do|does)|weird|odd)\b(?:.*\b(?:why|drop\w*|jump\w*|fall|fell|rise|rose|spike\w*|changed?|go (?:up|down)|slow\w*|many|few|high|low|wrong)\b)?", unusual),
    subject("forecast", r"\b(?:forecast\w*|predict\w*|expect(?:ed)? next|next (?:week|month)|will (?:there )?be|tomorrow)\b(?:.*\bnext (?:week|month)\b)?", forecast),
    subject("kpis", r"\b(?:kpis?|key figures|health score|scores)\b", plain("kpis", "engagement, system health and AI performance by day, 0 to 100", "", days=True)),
    subject("health", r"\b(?:system health|health of the (?:app|system)|is the (?:app|system) (?:ok|healthy|up)|how is the (?:app|system))\b", plain("system_health", "load, requests, errors and latency by day", "", days=True)),
    subject("now", r"\b(?:right now|at the moment|real ?time|live|currently|how busy|last (?:60 minutes|hour)|in the last hour|online now)\b", plain("real_time", "the app's last 60 minutes with events, minute by minute", "The app sent no event.")),
    subject("progress of a person", r"\b(?:how (?:is|far is)|progress of|which lessons (?:has|did)|what lessons (?:has|did)|where (?:is|does))\b.*(?:\b(?:doing|completed|started|progress\w*|stands?|far|gone)\b)?", of_person("person_progress", "how far the person is in each lesson"), "person"),
    subject("seen", r"\b(?:when was|last seen|last active|who is|tell me about|profile of|details of|info on)\b(?:.*\blast (?:seen|active)\b)?", of_person("person", "what is known of the person"), "person"),
    subject("moments of a person", r"\b(?:timeline|history|what (?:did|has|does|is|was)|activity of|activities of|show me everything|everything)\b(?:.*\b(?:do|done|doing|up to)\b)?", person, "person"),
    subject("standing", r"\b(?:how far (?:is|are|along)|progress of|progress in|progress|where (?:does|do|is|are)|stands?|how is|how are|status of)\b(?:.*\b(?:by|each|cohorts?|everyone|stand|stands|with|in|doing|along|people|group)\b)?", progress),
    subject("videos", r"\b(?:which|what|list|top|most watched|most popular|popular|all)\b.*\bvideos?\b(?!.*\bviews\b)(?: (?:are|is) (?:most |the most )?(?:watched|popular|there|seen))?", plain("videos", "videos, most views first", order=("-views",), single=True)),
    subject("lessons", r"\b(?:list|which|what|show|all)\b.*\blessons (?:are there|exist|do we have)\b|\blist (?:of )?(?:the |all )?lessons\b|\b(?:all|our) lessons\b", plain("lessons", "lessons in their order")),
    subject("cohorts", r"\b(?:list|which|what|show|all|how many)\b.*\b(?:cohorts|groups) (?:are there|exist|do we have)\b|\blist (?:of )?(?:the |all )?cohorts\b|\bhow (?:big|large) (?:are|is)\b.*\bcohorts?\b|\b(?:people|size) (?:by|of each|in each) cohort\b|\bcohort sizes?\b", plain("cohorts", "roster cohorts and their members")),
    subject("about", r"\b(?:levels?|patterns?|priorities|habits?|mood)\b|\b(?:people) (?:feel|say|think) about\b", about, "words"),
)  # fmt: skip


def find_subject(text: str, values: Collection[str] = ()) -> tuple[Subject, str, str] | None:
    """The subject that the text holds, the words that nothing of it explains, and the words that showed it.

    A subject that needs a value (person, lesson …) is one only where ``values`` has it.
    """
    for one in SUBJECTS:
        if any(need not in values for need in one.needs):
            continue
        match = one.pattern.search(text)
        if match:
            around = f"{text[: match.start()]} {text[match.end() :]}"
            swallowed = [word for word in re.findall(r"[^\W\d_][\w'-]*", match[0]) if not one.explains(word)]
            return one, f"{around} {' '.join(swallowed)}".strip(), match[0]
    return None
