"""A web server on the loopback interface that does what a test says, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any, TypeAlias

from PIL import Image

Answer: TypeAlias = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """One request; an answer writes what it wants, and may break every rule."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.server.asked[self.path] += 1
        self.server.answers[self.path](self)

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A proper answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    @property
    def times(self) -> int:
        """How often this path was asked for, this time included."""
        return self.server.asked[self.path]

    def log_message(self, *arguments: Any) -> None:
        """Nothing: the output belongs to the test."""


class Server(ThreadingHTTPServer):
    """``answers`` by path; ``asked`` counts the requests; ``over`` ends answers that would go on for ever."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), Request)
        self.answers: dict[str, Answer] = {}
        self.asked: Counter[str] = Counter()
        self.over = threading.Event()

    def address(self, path: str, answer: Answer | None = None) -> str:
        """The full address of ``path``, which gives ``answer`` from now on."""
        if answer is not None:
            self.answers[path] = answer
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}{path}"

    def handle_error(self, *arguments: Any) -> None:
        """A client that leaves in the middle is what some tests are about."""


@contextmanager
def serving(host: str = "127.0.0.1") -> Iterator[Server]:
    """A server that runs while the block does."""
    server = Server(host)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def png(color: tuple[int, int, int] = (200, 20, 30), size: int = 8) -> bytes:
    """A picture of one colour, as a PNG file."""
    target = BytesIO()
    Image.new("RGB", (size, size), color).save(target, "PNG")
    return target.getvalue()


def picture(color: tuple[int, int, int] = (200, 20, 30)) -> Answer:
    """The answer that is such a picture."""
    return lambda request: request.reply(200, png(color), Content_Type="image/png")
