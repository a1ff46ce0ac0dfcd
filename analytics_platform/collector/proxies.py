"""What stands before the collector: who the client really is, and below which prefix the collector answers.

Forwarding headers count only when they come from a trusted address; a client may write anything into them. The client
is the last address that is no trusted proxy; addresses before it may be forged.
Does not live here: any configuration of a proxy (README of the room).
"""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

_LONGEST = 2000


class Proxies:
    """The trusted addresses and networks of the setting."""

    def __init__(self, trusted: tuple[str, ...], prefix: str) -> None:
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(ip_network(one, strict=False) for one in trusted)
        self._prefix = prefix

    def client(self, peer: str, headers: dict[str, str]) -> str:
        """The address that a request comes from."""
        if not self._networks or not self._trusts(peer):
            return peer
        for address in reversed(_forwarded(headers)):
            if not _is_address(address):
                return peer
            if not self._trusts(address):
                return address
            peer = address
        return peer

    def prefix(self, peer: str, headers: dict[str, str]) -> str:
        """The path before our own, as clients see it."""
        given = headers.get("x-forwarded-prefix")
        if given is not None and self._networks and self._trusts(peer):
            given = given.rstrip("/")
            if len(given) <= 200 and given.startswith("/") and not given.startswith("//") and given.isprintable():
                return given
        return self._prefix

    def without_prefix(self, path: str) -> str:
        """Our own path: a proxy may leave the prefix on or take it off."""
        if self._prefix and path.startswith(f"{self._prefix}/"):
            return path[len(self._prefix) :]
        return path

    def _trusts(self, address: str) -> bool:
        return _is_address(address) and any(ip_address(address) in network for network in self._networks)


def _forwarded(headers: dict[str, str]) -> list[str]:
    """Addresses from the client to the last proxy: Forwarded (RFC 7239), else X-Forwarded-For."""
    if "forwarded" in headers:
        found = []
        for hop in headers["forwarded"][-_LONGEST:].split(","):
            for pair in hop.split(";"):
                name, _, value = pair.strip().partition("=")
                if name.lower() == "for":
                    found.append(_address(value.strip('"')))
        return found
    return [_address(one) for one in headers.get("x-forwarded-for", "")[-_LONGEST:].split(",") if one.strip()]


def _address(text: str) -> str:
    """Without a port: 192.0.2.1:80, [2001:db8::1]:80."""
    text = text.strip()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
