"""Labels on free text: language, topic, intent, sentiment, themes, safety; pure functions over batches of texts.

- ``texts/``      reading a text: its language, words, feeling, as features
- ``safety/``      rules that always run, whatever a model says, and the watched words of cohorts
- ``learning/``   examples, corrections, and the models fitted to them; ``risk`` may raise what rules miss
- ``llm/``        any OpenAI-compatible endpoint
- ``methods/``    the ``local`` default (no key, no download), ``embedding`` (extra), the ``engine`` that chooses
- ``measuring/``  how good a method is, by kind of sentence and on danger that is not named; people's corrections
- ``answers/``    the lake's free-text answers labelled, day by day, their alarms and weekly ``themes``
- ``chats/``      exchanges and conversations labelled, and translated
- ``taxonomies/`` the labels, as YAML that a team changes; ``taxonomy`` reads them, a changed file is a new version
- ``commands``    the command line; ``relabelling`` the past

Importing this package imports nothing heavy. Does not live here: when any of it runs (``defs``).
"""
