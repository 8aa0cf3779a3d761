"""Images behind addresses, from a real server that is slow, endless, wrong, private, or breaks off."""

from __future__ import annotations

import gzip
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cotsmith.errors import DataError
from cotsmith.scoring.dataset import Item
from cotsmith.scoring.download import Downloader, Hosts, Limits, NotFetchedError
from cotsmith.scoring.downloads import Addresses
from cotsmith.scoring.guarded_network import StoppedError, is_public
from cotsmith.scoring.image_store import clear_images, image_place, stored_images
from tests.scoring.image_server import Answer, Request, Server, picture, png, serving

QUICK = Limits(pause=0.0, seconds=20.0)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COTSMITH_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path / "cache"


def fetch(*addresses: str, limits: Limits = QUICK, allow_private: bool = True) -> dict[str, str]:
    """Fetch them all; the reasons of those that cannot be had, by address."""
    places = {image_place("downloaded", address): address for address in addresses}
    reasons = Addresses(places, allow_private, limits).fetch(list(places), None)
    for place in places:
        assert place.exists() == (place not in reasons)
    return {places[place]: reason for place, reason in reasons.items()}


def one(server: Server, answer: Answer, *, limits: Limits = QUICK) -> str:
    """Why the only image cannot be had; "" if it can."""
    address = server.address("/image", answer)
    return fetch(address, limits=limits).get(address, "")


def test_an_image_is_fetched_and_kept(server: Server, cache: Path) -> None:
    address = server.address("/a.png?size=8#top", None)
    server.answers["/a.png?size=8"] = picture()
    assert fetch(address) == {}
    assert image_place("downloaded", address).read_bytes() == png()
    (kept,) = stored_images(cache)
    assert (kept.kind, kept.count, kept.size) == ("downloaded", 1, len(png()))
    assert clear_images(cache) == len(png())
    assert stored_images(cache) == ()


def test_many_are_fetched_at_a_time_and_told_one_by_one(server: Server) -> None:
    meeting = threading.Barrier(4, timeout=20)

    def together(request: Request) -> None:
        meeting.wait()  # nobody is answered before four have asked
        request.reply(200, png())

    addresses = [server.address(f"/{number}", together) for number in range(8)]
    places = {image_place("downloaded", address): address for address in addresses}
    told: list[tuple[int, int]] = []
    limits = Limits(parallel=4)
    assert Addresses(places, True, limits).fetch(list(places), lambda *now: told.append(now)) == {}
    assert told == [(number, 8) for number in range(1, 9)]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_is_asked_again(server: Server, status: int) -> None:
    def answer(request: Request) -> None:
        if request.times < 3:
            request.reply(status)
        else:
            request.reply(200, png())

    assert one(server, answer) == ""
    assert server.asked["/image"] == 3


def test_trouble_that_stays_is_given_up(server: Server) -> None:
    assert one(server, lambda request: request.reply(500)) == "the server answers 500"
    assert server.asked["/image"] == 4


def test_what_is_not_there_is_not_asked_for_again(server: Server) -> None:
    assert one(server, lambda request: request.reply(404)) == "the server answers 404"
    assert server.asked["/image"] == 1


