"""Alternate request syntax: any xAPI request as a POST of a form, for clients that cannot send headers.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.3
"""

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.http import Request, parse_query

# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.3.s3.b7
_HEADERS = frozenset(
    {"authorization", "x-experience-api-version", "content-type", "content-length", "if-match", "if-none-match"}
    | {"accept", "accept-language", "accept-encoding"}
)
_METHODS = frozenset({"GET", "PUT", "POST", "DELETE", "HEAD"})


def translated(request: Request) -> Request:
    """The request that the form stands for."""
    if set(request.query) != {"method"}:
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.3.s3.b3
        raise Invalid("The alternate syntax allows no parameter beside method in the URL.")
    method = request.query["method"]
    if method not in _METHODS:
        raise Invalid(f"must be one of {', '.join(sorted(_METHODS))}", "method")
    form = parse_query(request.body)
    content = form.pop("content", None)
    headers = {name: value for name, value in request.headers.items() if name != "content-type"}
    query = {}
    for name, value in form.items():
        if name.lower() in _HEADERS:
            headers[name.lower()] = value
        else:
            query[name] = value  # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.3.s3.b14
    if content is None and method in ("PUT", "POST"):
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.3.s3.b4
        raise Invalid("is missing from the form", "content")
    if content is not None:
        headers.setdefault("content-type", "application/json")
    return Request(method, request.path, query, headers, (content or "").encode())
