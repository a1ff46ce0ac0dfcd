"""Media types from clients: stored only if valid as a header; what a browser would run is returned as text/plain.

Does not live here: which types a resource accepts (``resources.statement_bodies``, ``document_rules``).
"""

import re

from analytics_platform.collector.errors import Invalid

UNKNOWN = "application/octet-stream"
_TYPE = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,199}").fullmatch
# What a browser would run or render as a page of the collector's own origin.
_ACTIVE = re.compile(r"html|xml|svg|script|xsl|rdf|mathml|x-mixed|flash|pdf", re.IGNORECASE).search
SANDBOX = (
    ("Content-Security-Policy", "sandbox; default-src 'none'"),
    ("Content-Disposition", "attachment"),
)


def plain_type(value: str) -> str:
    """A Content-Type that may be kept; raises Invalid for one that could not be sent as a header again."""
    if not _TYPE(value):
        raise Invalid("must be a media type of printable ASCII, 200 characters at most", "Content-Type")
    return value


def shown_type(value: str) -> str:
    """The Content-Type under which stored bytes are given back. Stores of older versions may have any."""
    if not _TYPE(value):
        return UNKNOWN
    kind = value.partition(";")[0]
    return "text/plain" if _ACTIVE(kind) else value