@pytest.mark.parametrize("after", ["3600", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_the_wait_that_a_server_asks_for_is_kept_within_bounds(server: Server, after: str) -> None:
    def answer(request: Request) -> None:
        if request.times == 1:
            request.reply(429, Retry_After=after)
        else:
            request.reply(200, png())

    assert one(server, answer, limits=Limits(longest_pause=0.01)) == ""


def test_a_host_that_asks_for_peace_is_left_in_peace() -> None:
    hosts = Hosts()
    hosts.pause("a", 1000)
    hosts.pause("a", 10)
    assert hosts.paused("a") > 900
    assert hosts.paused("b") == 0


def test_a_wait_longer_than_the_time_that_is_left_is_not_begun(server: Server) -> None:
    said = one(server, lambda request: request.reply(503, Retry_After="25"), limits=Limits(seconds=5))
    assert said == "it took longer than 5 seconds"
    assert server.asked["/image"] == 1


def test_a_connection_cut_in_the_middle_is_made_again(server: Server) -> None:
    def answer(request: Request) -> None:
        if request.times > 1:
            request.reply(200, png())
            return
        request.send_response(200)
        request.send_header("Content-Length", str(len(png())))
        request.end_headers()
        request.wfile.write(png()[:20])
        request.close_connection = True

    assert one(server, answer) == ""
    assert server.asked["/image"] == 2


def test_a_server_that_hangs_up_without_a_word(server: Server) -> None:
    def answer(request: Request) -> None:
        request.close_connection = True

    assert "disconnected" in one(server, answer)
    assert server.asked["/image"] == 4


def test_nobody_listens(server: Server) -> None:
    address = server.address("/image", picture())
    server.shutdown()
    server.server_close()
    addresses = [address, *(f"{address}?{number}" for number in range(8))]
    found = fetch(*addresses, limits=Limits(pause=0.0, parallel=1))
    assert all("refused" in found[each] for each in addresses)


def drip(request: Request) -> None:
    """A byte now and then, for ever."""
    request.send_response(200)
    request.end_headers()
    while not request.server.over.wait(0.02):
        request.wfile.write(b"x")


def drip_headers(request: Request) -> None:
    request.send_response(200)
    request.flush_headers()
    while not request.server.over.wait(0.02):
        request.wfile.write(b"X-A: 1\r\n")


@pytest.mark.parametrize("answer", [drip, drip_headers, lambda request: request.server.over.wait()])
def test_a_slow_server_is_given_up(server: Server, answer: Answer) -> None:
    assert one(server, answer, limits=Limits(seconds=0.3)) == "it took longer than 0.3 seconds"


def test_an_endless_body_is_cut_off(server: Server) -> None:
    def answer(request: Request) -> None:
        request.send_response(200)
        request.end_headers()
        while not request.server.over.is_set():
            request.wfile.write(png() + bytes(65536))

    assert one(server, answer, limits=Limits(size=1_000_000)) == "larger than 1 MB, the limit"


def test_a_size_that_is_told_beforehand_is_not_waited_for(server: Server) -> None:
    def answer(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "60000000")
        request.end_headers()
        request.server.over.wait()

    assert one(server, answer) == "larger than 50 MB, the limit"


def test_a_packed_body_is_unpacked_within_the_limit(server: Server) -> None:
    packed = gzip.compress(png())
    assert one(server, lambda request: request.reply(200, packed, Content_Encoding="gzip")) == ""
    bomb = gzip.compress(bytes(5_000_000))
    address = server.address("/bomb", lambda request: request.reply(200, bomb, Content_Encoding="gzip"))
    assert fetch(address, limits=Limits(size=1_000_000)) == {address: "larger than 1 MB, the limit"}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<!doctype html><p>Please log in", "it is a web page"),
        (b'{"error": "no such image"}', "it is a text file"),
        (b"MZ" + bytes(range(256)) * 4, "not an image that can be read"),
        (b"", "the file is empty"),
        (png(size=64)[:-40], "damaged"),
    ],
)
def test_what_is_no_image_is_not_kept(server: Server, cache: Path, body: bytes, says: str) -> None:
    assert says in one(server, lambda request: request.reply(200, body, Content_Type="image/png"))
    assert stored_images(cache) == ()


def test_an_image_is_one_whatever_it_is_called(server: Server) -> None:
    assert one(server, lambda request: request.reply(200, png(), Content_Type="text/html")) == ""


def test_redirects_are_followed_to_an_end(server: Server) -> None:
    server.answers["/deep/c"] = picture()
    server.answers["/b"] = lambda request: request.reply(302, Location="deep/c")
    assert one(server, lambda request: request.reply(301, Location="/b")) == ""
    loop = server.address("/loop", lambda request: request.reply(302, Location="/loop"))
    assert fetch(loop) == {loop: "more than 5 redirects"}
    assert server.asked["/loop"] == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/a.png", "http://me:secret@127.0.0.1/"])
def test_redirects_lead_to_web_addresses_only(server: Server, target: str) -> None:
    said = one(server, lambda request: request.reply(302, Location=target))
    assert "address" in said
    assert "secret" not in said


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the loopback interface has one address")
def test_a_redirect_to_a_private_address_is_refused() -> None:
    # Where one loopback address stands for the open internet, another for what lies behind a firewall.
    with serving("127.0.0.1") as outside, serving("127.0.0.2") as inside:
        secret = inside.address("/secret", picture())
        address = outside.address("/image", lambda request: request.reply(302, Location=secret))
        downloader = Downloader(threading.Event(), Hosts(), limits=QUICK, allowed=lambda number: number == "127.0.0.1")
        with pytest.raises(NotFetchedError, match=r"127\.0\.0\.2 is at a private address"):
            downloader.fetch(address)
        downloader.close()
        assert not inside.asked


