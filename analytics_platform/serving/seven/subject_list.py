"""Which words show which subject. The first whose pattern a question holds answers, so narrower ones stand first. Pure.

What a pattern took is known; a word that nobody knows is left over and makes Seven abstain. Does not live here:
building the queries (``subjects``).
"""

from analytics_platform.serving.seven.subjects import (
    Subject,
    about,
    curve,
    dropoff,
    flagged,
    person,
    plain,
    responses,
    retention_at,
    subject,
    trending,
    unusual,
    who,
)

_PEOPLE = r"(?:people|learners?|users?|students?|members?|participants?|persons?|who|anyone|anybody|everyone|someone)"

SUBJECTS: tuple[Subject, ...] = (
    subject(
        "late",
        r"\bwho\b.*\b(?:completed|finished|handed in|done)\b.*\b(?:late|too late|after the due date)\b",
        who("completed", False),
    ),
    subject(
        "on time",
        rf"\b{_PEOPLE}\b.*\b(?:completed|finished|done|complete|finish)\b.*\bon time\b",
        who("completed", True),
    ),
    subject(
        "not started",
        rf"\b{_PEOPLE}\b.*\b(?:not (?:yet )?(?:started|begun|opened)|hasn't started|"
        r"haven't started|never (?:started|opened)|did not start|didn't start|yet to start|"
        r"has not (?:yet )?started|have not (?:yet )?started)\b",
        who("not started"),
    ),
    subject(
        "not completed",
        rf"\b{_PEOPLE}\b.*\b(?:started but|under way|in the middle|partly|partially|only partly|"
        r"not (?:yet )?(?:completed|finished)|hasn't finished|haven't finished|unfinished|"
        r"incomplete)\b",
        who("partial"),
    ),
    subject(
        "completed by",
        r"\b(?:who|which (?:people|learners|users|students|members)|list (?:the )?people who|"
        r"names of)\b.*\b(?:completed|finished|is done|are done|has done|passed)\b",
        who("completed"),
    ),
    subject(
        "mentions",
        r"\b(?:answers?|responses?|replies|comments?|what (?:did|do) people say|"
        r"who)\b.*\b(?:mention\w*|about|containing|contain|with the words?|that say|saying|"
        r"talk about|include)\b",
        responses,
        "words",
    ),
    subject(
        "churn",
        r"\b(?:churn\w*|fall silent|falling silent|likely to (?:leave|quit|stop|drop out|churn)|"
        r"about to (?:leave|quit|stop)|leave soon|lose next|risk of (?:leaving|churn))\b",
        plain(
            "learner_risk",
            "chance of falling silent, highest first",
            "No forecast of who will leave: there is too little history, or insights were not built yet.",
        ),
    ),
    subject(
        "at risk",
        r"\b(?:at risk|at-risk|silent|inactive|gone quiet|not been (?:seen|active))\b",
        plain(
            "at_risk",
            "people who started, did not complete, and have been silent for 7 days",
            "Nobody is at risk.",
            "cohort",
        ),
    ),
    subject(
        "struggling",
        r"\b(?:struggl\w+|having (?:trouble|difficulty|difficulties)|needs? help|falling behind|"
        r"weak(?:est)? learners|worst learners)\b",
        plain(
            "struggling",
            "people who answer right less often than half, or are at risk",
            "Nobody struggles by this rule.",
            "cohort",
        ),
    ),
    subject(
        "moments",
        r"\b(?:after|did next|do next|went|afterwards)\b.*\b(?:left|leaving|stopp\w+|"
        r"dropp\w+)\b.*\bvideo\b|\bwhat (?:do|did) (?:viewers|people) do after\b",
        plain(
            "moments",
            "what people did in the hour after they left",
            "Fewer than five people left at one place and did the same thing afterwards.",
            "video",
        ),
        "video",
    ),
    subject(
        "half",
        r"\b(?:retention|left|watching|viewers?|audience)\b.*\b(?:half ?time|half ?way|halfway|"
        r"half of|the middle|50 ?%|midpoint)",
        retention_at,
    ),
    subject(
        "drop-off",
        r"\b(?:drop(?:ping|s|ped)?[ -]?offs?|drop out|stop(?:ping)?|give up|lose (?:people|"
        r"learners|viewers|most)|losing|abandon\w*|quit|lost|bail)\b",
        dropoff,
    ),
    subject(
        r"curve", r"\bretention (?:curve )?(?:of|for|in)?\b.*\bvideo\b|\bhow (?:much|long) of (?:the )?video\b", curve
    ),
    subject(
        "retention",
        r"\b(?:retention|come back|coming back|return(?:ing)? (?:each|every|after)|stay(?:ing)? active)\b",
        plain("retention", "who comes back, by weeks since the first event", "", "cohort"),
    ),
    subject(
        "lifecycle",
        r"\b(?:lifecycle|life cycle|resurrect\w+|dormant|new and returning|returning)\b",
        plain("lifecycle", "new, returning, resurrecting and dormant people", days=True),
    ),
    subject(
        "stickiness",
        r"\b(?:sticky|stickiness|dau ?/ ?mau)\b",
        plain(
            "stickiness",
            "mean daily active people / people active in 28 days",
            "",
            "cohort",
            days=True,
            order=("-local_day",),
        ),
    ),
    subject(
        "hardest",
        r"\b(?:hardest|difficult|difficulty|hard|easiest|tricky|toughest)\b.*\b(?:questions?|"
        r"cards?|quiz\w*|items?)\b|\bquestions?\b.*\b(?:hard\w*|easiest|wrong|difficult|fail\w*|"
        r"problems?|trouble|toughest)\b",
        plain("questions", "questions, hardest first", "", "lesson", order=("first_try_correct", "question_id")),
    ),
    subject(
        "flagged",
        r"\b(?:flagged|safety|self[- ]?harm|worrying|alarming|concern\w*|need(?:s)? attention|dangerous)\b",
        flagged,
    ),
    subject(
        "trending",
        r"\b(?:trending|trend|growing|rising|emerging|new)\b.*\b(?:answers?|responses?|themes?|"
        r"topics?|freeform|free-form|free text)\b|\b(?:answers?|themes?|topics of answers|"
        r"freeform)\b.*\b(?:trending|growing|rising|emerging)\b",
        trending,
    ),
    subject(
        "themes",
        r"\b(?:themes?|reflections?|what (?:do|are) (?:people|learners) (?:write|writing|talk|"
        r"talking|say|saying) about|what are (?:the )?answers about)\b",
        plain("themes", "what free-text answers are about", "", "cohort", "lesson", days=True),
    ),
    subject(
        "topics",
        r"\b(?:topics?|what (?:do|did) people ask|ask(?:ed)? (?:the )?(?:bot|chatbot)|most asked|common questions)\b",
        plain(
            "conversation_categories",
            "topics of conversations by day; a conversation may have several",
            "No conversation is labelled yet.",
            "app",
            days=True,
        ),
    ),
    subject(
        "model cost",
        r"\b(?:model|models)\b.*\b(?:cost\w*|expensive|cheap\w*|price\w*)\b|\b(?:cost\w*|price|"
        r"expensive|cheapest)\b.*\b(?:model|models)\b",
        plain("model_costs", "price per conversation by model, currencies apart", "", "app", days=True),
    ),
    subject(
        "models",
        r"\b(?:model|models)\b.*\b(?:used|usage|slow\w*|fast\w*|errors?|tokens)\b",
        plain("model_usage", "use of models by day", "", "app", "model", days=True),
    ),
    subject(
        "slowest",
        r"\b(?:slow(?:est)?|latency|response times?|fastest|failing)\b.*\b(?:endpoints?|api|"
        r"routes?|pages?)\b|\b(?:endpoints?|api|routes?)\b.*\b(?:slow(?:est)?|latency|"
        r"response times?|errors?|fail\w*|performance)\b",
        plain("slowest_endpoints", "endpoints by mean response time, slowest first", "", days=True),
    ),
    subject(
        "errors",
        r"\b(?:which|what|most common|most frequent|list|top)\b.*\b(?:errors?|exceptions?|crash\w*)\b",
        plain("errors", "errors of the app, most frequent first"),
    ),
    subject(
        "unusual",
        r"\b(?:unusual|abnormal|anomal\w+|incidents?|strange|out of the ordinary|went wrong|"
        r"wrong with|spike\w*|outage|why (?:did|is|was|has|were|are))\b",
        unusual,
    ),
    subject(
        "forecast",
        r"\b(?:forecast\w*|predict\w*|expect(?:ed)? next|next (?:week|month)|will (?:there )?be)\b",
        plain(
            "forecasts",
            "newest forecasts, or why there is none",
            "There is no forecast yet: insights were not built, or history is too short.",
        ),
    ),
    subject(
        "kpis",
        r"\b(?:kpis?|key figures|health score|scores)\b",
        plain("kpis", "engagement, system health and AI performance by day, 0 to 100", "", days=True),
    ),
    subject(
        "moments of a person",
        r"\b(?:timeline|history|what (?:did|has|does|is)|activity of|show me everything)\b",
        person,
        "person",
    ),
    subject(
        "videos",
        r"\b(?:which|what|list|top|most watched|most popular|popular)\b.*\bvideos?\b(?!.*\bviews\b)",
        plain("videos", "videos, most views first", order=("-views",)),
    ),
    subject(
        "lessons",
        r"\b(?:list|which|what|show)\b.*\blessons (?:are there|exist|do we have)\b|"
        r"\blist (?:of )?(?:the |all )?lessons\b",
        plain("lessons", "lessons in their order"),
    ),
    subject(
        "cohorts",
        r"\b(?:list|which|what|show)\b.*\b(?:cohorts|groups) (?:are there|exist|do we have)\b|"
        r"\blist (?:of )?(?:the |all )?cohorts\b",
        plain("cohorts", "roster cohorts and their members"),
    ),
    subject(
        "about",
        r"\b(?:levels?|patterns?|priorities|habits?|mood)\b|\b(?:people|learners) (?:feel|say|think) about\b",
        about,
        "words",
    ),
)


def find_subject(text: str) -> tuple[Subject, str] | None:
    """The subject that the text holds, and the text without the words that showed it."""
    for one in SUBJECTS:
        match = one.pattern.search(text)
        if match:
            return one, f"{text[: match.start()]} {text[match.end() :]}".strip()
    return None
