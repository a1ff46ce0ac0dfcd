"""The API: FastAPI over ``semantics``, for programs. ``analytics-platform api``.

Lives here: ``app`` (putting it together), ``tables`` (routes of named queries, declared as a list), ``metrics``,
``analytics``, ``data``, ``system`` (the other routes), ``asking`` (from a request to an answer: format, page, ETag),
``formats``, ``problems`` (RFC 9457), ``access`` and ``keys`` (who asks), ``audit``, ``readers`` (open snapshots),
``counters`` (Prometheus). Does not live here: who sees what (``semantics.roles``), taking data in (``collector``).
"""
