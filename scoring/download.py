"""One image from its address: within limits of size, time and redirects, and again where that may help."""

from __future__ import annotations

import random
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

from ..systems.text import plain
from .guarded_network import (
    GuardedBackend,
    OutOfTimeError,
    RefusedAddressError,
    Resolve,
    Watch,
    any_address,
    is_public,
    resolved,
)

_STEP_SECONDS = 15.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGAIN = frozenset({408, 425, 429})
_READ_MORE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one address may cost.

    ``size`` bytes, ``seconds`` for all tries together, ``redirects`` in a row, ``tries``; before the second try it
    waits about ``pause`` seconds, before each further one twice as long, or as long as the server asks for
    (Retry-After), but at most ``longest_pause``. ``parallel`` addresses are asked at a time.
    """

    size: int = 50_000_000
    seconds: float = 120.0
    redirects: int = 5
    tries: int = 4
    pause: float = 1.0
    longest_pause: float = 30.0
    parallel: int = 8


class NotFetchedError(Exception):
    """An address gives no image; the text says why."""


class _TryAgainError(Exception):
    """A failure that may pass; ``after`` is what the server asks for, in seconds. ``lost``: no answer at all."""

    def __init__(self, reason: str, after: float | None = None, *, lost: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.lost = lost


class Hosts:
    """What all threads know of the hosts: which asked to be left in peace until when, and which do not answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}
        self._lost: set[str] = set()

    def pause(self, host: str, seconds: float) -> None:
        """Ask nothing of ``host`` for ``seconds``."""
        with self._lock:
            self._until[host] = max(self._until.get(host, 0.0), time.monotonic() + seconds)

    def paused(self, host: str) -> float:
        """For how many seconds nothing is to be asked of ``host``."""
        with self._lock:
            return max(0.0, self._until.get(host, 0.0) - time.monotonic())

    def lost(self, host: str, *, is_lost: bool) -> None:
        """Remember whether ``host`` answers."""
        with self._lock:
            (self._lost.add if is_lost else self._lost.discard)(host)

    def is_lost(self, host: str) -> bool:
        """Whether ``host`` did not answer, however often it was asked: then it is asked once more only."""
        with self._lock:
            return host in self._lost


