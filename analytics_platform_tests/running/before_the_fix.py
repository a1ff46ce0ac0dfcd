"""Dagster's entry point as it was before a parser was mended: statements with one verb were refused.

Importing this changes the contract in this process, so only a code server of the fortnight loads it.
"""

from analytics_platform.contracts import TABLES
from analytics_platform.contracts.model import Rule

REASON, VERB = "verb_not_known", "http://adlnet.gov/expapi/verbs/answered"
_table = TABLES["xapi/statements"]
object.__setattr__(_table, "rules", (*_table.rules, Rule(REASON, f"verb_id = '{VERB}'", "mend the parser")))

from analytics_platform.definitions import defs  # noqa: E402, F401
