"""Labels on free text: language, topic, intent, sentiment, themes, safety; pure functions over batches of texts.

- ``taxonomies/``  the labels, as YAML that a team changes; ``taxonomy`` reads them, a changed file is a new version
- ``local``        the default: no key, no download; ``training``, ``plain``, ``model``, ``lexicon``, ``language``
- ``llm``          any OpenAI-compatible endpoint; ``embedding`` sentence embeddings (extra)
- ``safety``       rules that always run, whatever a model says; ``risk`` a model that may raise what they miss
- ``themes``       weekly clusters
- ``evaluation``   how good a method is, on a labelled file; ``behaviour`` on plain sentences by kind,
                   ``safety_measures`` on danger that is not named
- ``deciding``     what people decided about alarms
- ``corrections``  of people, kept; ``adapting`` a model to them, ``suggesting`` which to make, ``correcting`` by
                   command
- ``answers``      the lake's free-text answers labelled, day by day; ``answer_themes``; ``free_texts`` reads them
- ``alarms``       which rules and words fired on which answer, once each; ``rescanning`` scans the past for new ones
- ``engine``       the methods behind one door; ``commands`` the command line

Importing this package imports nothing heavy. Does not live here: when any of it runs (``defs``).
"""
