"""An OpenID Connect issuer on loopback, which signs with another library than ours verifies with."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from joserfc import jwk, jwt

from analytics_platform_tests.loopback import served

AUDIENCE = "https://collector.example.org"


@dataclass
class Issuer:
    """Keys, and a server that shows them."""

    url: str = ""
    keys: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    away: bool = False
    name: str = ""

    def add(self, name: str, kind: str = "RSA", size: Any = 2048, **said: str) -> Any:
        made = jwk.generate_key(kind, size, {"kid": name, "use": "sig"} | said)
        self.keys[name] = made
        return made

    def token(self, key: str = "one", algorithm: str = "RS256", **claims: Any) -> str:
        now = int(time.time())
        said = {"iss": self.url, "aud": AUDIENCE, "sub": "moodle", "scope": "write read_own", "iat": now}
        said |= {"exp": now + 300} | claims
        kept = {name: value for name, value in said.items() if value is not None}
        return jwt.encode({"alg": algorithm, "kid": key}, kept, self.keys[key], algorithms=[algorithm])


@contextmanager
def serve_issuer() -> Iterator[Issuer]:
    made = Issuer()

    class Shown(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked += 1
            found = {"keys": [key.as_dict(private=False) for key in made.keys.values()]}
            if self.path.endswith("openid-configuration"):
                found = {"issuer": made.name or made.url, "jwks_uri": f"{made.url}/keys"}
            body = json.dumps(found).encode()
            self.send_response(503 if made.away else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None: ...

    made.add("one")
    with served(Shown) as made.url:
        yield made
