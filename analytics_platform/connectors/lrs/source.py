"""Statements of another LRS as a source of the pump: ``GET statements?ascending=true``, page by page.

A position is a time of storing and the ids that were read after it. It never lies after the time up to which the LRS
calls itself consistent (``X-Experience-API-Consistent-Through``), so a statement that it shows late is not missed, and
one that was read is not landed again. An LRS that speaks 2.0 is asked in 2.0, any other in 1.0.3. https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.3
Attachments' bytes stay there. Statements that were voided there before are not given; voiding ones are. Does not live
here: trying again (``lake/pump``).
"""

import logging
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import httpx
import orjson

from analytics_platform.connectors.positions import Positions
from analytics_platform.contracts.xapi import STATEMENTS
from analytics_platform.errors import SettingsError, SourceError
from analytics_platform.lake.landing import RawLine
from analytics_platform.lake.pump import Batch
from analytics_platform.lake.pump_status import Lag
from analytics_platform.settings import Settings

log = logging.getLogger(__name__)

UNSURE = timedelta(seconds=60)  # how late a statement may show where the LRS does not say how far it is consistent
RESOLUTION = timedelta(milliseconds=1)  # of the times that an LRS compares
MOST_KEPT = 50_000  # ids of a position; of an LRS that is further behind itself the newest statement counts
MOST_BYTES = 64 << 20  # of one page
PAGE = 500  # statements of one; the LRS may give fewer
TIMEOUT = 60.0
_LATER = frozenset({429, 502, 503, 504})


class LrsSource:
    """The statements that one credential may read."""

    name = "lrs"
    pause = 60.0

    def __init__(self, connect: Callable[[], httpx.Client], positions: Positions) -> None:
        self._connect, self._positions = connect, positions

    def batches(self) -> Generator[Batch, None, None]:
        with self._connect() as client:
            client.headers["X-Experience-API-Version"] = spoken_by(client)
            yield from self._batches(client)

    def _batches(self, client: httpx.Client) -> Generator[Batch, None, None]:
        before = self._positions.read().get(self.name) or {"since": None, "seen": []}
        since, seen = before["since"], dict(before["seen"])
        address: str | None = urljoin(str(client.base_url), "statements")
        parameters = {"ascending": "true", "limit": str(PAGE)} | ({"since": since} if since else {})
        while address:
            page, consistent = _page(client, address, parameters)
            statements = page["statements"]
            now = datetime.now(UTC)
            lines = [RawLine(orjson.dumps(one), now) for one in statements if one.get("id") not in seen]
            for one in statements:
                seen[str(one.get("id"))] = str(one.get("stored"))
            if statements:
                # The next page may hold more of the same moment, and ``since`` gives what is later only.
                last = _moment(statements[-1].get("stored")) - RESOLUTION
                sure = min(last, consistent if consistent else last - UNSURE)
                kept = _after(sure, seen)
                if len(kept) > MOST_KEPT and sure < last:
                    log.warning("The LRS says that it is consistent up to %s only; what it shows late is missed.", sure)
                    sure, kept = last, _after(last, seen)
                since, seen = max(since or "", f"{sure:%Y-%m-%dT%H:%M:%S.%f}Z"), kept
            if lines:
                yield Batch([(STATEMENTS, lines)], self.name, {"since": since, "seen": list(seen.items())})
            address, parameters = _more(client, page.get("more")), {}

    def note(self, position: Any) -> None:
        self._positions.write(self.name, position)

    def is_full(self) -> bool:
        return False

    def lag(self) -> Lag:
        return Lag()


def spoken_by(client: httpx.Client) -> str:
    """2.0.0 where the LRS names it, else 1.0.3: asked in 1.0.3, some keep 2.0's statements to themselves.

    https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.8.s4 (About)
    """
    client.headers["X-Experience-API-Version"] = "1.0.3"
    response, body = _get(client, urljoin(str(client.base_url), "about"), {})
    if response.status_code in _LATER:  # what it speaks will be known later; what is read in the wrong one is missed
        raise SourceError(f"The LRS at LRS_URL answered {response.status_code} where it was asked what it speaks.")
    try:
        versions = orjson.loads(body)["version"] if response.is_success else []
    except (ValueError, KeyError, TypeError):
        versions = []
    return "2.0.0" if isinstance(versions, list) and any(str(one).startswith("2.0") for one in versions) else "1.0.3"


def _get(client: httpx.Client, address: str, parameters: dict[str, str]) -> tuple[httpx.Response, bytes]:
    try:
        with client.stream("GET", address, params=parameters or None) as response:
            body = bytearray()
            for piece in response.iter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise SourceError(f"A page of the LRS is larger than {MOST_BYTES >> 20} MB.")
            return response, bytes(body)
    except httpx.HTTPError as error:
        raise SourceError(f"The LRS at LRS_URL does not answer: {type(error).__name__}.") from None


def _page(client: httpx.Client, address: str, parameters: dict[str, str]) -> tuple[dict[str, Any], datetime | None]:
    response, body = _get(client, address, parameters)
    if response.status_code in (401, 403):
        raise SourceError(f"The LRS refuses the credential in LRS_URL ({response.status_code}).")
    if response.status_code != httpx.codes.OK:
        raise SourceError(f"The LRS answered {response.status_code} where statements were asked for. Check LRS_URL.")
    try:
        found = orjson.loads(body)
    except ValueError:
        found = None
    page: dict[str, Any] = found if isinstance(found, dict) else {}
    statements = page.get("statements")
    if not isinstance(statements, list) or not all(isinstance(one, dict) for one in statements):
        raise SourceError("The LRS gave no page of statements. LRS_URL ends before /statements.")
    header = response.headers.get("x-experience-api-consistent-through")
    return page, _moment(header) if header else None


def _more(client: httpx.Client, link: str | None) -> str | None:
    """The next page. The credential goes to the LRS that was set, and to no other."""
    if not link:
        return None
    address = urljoin(str(client.base_url), link)
    if urlsplit(address)[:2] != urlsplit(str(client.base_url))[:2]:
        raise SourceError(f"The LRS names {urlsplit(address).netloc} for its next page, which is not LRS_URL.")
    return address


def _after(moment: datetime, seen: dict[str, str]) -> dict[str, str]:
    return {name: stored for name, stored in seen.items() if _moment(stored) > moment}


def _moment(text: Any) -> datetime:
    try:
        found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        raise SourceError("The LRS gives a time of storing that is none.") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def lrs_source(settings: Settings) -> LrsSource:
    """The source for the settings."""
    parts = urlsplit(settings.lrs_url.get_secret_value())
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise SettingsError("No other LRS is set: set LRS_URL, as https://USER:PASSWORD@lrs.example.org/xapi.")
    host = parts.netloc.rpartition("@")[2]

    def connect() -> httpx.Client:
        return httpx.Client(
            base_url=f"{parts.scheme}://{host}{parts.path.removesuffix('/statements').rstrip('/')}/",
            auth=(unquote(parts.username or ""), unquote(parts.password or "")),
            timeout=TIMEOUT,
        )

    return LrsSource(connect, Positions(settings.home / "pumps" / "positions" / "lrs.json"))
