"""Seven: a question in words becomes a metric query, a named query or a SELECT, or she says that she cannot answer.

``asking`` (the way of a question; ``columns``), ``several`` (questions made of questions; ``carried``),
``understanding`` (words → a query), ``wording`` (words), ``languages`` (Indonesian and Thai), ``frames`` (what is said
around a question), ``dates`` (words for ``spans`` of days), ``thresholds`` ("more than 20"), ``values`` (lessons,
cohorts, people … found in the data). Questions with a metric or a list of their own: ``readings`` (which of several
readings answers), ``subjects`` and ``subject_tables`` (named queries), ``metric_questions`` (any metric by any
dimension), ``measures`` (which metric the ideas of the words mean), ``promises`` (what the words ask for must be in
the query) and ``lists``. Questions that are put together of parts: ``marking`` (marks where something is named),
``doers``, ``facts`` (things that happened or are), ``clauses`` (one part), ``groups`` (people of whom several things
hold), ``shapes`` and ``counting`` (numbers, ranks, shares, times), ``composing`` (of all), ``made`` (SQL). What people
answered to a card that the question describes in its own words: ``cards`` (``titles``). What no other reads:
``loosely`` (``wishes``, ``taking``, ``measuring``, ``categories``). A question that is not understood is put in plainer
words: ``plainly``, ``phrasing``; ``accounted`` guards every query. ``refusing`` (what she will not do), ``sentences``,
and what people say: ``lexicon.toml``, ``subjects.toml``, ``measures.toml``, ``shapes.toml``, ``facts.toml``.
She works without a model and without a key. Every number in her text comes from the rows. Does not live here: what a
number means and who may see it (``semantics``).
"""
