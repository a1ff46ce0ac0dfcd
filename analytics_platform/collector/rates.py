"""Rate limits: requests of a credential, and failed logins.

Buckets are kept for a bounded number of names. Does not live here: who somebody is (``access``).
"""

import asyncio
import logging
import re
import time
from collections import OrderedDict

from analytics_platform.collector.errors import Overloaded

log = logging.getLogger(__name__)

_NAMES = 10_000


class Buckets:
    """Token buckets by name: a second's worth may come at once."""

    def __init__(self) -> None:
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # name -> tokens, when

    def take(self, name: str, rate: float, most: float | None = None) -> bool:
        """Whether one more fits; ``most`` may come at once."""
        now = time.monotonic()
        most = max(1.0, rate if most is None else most)
        left, then = self._left.get(name, (most, now))
        left = min(most, left + (now - then) * rate)
        allowed = left >= 1
        self._left[name] = (left - 1 if allowed else left, now)
        self._left.move_to_end(name)
        if len(self._left) > _NAMES:
            self._left.popitem(last=False)
        return allowed


class FailedLogins:
    """Logs and slows wrong passwords by the address that they come from. The right ones are never waited for."""

    _FREE = 5  # without a wait
    _WAIT = 1.0  # seconds, for those after
    _WAITING = 200  # at the same time; who comes above them is turned away
    _LOGGED_EVERY = 10.0  # seconds, for one address

    def __init__(self) -> None:
        self._buckets = Buckets()
        self._waiting = 0
        self._logged: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self.count = 0

    async def one_more(self, address: str, name: str | None) -> None:
        self.count += 1
        self._log(address, name)
        if self._buckets.take(address, rate=0.2, most=self._FREE):
            return
        if self._waiting >= self._WAITING:
            raise Overloaded("Too many failed logins at once.", status=429, seconds=5)
        self._waiting += 1
        try:
            await asyncio.sleep(self._WAIT)
        finally:
            self._waiting -= 1

    def _log(self, address: str, name: str | None) -> None:
        """One line for an address every ten seconds, with the number since the one before."""
        last, more = self._logged.get(address, (float("-inf"), 0))
        if time.monotonic() - last < self._LOGGED_EVERY:
            self._logged[address] = (last, more + 1)
            return
        # What is no user name of ours may be a password in the wrong place.
        shown = name if name is not None and re.fullmatch(r"(c|pk)-[0-9a-f]{12,24}", name) else "of an unknown form"
        log.warning("Login refused: user name %s, address %s, %d more before it.", shown, address, more)
        self._logged[address] = (time.monotonic(), 0)
        self._logged.move_to_end(address)
        if len(self._logged) > _NAMES:
            self._logged.popitem(last=False)