class Downloader:
    """Fetches addresses one after another; for one thread, which keeps its connections open."""

    def __init__(
        self,
        stop: threading.Event,
        hosts: Hosts,
        *,
        limits: Limits,
        allowed: Callable[[str], bool] = is_public,
        resolve: Resolve = resolved,
    ) -> None:
        self._watch = Watch(stop)
        self._hosts = hosts
        self._limits = limits
        self._options: dict[str, Any] = {
            "ssl_context": _ssl_context(),
            "network_backend": GuardedBackend(self._watch, allowed, resolve),
            "max_connections": 4,
            "keepalive_expiry": 20.0,
        }
        # What a proxy connects to cannot be looked at: one is used only where every address is allowed.
        self._proxies = getproxies() if allowed is any_address else {}
        self._pools: dict[str, httpcore2.ConnectionPool] = {}

    def close(self) -> None:
        """Close the connections."""
        for pool in self._pools.values():
            pool.close()

    def fetch(self, address: str) -> bytes:
        """The bytes at ``address``, whatever they are.

        Raises:
            NotFetchedError: it cannot be had; the text says why.
            StoppedError: it was stopped.
        """
        host = checked_address(address).host
        self._watch.begin(self._limits.seconds + self._limits.longest_pause)
        try:
            self._watch.wait(self._hosts.paused(host))
            self._watch.begin(self._limits.seconds)
            for number in range(self._limits.tries):
                try:
                    body = self._try(address)
                except _TryAgainError as error:
                    if number + 1 == self._limits.tries or (error.lost and self._hosts.is_lost(host)):
                        self._hosts.lost(host, is_lost=error.lost)
                        raise NotFetchedError(str(error)) from error
                    self._watch.wait(self._pause(host, number, error.after))
                else:
                    self._hosts.lost(host, is_lost=False)
                    return body
        except OutOfTimeError:
            raise NotFetchedError(f"it took longer than {self._limits.seconds:g} seconds") from None
        raise AssertionError("at least one try is made")

    def _pause(self, host: str, number: int, asked_for: float | None) -> float:
        if asked_for is None:
            seconds = self._limits.pause * 2.0**number * random.uniform(0.7, 1.3)
            return min(seconds, self._limits.longest_pause)
        seconds = min(asked_for, self._limits.longest_pause)
        self._hosts.pause(host, seconds)
        return seconds

    def _try(self, address: str) -> bytes:
        url = checked_address(address)
        for _ in range(self._limits.redirects + 1):
            try:
                found = self._ask(url)
            except RefusedAddressError as error:
                raise NotFetchedError(
                    f"{plain(url.host)} is at a private address, {plain(str(error))}; --allow-private-urls fetches it"
                ) from None
            except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
                if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                    raise NotFetchedError(f"its certificate is not valid: {plain(str(error))}") from error
                what = "no answer in time" if isinstance(error, httpcore2.TimeoutException) else plain(str(error))
                lost = isinstance(error, httpcore2.ConnectError | httpcore2.ConnectTimeout)
                raise _TryAgainError(what or "the connection broke", lost=lost) from error
            if isinstance(found, bytes):
                return found
            url = checked_address(str(url.join(found)))
        raise NotFetchedError(f"more than {self._limits.redirects} redirects")

    def _ask(self, url: httpx2.URL) -> bytes | str:
        """The body at ``url``, or where the server sends on."""
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), _STEP_SECONDS)
        with self._pool(url).stream(
            b"GET", str(url.copy_with(fragment=None)), headers=_headers(url), extensions={"timeout": timeouts}
        ) as response:
            headers = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in response.headers}
            status = response.status
            if status in _REDIRECTS and "location" in headers:
                return headers["location"]
            if status in _AGAIN or status >= 500:
                raise _TryAgainError(f"the server answers {status}", _retry_after(headers.get("retry-after")))
            if status != 200:
                raise NotFetchedError(f"the server answers {status}")
            if (length := headers.get("content-length", "")).isdecimal() and int(length) > self._limits.size:
                raise NotFetchedError(f"larger than {self._megabytes}")
            return self._body(_decoded(response.iter_stream(), headers.get("content-encoding", "")))

    def _pool(self, url: httpx2.URL) -> httpcore2.ConnectionPool:
        """The connections for ``url``: direct ones, or through the proxy that the environment names for it."""
        proxy = "" if proxy_bypass(url.host) else self._proxies.get(url.scheme, "")
        if proxy not in self._pools:
            if proxy:
                address = httpx2.URL(proxy if "://" in proxy else f"http://{proxy}")
                user = (address.username, address.password) if address.userinfo else None
                bare = str(address.copy_with(username=None, password=None))
                self._pools[proxy] = httpcore2.HTTPProxy(bare, proxy_auth=user, **self._options)
            else:
                self._pools[proxy] = httpcore2.ConnectionPool(**self._options)
        return self._pools[proxy]

    def _body(self, parts: Iterator[bytes]) -> bytes:
        body = bytearray()
        for part in parts:
            body += part
            if len(body) > self._limits.size:
                raise NotFetchedError(f"larger than {self._megabytes}")
            self._watch.left()
        return bytes(body)

    @property
    def _megabytes(self) -> str:
        return f"{self._limits.size / 1e6:g} MB, the limit"


def checked_address(address: str) -> httpx2.URL:
    """``address`` as a URL that may be asked for: http or https, with a host, without a password.

    Raises:
        NotFetchedError: it may not.
    """
    try:
        url = httpx2.URL(address.strip())
    except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
        raise NotFetchedError(f"not an address: {plain(str(error))}") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise NotFetchedError("not an address that begins with http:// or https://")
    if url.userinfo:
        raise NotFetchedError("an address with a user name or a password in it is not asked for")
    return url


@cache
def _ssl_context() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


def _headers(url: httpx2.URL) -> list[tuple[bytes, bytes]]:
    from importlib.metadata import version

    return [
        (b"Host", url.netloc),
        (b"User-Agent", f"cotsmith/{version('cotsmith')}".encode()),
        (b"Accept", b"image/*,*/*;q=0.5"),
        (b"Accept-Encoding", b"identity"),
    ]


def _retry_after(text: str | None) -> float | None:
    """Seconds, as the header says in a number or a date; None where it says nothing that can be read."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _decoded(parts: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """The body as it was before the server packed it, which it was asked not to, a bounded piece at a time."""
    if encoding.lower().strip() in ("", "identity"):
        yield from parts
        return
    if encoding.lower().strip() not in ("gzip", "x-gzip", "deflate"):
        raise NotFetchedError(f'sent in the encoding "{plain(encoding)}"')
    unpack = zlib.decompressobj(wbits=47)
    try:
        for part in parts:
            while part:
                yield unpack.decompress(part, _READ_MORE)
                part = unpack.unconsumed_tail
    except zlib.error as error:
        raise NotFetchedError(f"it is damaged ({error})") from None
