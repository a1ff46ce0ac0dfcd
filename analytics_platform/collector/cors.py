"""Cross-origin requests: which pages of other origins a browser lets read our answers.

https://fetch.spec.whatwg.org/#http-cors-protocol
An origin is allowed by the setting, or by a public key for the routes of its events. Nothing is allowed by default.
Does not live here: what a public key may send (``access``).
"""

from collections.abc import Iterable

_HEADERS = (
    "Authorization, Content-Type, Content-Encoding, X-Experience-API-Version, If-Match, If-None-Match, Accept,"
    " Accept-Language, X-User-ID, X-Session-ID, X-Request-ID, X-Requested-With"
)
# What xAPI clients read beyond what a browser shows by itself.
_EXPOSED = (
    "ETag, Last-Modified, Retry-After, Content-Length, X-Experience-API-Version, X-Experience-API-Consistent-Through,"
    " X-Request-ID"
)
Headers = list[tuple[str, str]]


class Origins:
    """The origins of the setting; ``*`` is any."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(allowed)

    def allows(self, origin: str) -> bool:
        return origin in self._allowed or "*" in self._allowed

    def headers(self, origin: str) -> Headers:
        """What goes with every answer to a page of an allowed origin, errors as well."""
        headers = [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", _EXPOSED)]
        # sendBeacon always asks with credentials. There are no cookies here; with * a browser's own are not wanted.
        if "*" not in self._allowed:
            headers.append(("Access-Control-Allow-Credentials", "true"))
        return headers

    @staticmethod
    def preflight(methods: Iterable[str]) -> Headers:
        return [
            ("Access-Control-Allow-Methods", ", ".join(sorted(methods))),
            ("Access-Control-Allow-Headers", _HEADERS),
            ("Access-Control-Max-Age", "7200"),
        ]
