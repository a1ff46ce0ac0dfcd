"""The simulator: a demo organisation whose truth is known, written to landing as the real connectors would.

Lives here, in the order of the data: ``plan`` (how much, from when); ``organisation`` (``people`` and their
``course``); one module a source that draws a ``batch`` of one day (``statements``, ``conversations``, ``messages``,
``video``, ``telemetry``); ``files`` (what people bring by hand); ``planting`` (what goes wrong on the way);
``segments``; ``truth``; ``run``. What anybody says is in ``words/``. Does not live here: reading landing,
the environment, the command line.
"""

from analytics_platform.simulator.plan import MIX, Plan
from analytics_platform.simulator.run import simulate
from analytics_platform.simulator.truth import Truth

__all__ = ["MIX", "Plan", "Truth", "simulate"]
