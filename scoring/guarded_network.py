"""Connections to public addresses only, within a time: what a list from anywhere may make this machine ask for."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import httpcore2

Resolve: TypeAlias = Callable[[str, int], Sequence[str]]
"""The addresses of a host, as text."""

# A read waits no longer than this before it looks whether it shall go on, so that Ctrl-C is not kept waiting.
_SLICE_SECONDS = 0.25
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All that is given out for the open internet. The rest of IPv6 is reserved, or leads somewhere of one's own: addresses
# with an IPv4 one at their end (::a.b.c.d, ::ffff:0:a.b.c.d), NAT64 of a network, site-local ones.
_UNICAST = ipaddress.ip_network("2000::/3")
_DOCUMENTATION = ipaddress.ip_network("3fff::/20")
_ASSIGNMENTS = ipaddress.ip_network("192.0.0.0/24")


class RefusedAddressError(Exception):
    """A host whose addresses are all private; the text names one."""


class OutOfTimeError(Exception):
    """The time for one image is over."""


class StoppedError(Exception):
    """Whoever waited for the images does not wait any more."""


def is_public(address: str) -> bool:
    """Whether ``address`` is one of the open internet: not private, loopback, link-local, reserved or multicast.

    An IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) is looked at as well: it is where packets end.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner: list[ipaddress.IPv4Address | None] = []
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip not in _UNICAST or ip in _DOCUMENTATION:
            return False
        inner = [ip.sixtofour, ip.teredo[1] if ip.teredo else None]
    elif ip in _ASSIGNMENTS:
        return False
    return ip.is_global and not ip.is_multicast and all(is_public(str(each)) for each in inner if each is not None)


def any_address(_address: str) -> bool:
    """True: the person said that private addresses are meant."""
    return True


def resolved(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver has for ``host``.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Watch:
    """Until when the request in work may take, and whether it shall go on at all. Each thread has its own."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._until = 0.0

    def begin(self, seconds: float) -> None:
        """A new image: its time begins."""
        self._until = time.monotonic() + seconds

    def left(self) -> float:
        """How many seconds are left.

        Raises:
            OutOfTimeError, StoppedError: none, or there is no need to go on.
        """
        if self._stop.is_set():
            raise StoppedError
        left = self._until - time.monotonic()
        if left <= 0:
            raise OutOfTimeError
        return left

    def wait(self, seconds: float) -> None:
        """Sleep, unless it is stopped or its time would be over before."""
        if seconds >= self.left():
            raise OutOfTimeError
        if self._stop.wait(seconds):
            raise StoppedError


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects where ``allowed`` says yes, to the very address that was asked about.

    The name is resolved here, once for a connection, and the connection is made to the resulting number: a name that
    resolves to something else a moment later (DNS rebinding) leads nowhere.
    """

    def __init__(self, watch: Watch, allowed: Callable[[str], bool], resolve: Resolve = resolved) -> None:
        self._watch = watch
        self._allowed = allowed
        self._resolve = resolve
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            addresses = list(self._resolve(host, port))
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f'no address of "{host}" is known') from error
        usable = [address for address in addresses if self._allowed(address)]
        if not usable:
            raise RefusedAddressError(", ".join(addresses) or host)
        last: Exception | None = None
        for address in usable:
            try:
                within = min(timeout or self._watch.left(), self._watch.left())
                stream = self._inner.connect_tcp(address, port, within, local_address, socket_options or ())
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                last = error
                continue
            return _GuardedStream(stream, self._watch)
        assert last is not None
        raise last


class _GuardedStream(httpcore2.NetworkStream):
    """A stream each of whose steps ends with the watch."""

    def __init__(self, inner: httpcore2.NetworkStream, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        until = time.monotonic() + timeout if timeout is not None else None
        while True:
            left = self._watch.left()
            if until is not None:
                left = min(left, until - time.monotonic())
                if left <= 0:
                    raise httpcore2.ReadTimeout("no answer")
            try:
                return self._inner.read(max_bytes, min(left, _SLICE_SECONDS))
            except httpcore2.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, min(timeout or self._watch.left(), self._watch.left()))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        within = min(timeout or self._watch.left(), self._watch.left())
        return _GuardedStream(self._inner.start_tls(ssl_context, server_hostname, within), self._watch)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
