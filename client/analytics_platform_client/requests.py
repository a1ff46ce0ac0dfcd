"""What both middlewares share: who is asking, and under which endpoint a request counts."""

import re
from collections.abc import Mapping

_NUMBER_OR_ID = re.compile(r"/(?:\d+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,})(?=/|$)")
Who = tuple[str | None, str | None]


def folded(path: str) -> str:
    """A path with its numbers and long ids as {id}: /lessons/17 and /lessons/18 are one endpoint."""
    return _NUMBER_OR_ID.sub("/{id}", path)


def who(headers: Mapping[str, str], user_cookie: str, session_cookie: str) -> Who:
    """User and session by the headers, else by the cookies."""
    user, session = headers.get("x-user-id"), headers.get("x-session-id")
    cookie = headers.get("cookie")
    if cookie and not (user and session):
        values = dict(part.strip().partition("=")[::2] for part in cookie.split(";"))
        user, session = user or values.get(user_cookie), session or values.get(session_cookie)
    return (user or None), (session or None)
