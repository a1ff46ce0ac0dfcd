"""GET /v1/tracker.js: the script that a page takes to send what its videos do. Public; pages of any origin may load it.

Does not live here: the script (``tracker.js``), taking its events in (``intake/video``).
"""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from analytics_platform.collector.http import Request, Response
from analytics_platform.collector.services import Services


async def get(request: Request, _desk: Services) -> Response:
    text, etag = _script()
    headers = [
        ("ETag", etag),
        ("Cache-Control", "public, max-age=3600"),
        ("Access-Control-Allow-Origin", "*"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
    ]
    if request.headers.get("if-none-match") == etag:
        return Response(304, headers=headers)
    return Response(200, text, "text/javascript; charset=utf-8", headers)


@lru_cache(maxsize=1)
def _script() -> tuple[bytes, str]:
    text = Path(__file__).with_name("tracker.js").read_bytes()
    return text, f'"{sha256(text).hexdigest()[:16]}"'
