"""Exports: a mart, a metric or a named query as a file, whole or not at all, with a manifest and a schema beside it.

Lives here: ``exporting`` (one export), ``scheduled`` (those of ``exports.yml`` in PLATFORM_HOME), ``commands``;
``connections`` (BI tools that are kept fresh), ``tableau`` and ``powerbi`` (talking to them), ``refreshing``;
``chat_tables`` (chats for others), which ``chat_lake`` writes as folders and ``mongodb`` as collections; ``chat_days``
says which days those hold otherwise. Does not live here: the formats (``serving.formats``), the schedule
(``defs.exports``, ``defs.connections``).
"""
