"""Alternate request syntax: any xAPI request as a POST of a form, for clients that cannot send headers.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.3
"""

import asyncio

from analytics_platform.collector.errors import Invalid, TooLarge
from analytics_platform.collector.http import Request, parse_query

# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.3.s3.b7
_HEADERS = frozenset(
    {"authorization", "x-experience-api-version", "content-type", "content-length", "if-match", "if-none-match"}
    | {"accept", "accept-language", "accept-encoding"}
)
_METHODS = frozenset({"GET", "PUT", "POST", "DELETE", "HEAD"})


FORM_BYTES, UNKNOWN_FORM_BYTES = 1 << 20, 64 << 10  # of who is known by the header, and of who may be by the form
_LONGEST_HEADER = 8 << 10


def form_method(request: Request) -> str:
    """The method that the form stands for, before anybody reads the form."""
    if set(request.query) != {"method"}:
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.3.s3.b3
        raise Invalid("The alternate syntax allows no parameter beside method in the URL.")
    method = request.query["method"]
    if method not in _METHODS:
        raise Invalid(f"must be one of {', '.join(sorted(_METHODS))}", "method")
    return method


async def translated(request: Request) -> Request:
    """The request that the form stands for."""
    method = form_method(request)
    # A megabyte of percent signs takes some milliseconds, in which others are answered.
    large = len(request.body) > UNKNOWN_FORM_BYTES
    form = await asyncio.to_thread(parse_query, request.body) if large else parse_query(request.body)
    content = form.pop("content", None)
    headers = {name: value for name, value in request.headers.items() if name != "content-type"}
    query = {}
    for name, value in form.items():
        if name.lower() in _HEADERS:
            if len(value) > _LONGEST_HEADER:
                raise TooLarge(f"is longer than {_LONGEST_HEADER} characters", name)
            headers[name.lower()] = value
        else:
            query[name] = value  # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.3.s3.b14
    if content is None and method in ("PUT", "POST"):
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.3.s3.b4
        raise Invalid("is missing from the form", "content")
    if content is not None:
        headers.setdefault("content-type", "application/json")
    return Request(method, request.path, query, headers, (content or "").encode(), part=request.part, is_form=True)
