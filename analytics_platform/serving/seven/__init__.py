"""Seven: a question in words becomes a metric query or a named query, or she says that she cannot answer.

``asking`` (the way of a question), ``understanding`` (words → a query), ``wording`` (words, languages), ``dates``
(spans of days), ``values`` (lessons, cohorts, people … found in the data), ``subjects`` (what a named query answers),
``metric_questions`` (any metric by any dimension), ``refusing`` (what she will not do), ``sentences``,
``lexicon.toml`` and ``subjects.toml`` (what people say).
She works without a model and without a key. Every number in her text comes from the rows. Does not live here: what a
number means and who may see it (``semantics``).
"""
