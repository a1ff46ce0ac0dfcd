"""A loopback server that speaks chat completions: it says what a test wrote down, and keeps what it was sent."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Said = Mapping[str, Any] | str | int


class Script:
    """``said``: a tool call {tool, arguments}, words, or an HTTP status. The last one is said again and again."""

    def __init__(self, said: Sequence[Said]) -> None:
        self.said, self.asked = list(said), list[dict[str, Any]]()
        self.url = ""

    def next(self) -> Said:
        return self.said[min(len(self.asked), len(self.said)) - 1]

    @property
    def results(self) -> list[str]:
        """What tools answered, as the model saw it."""
        return [message["content"] for message in self.asked[-1]["messages"] if message["role"] == "tool"]


def _message(said: Said, number: int) -> dict[str, Any]:
    if isinstance(said, str):
        return {"role": "assistant", "content": said}
    call = {"name": said["tool"], "arguments": json.dumps(said["arguments"])} if isinstance(said, Mapping) else {}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": f"call{number}", "type": "function", "function": call}],
    }


@contextmanager
def scripted(*said: Said) -> Iterator[Script]:
    script = Script(said)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            script.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            now = script.next()
            status = now if isinstance(now, int) else 200
            body: dict[str, Any] = {"error": {"message": "no"}}
            if status == 200:
                message = _message(now, len(script.asked))
                body = {
                    "id": "x", "object": "chat.completion", "created": 0, "model": "m",
                    "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
                    "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
                }  # fmt: skip
            sent = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
