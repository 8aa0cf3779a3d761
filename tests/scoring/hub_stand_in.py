"""A stand-in for the Hugging Face hub on the loopback interface: as much of it as its own library asks for."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hub

    def do_GET(self) -> None:
        path = re.sub(r"/(tree|resolve|revision)/main\b", rf"/\1/{COMMIT}", unquote(urlsplit(self.path).path))
        for name, files in self.server.data_sets.items():
            if path.startswith(f"/api/datasets/{name}/tree/{COMMIT}"):
                self._json(_tree(files, path.partition(COMMIT)[2].strip("/")))
                return
            if path in (f"/api/datasets/{name}", f"/api/datasets/{name}/revision/{COMMIT}"):
                self._json({"id": name, "sha": COMMIT, "siblings": [{"rfilename": file} for file in files]})
                return
            if path.startswith(f"/datasets/{name}/resolve/{COMMIT}/"):
                self._file(files, path.partition(f"{COMMIT}/")[2])
                return
        revision = "/revision/" in path and any(f"/datasets/{name}/" in path for name in self.server.data_sets)
        self._send(404, b"{}", X_Error_Code="RevisionNotFound" if revision else "RepoNotFound")

    do_HEAD = do_GET

    def _file(self, files: Mapping[str, bytes], name: str) -> None:
        if name not in files:
            self._send(404, X_Error_Code="EntryNotFound", X_Repo_Commit=COMMIT)
        else:
            tag = f'"{hashlib.sha1(files[name]).hexdigest()}"'
            self._send(200, files[name], ETag=tag, X_Repo_Commit=COMMIT)

    def _json(self, value: Any) -> None:
        self._send(200, json.dumps(value).encode(), Content_Type="application/json")

    def _send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Nothing: the output belongs to the test."""


def _tree(files: Mapping[str, bytes], folder: str) -> list[dict[str, Any]]:
    """What lies directly in ``folder``."""
    prefix = f"{folder}/" if folder else ""
    inside = [name for name in files if name.startswith(prefix)]
    folders = {prefix + name[len(prefix) :].partition("/")[0] for name in inside if "/" in name[len(prefix) :]}
    found: list[dict[str, Any]] = [{"type": "directory", "path": name, "oid": "0" * 40} for name in sorted(folders)]
    for name in inside:
        if "/" not in name[len(prefix) :]:
            content = files[name]
            found.append({"type": "file", "path": name, "size": len(content), "oid": hashlib.sha1(content).hexdigest()})
    return found


class Hub(ThreadingHTTPServer):
    """``data_sets``: the files of each data set, by their paths."""

    daemon_threads = True

    def __init__(self, data_sets: Mapping[str, Mapping[str, bytes]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.data_sets = data_sets

    @property
    def endpoint(self) -> str:
        """What HF_ENDPOINT is to be."""
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def hub(data_sets: Mapping[str, Mapping[str, bytes]]) -> Iterator[Hub]:
    """A hub that runs while the block does."""
    server = Hub(data_sets)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