def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to(server: Server) -> None:
    """A name that resolves to something else the second time (DNS rebinding) is resolved but once."""
    server.answers["/image"] = picture()
    asked: list[str] = []
    looked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.99"]

    def allowed(number: str) -> bool:
        looked.append(number)
        return True

    downloader = Downloader(threading.Event(), Hosts(), limits=QUICK, allowed=allowed, resolve=resolve)
    content = downloader.fetch(f"http://images.invalid:{server.server_address[1]}/image")
    downloader.close()
    assert content == png()
    assert asked == ["images.invalid"]
    assert looked == ["127.0.0.1"]


def test_a_proxy_is_used_only_where_every_address_is_allowed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.address("/").rstrip("/").replace("http://", "http://me:secret@"))
    monkeypatch.delenv("no_proxy", raising=False)
    address = "http://images.invalid/image"
    seen: list[str | None] = []

    def answer(request: Request) -> None:
        seen.append(request.headers["Proxy-Authorization"])
        request.reply(200, png())

    server.answers[address] = answer
    assert fetch(address) == {}
    assert seen == ["Basic bWU6c2VjcmV0"]
    image_place("downloaded", address).unlink()
    assert "no address" in fetch(address, allow_private=False, limits=Limits(tries=1))[address]
    assert len(seen) == 1


def test_an_image_is_named_without_the_password_in_its_address() -> None:
    assert Item(Path("x"), "Ash", origin="https://ann:hush@host/a.jpg").shown == "https://host/a.jpg"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "[::ffff:127.0.0.1]"])
def test_private_addresses_are_refused_unless_allowed(server: Server, host: str) -> None:
    server.answers["/image"] = picture()
    address = f"http://{host}:{server.server_address[1]}/image"
    said = fetch(address, allow_private=False)[address]
    assert "private address" in said
    assert "--allow-private-urls" in said
    assert not server.asked


@pytest.mark.parametrize(
    "address",
    [
        *(
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "127.8.9.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:10.0.0.1"),
        *("224.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "not an address"),
        # IPv4 at the end of reserved ones, a network's own NAT64, site-local, documentation, protocol assignments
        *("::127.0.0.1", "::10.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1", "fec0::1", "3fff::1", "192.0.0.8"),
    ],
)
def test_what_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_what_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", ["http://", "https:///x", "http://[::1/x", "http://a b/", "data:image/png;base64,"])
def test_what_is_no_address(address: str) -> None:
    assert "address" in fetch(address)[address]


def test_stopped_in_the_middle_it_goes_on_where_it_was(server: Server) -> None:
    waits = threading.Event()

    def hang(request: Request) -> None:
        waits.set()
        request.server.over.wait()

    class Stop(Exception):
        """What a Ctrl-C raises, in the end."""

    def progress(*_now: int) -> None:
        assert waits.wait(20)
        raise Stop

    quick, slow = server.address("/quick", picture()), server.address("/slow", hang)
    places = {image_place("downloaded", address): address for address in (quick, slow)}
    with pytest.raises(Stop):
        Addresses(places, True, Limits(parallel=2)).fetch(list(places), progress)
    assert [place.exists() for place in places] == [True, False]
    server.answers["/slow"] = picture()
    missing = [place for place in places if not place.exists()]
    assert Addresses(places, True, QUICK).fetch(missing, None) == {}
    assert server.asked["/quick"] == 1


def test_a_stopped_downloader_stops(server: Server) -> None:
    stop = threading.Event()
    downloader = Downloader(stop, Hosts(), limits=QUICK, allowed=lambda number: True)

    def answer(request: Request) -> None:
        stop.set()
        request.server.over.wait()

    with pytest.raises(StoppedError):
        downloader.fetch(server.address("/image", answer))
    downloader.close()


def test_a_cache_folder_that_cannot_be_written_is_an_error(server: Server, cache: Path) -> None:
    cache.mkdir()
    (cache / "downloaded").touch()
    with pytest.raises(DataError, match="images cannot be kept") as error:
        fetch(server.address("/image", picture()))
    assert "COTSMITH_CACHE_DIR" in error.value.hint
