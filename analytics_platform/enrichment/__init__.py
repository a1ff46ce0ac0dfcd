"""Labels on free text: language, topic, intent, sentiment, themes, safety; pure functions over batches of texts.

- ``taxonomies/``  the labels, as YAML that a team changes; ``taxonomy`` reads them, a changed file is a new version
- ``local``        the default method: no key, no download; ``training``, ``model``, ``lexicon``, ``language``
- ``llm``          any OpenAI-compatible endpoint; ``embedding`` sentence embeddings (extra)
- ``safety``       rules that always run, whatever a model says
- ``themes``       weekly clusters
- ``evaluation``   how good a method is, on a labelled file
- ``answers``      the lake's free-text answers labelled, day by day; ``answer_themes``; ``free_texts`` reads them
- ``alarms``       which rules and words fired on which answer, once each; ``rescanning`` scans the past for new ones
- ``engine``       the methods behind one door; ``commands`` the command line

Importing this package imports nothing heavy. Does not live here: when any of it runs (``defs``).
"""
