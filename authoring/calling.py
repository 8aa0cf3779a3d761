"""Calling a provider: streaming, cancelling, timeouts, limits, and asking again when that may help."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import NoReturn

from ..errors import Interrupted, LLMError
from .budget import estimated_input, estimated_tokens
from .failures import ReplyError
from .llm import Reply, Request, StopReason, Streaming, Usage
from .patience import Patience
from .provider_errors import Failure, failure_of
from .wire import Broken, Piece, Sending, TooLong, Unreadable, Wire

POLL_S = 0.1
"""How often a person's wish to stop is looked for while nothing comes."""

CHARACTERS_PER_TOKEN = 16
"""No reply has more characters than so many for each token it may have, and a few for the rest: it never ends."""

_SPARE = 4096

LEAST_ROOM = 1_000
"""Where a model has less room than a reply was to get, it is asked for half as much, down to so many tokens."""

Watch = Callable[[Streaming], None]
Cancelled = Callable[[], bool]


class ProviderLLM:
    """An ``LLM`` behind one or more wires: the second is tried where the server does not know the path of the first."""

    def __init__(self, wires: tuple[Wire, ...], *, patience: Patience | None = None, stream: bool = True) -> None:
        self._wires = list(wires)
        self._patience = patience or Patience()
        self._stream = stream
        self._dropped: frozenset[str] = frozenset()
        self._reached = False
        self._most_tokens: int | None = None

    @property
    def name(self) -> str:
        """How the model was asked for."""
        return self._wires[0].name

    @property
    def _streams(self) -> bool:
        return self._stream and "stream" not in self._dropped

    def complete(
        self,
        request: Request,
        *,
        watch: Watch | None = None,
        cancelled: Cancelled | None = None,
    ) -> Reply:
        """Send ``request``, again where that may help, and wait for the reply; see ``LLM``."""
        call = _Call(self._within_room(request), watch)

        self._wires[0].load_sdk()
        if asyncio._get_running_loop() is None:
            return asyncio.run(self._until(call, cancelled))
        return self._beside_loop(call, cancelled)

    def _within_room(self, request: Request) -> Request:
        """``request`` with no more room for its reply than the model has, as far as that is known."""
        most = self._most_tokens
        return (
            request if most is None or most >= request.max_output_tokens else replace(request, max_output_tokens=most)
        )

    def _beside_loop(self, call: _Call, cancelled: Cancelled | None) -> Reply:
        """In a thread of its own, for this one runs a loop already: that of a notebook, say."""
        stop = threading.Event()

        def stopped() -> bool:
            return stop.is_set() or (cancelled is not None and cancelled())

        with ThreadPoolExecutor(1) as pool:
            try:
                return pool.submit(lambda: asyncio.run(self._until(call, stopped))).result()
            finally:
                stop.set()

    async def _until(self, call: _Call, cancelled: Cancelled | None) -> Reply:
        task = asyncio.create_task(self._within(call))
        try:
            while True:
                done, _ = await asyncio.wait({task}, timeout=POLL_S)
                if done:
                    return task.result()
                if cancelled is not None and cancelled():
                    raise Interrupted("interrupted; the connection was closed")
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})

    async def _within(self, call: _Call) -> Reply:
        try:
            async with asyncio.timeout(self._patience.total):
                return await self._attempts(call)
        except TimeoutError:
            message = f"no complete reply within {self._patience.total:g} seconds"
            hint = "Allow more with --timeout, or ask for fewer classes at once."
            if call.failure is not None:  # what it was waiting for when its time was over
                message, hint = (
                    f"{message}; before that: {call.failure.message}",
                    f"{call.failure.hint} Or allow more with --timeout.",
                )
            self._give_up(call, Failure(message, hint))

    async def _attempts(self, call: _Call) -> Reply:
        while True:
            call.attempts += 1
            wire = self._wires[0]
            try:
                return await self._attempt(call, wire)
            except ReplyError:
                raise
            except Exception as error:
                failure = failure_of(error, wire)
                if failure is None:
                    raise
                await self._settle(call, wire, failure)

    async def _settle(self, call: _Call, wire: Wire, failure: Failure) -> None:
        """Return when the request should be sent again, after waiting if need be; raise otherwise."""
        learning = failure.unknown != "stream" or (self._streams and not self._reached)
        if failure.unknown and failure.unknown not in self._dropped and learning:
            self._dropped |= {failure.unknown}
            call.say(f"the server does not know {failure.unknown}; asking without it")
            return
        half = call.request.max_output_tokens // 2
        if failure.crowded and half >= LEAST_ROOM:
            self._most_tokens = half
            call.request = self._within_room(call.request)
            call.say(f"the model has not so much room; asking for a reply of at most {half:,} tokens")
            return
        others = [other for other in self._wires if other is not wire]
        if failure.absent and others and not self._reached:
            self._wires = others
            return
        hopeless = failure.unreachable and not self._reached
        if not failure.again or hopeless or call.attempts >= self._patience.attempts:
            self._give_up(call, failure)
        call.failure = failure
        pause, asked = self._patience.pause(call.attempts, failure.asked), failure.asked
        more = f" (it asks for {asked:.0f} s, which is too long)" if asked is not None and asked > pause else ""
        call.say(
            f"{failure.message}; asking again in {pause:.0f} s{more}, {call.attempts + 1} of {self._patience.attempts}"
        )
        await asyncio.sleep(pause)

    async def _attempt(self, call: _Call, wire: Wire) -> Reply:
        sending = Sending(self._streams, self._dropped, call.most_characters, self._patience)
        got = _Got()
        try:
            async with aclosing(wire.pieces(call.request, sending)) as pieces:
                await self._take_all(call, pieces, got, sending.stream)
        except TooLong:
            call.partial = got.text or got.refusal or sending.body.decode("utf-8", "replace")
            self._too_long(call)
        finally:
            came = got.text or got.refusal or sending.body.decode("utf-8", "replace")
            call.partial = max(call.partial, came, key=len)
        if got.stop is None:
            raise Broken("the reply ended before it was complete") if got.pieces else Unreadable("")
        return self._reply(call, got, got.stop)

    async def _take_all(self, call: _Call, pieces: AsyncIterator[Piece], got: _Got, stream: bool) -> None:
        patience, now = self._patience, asyncio.get_running_loop().time
        try:
            # What is not streamed comes at once, and nothing before it: the limit for the whole call is enough.
            async with asyncio.timeout(patience.connect + patience.first if stream else None) as silence:
                async for piece in pieces:
                    self._reached = True
                    if stream:
                        silence.reschedule(now() + patience.between)
                    got.take(piece, call)
                    if max(got.characters, got.pieces) > call.most_characters:
                        raise TooLong
        except TimeoutError:
            if got.pieces:
                raise Broken(f"the reply stopped for {patience.between:g} seconds") from None
            raise Broken(f"no reply began within {patience.first:g} seconds") from None

    def _reply(self, call: _Call, got: _Got, stop: StopReason) -> Reply:
        text = got.text or got.refusal
        usage = got.usage or Usage(estimated_input(call.request), 0, estimated_tokens(text))
        stop = "refusal" if got.refusal and not got.text else stop
        seconds = call.seconds
        return Reply(text, stop, usage, got.model or self.name, seconds, call.first_token, call.attempts)

    def _too_long(self, call: _Call) -> NoReturn:
        most = call.most_characters
        raise ReplyError(
            f"the reply does not end: it was cut after {most:,} characters, though only "
            f"{call.request.max_output_tokens:,} tokens were asked for",
            text=call.partial[: most + _SPARE],
            where=self.name,
            hint="Try again, or use another model with --model.",
        )

    def _give_up(self, call: _Call, failure: Failure) -> NoReturn:
        tried = f" (tried {call.attempts} times)" if call.attempts > 1 else ""
        asked = failure.asked
        later = f" The server asks to wait {asked:.0f} seconds." if asked and asked > self._patience.longest else ""
        message, hint = failure.message + tried, failure.hint + later
        if call.partial:
            raise ReplyError(message, text=call.partial, where=self.name, hint=hint) from None
        raise LLMError(message, where=self.name, hint=hint) from None


