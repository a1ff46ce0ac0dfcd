"""Seven: a question in words becomes a metric query or a named query, or she says that she cannot answer.

``asking`` (the way of a question), ``understanding`` (words → a query), ``wording`` (words, languages), ``dates``
(spans of days), ``thresholds`` ("more than 20"), ``values`` (lessons, cohorts, people … found in the data),
``readings`` (which of several readings answers), ``subjects`` and ``subject_tables`` (what a named query answers),
``metric_questions`` (any metric by any dimension), ``measures`` (which metric the ideas of the words mean),
``promises`` (what the words ask for must be in the query) and ``lists`` (what named queries hold), ``refusing`` (what
she will not do), ``sentences``, and what people say: ``lexicon.toml``, ``subjects.toml``, ``measures.toml``.
She works without a model and without a key. Every number in her text comes from the rows. Does not live here: what a
number means and who may see it (``semantics``).
"""
