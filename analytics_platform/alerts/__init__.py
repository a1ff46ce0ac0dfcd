"""Alerts: what is worth telling whom, once, and the channels that carry it.

``alert`` (what is told), ``causes`` (events of the platform → alerts), ``safety`` and ``sources`` (what is read for
them), ``state`` (open, recovered, waiting, sent: one SQLite file below PLATFORM_HOME), ``routes`` (who hears of what,
from YAML), ``policy`` (when a message may go), ``messages`` (its words), ``channels`` (Slack, e-mail, webhook, log),
``delivering`` (all of it together), ``posting`` (reports to lists of people). Does not live here: noticing that
something happened (``defs``), the reports themselves (``reports``).
"""