@dataclass(slots=True)
class _Call:
    """One call of ``complete``: how far it is."""

    request: Request
    watch: Watch | None
    began: float = field(default_factory=time.perf_counter)
    attempts: int = 0
    first_token: float | None = None
    partial: str = ""
    failure: Failure | None = None

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    @property
    def most_characters(self) -> int:
        return self.request.max_output_tokens * CHARACTERS_PER_TOKEN + _SPARE

    def say(self, note: str) -> None:
        if self.watch is not None:
            self.watch(Streaming(0, self.seconds, note))


class _Got:
    """What has come of one attempt."""

    def __init__(self) -> None:
        self.pieces = 0
        self.characters = 0
        self.stop: StopReason | None = None
        self.usage: Usage | None = None
        self.model = ""
        self._texts: list[str] = []
        self._refusals: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._texts)

    @property
    def refusal(self) -> str:
        return "".join(self._refusals)

    def take(self, piece: Piece, call: _Call) -> None:
        self.pieces += 1
        self.stop = piece.stop or self.stop
        self.usage = piece.usage or self.usage
        self.model = piece.model or self.model
        if piece.text:
            self._texts.append(piece.text)
        if piece.refusal:
            self._refusals.append(piece.refusal)
        if not piece.text and not piece.refusal:
            return
        self.characters += len(piece.text) + len(piece.refusal)
        if call.first_token is None:
            call.first_token = call.seconds
        if call.watch is not None:
            call.watch(Streaming(self.characters, call.seconds, first_token=call.first_token))
