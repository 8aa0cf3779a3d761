"""From what a person writes after --model to the LLM that it names."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

from ..errors import LLMError, UsageError
from ..systems.secrets import without_login
from ..systems.text import did_you_mean, plain
from .calling import ProviderLLM
from .llm import LLM
from .patience import Patience
from .replay import RecordingLLM, ReplayLLM, read_recording
from .wire import Wire

KINDS = "openai/MODEL, anthropic/MODEL, replay:FILE or paste"

OPENAI, RESPONSES, CHAT, ANTHROPIC = "openai", "openai-responses", "openai-chat", "anthropic"
PROVIDERS = (OPENAI, RESPONSES, CHAT, ANTHROPIC)


def load_llm(
    spec: str | None,
    *,
    base_url: str | None = None,
    timeout: float | None = None,
    stream: bool = True,
    record: Path | None = None,
    reply: str | None = None,
    prompt_to: str | None = None,
    patience: Patience | None = None,
) -> LLM:
    """The LLM that ``spec`` names; nothing is sent yet, but what can be known to fail does so here.

    - ``openai/MODEL``: OpenAI's Responses API. With ``base_url``, or ``OPENAI_BASE_URL`` in the environment, a
      server that speaks OpenAI's protocols: Chat Completions, or Responses where there are none. Which is spoken
      can also be chosen: ``openai-chat/MODEL``, ``openai-responses/MODEL``. The key is ``OPENAI_API_KEY``.
    - ``anthropic/MODEL``: Anthropic's Messages API. The address may be given by ``base_url`` or
      ``ANTHROPIC_BASE_URL``, the key is ``ANTHROPIC_API_KEY``.
    - ``replay:FILE``: replies that were recorded.
    - ``paste``: prompts for a chat window; see ``TerminalDesk`` for ``reply`` and ``prompt_to``.

    ``timeout`` are the seconds that one call may take in all; ``patience`` sets more than that. ``record`` is the
    JSON Lines file to which every exchange is appended. Without ``stream`` replies come in one piece.

    Raises:
        UsageError: ``spec`` is empty or of no known kind, or an address or a number is impossible.
        InputError: the recording cannot be read.
        LLMError: the key that the provider needs is not set.
    """
    waits = _patience(patience or Patience(), timeout)
    text = (spec or "").strip()
    provider, slash, model = text.partition("/")
    if slash and provider in PROVIDERS:
        _check_proxies()
        if not model.strip():
            raise UsageError(f"which model of {provider}?", hint=f"Write --model {provider}/MODEL.")
        llm: LLM = ProviderLLM(_wires(text, provider, model.strip(), base_url), patience=waits, stream=stream)
    elif text.startswith("replay:") and len(text) > len("replay:"):
        path = Path(text.removeprefix("replay:")).expanduser()
        llm = ReplayLLM(path, read_recording(path))
    elif text == "paste":
        from .paste import PasteLLM
        from .paste_terminal import TerminalDesk

        llm = PasteLLM(TerminalDesk(reply, prompt_to))
    else:
        raise _unknown(text)
    return RecordingLLM(llm, record) if record is not None else llm


def _patience(patience: Patience, timeout: float | None) -> Patience:
    if timeout is None:
        return patience
    if not 0 < timeout < float("inf"):
        raise UsageError("the timeout is a number of seconds above 0", hint="Leave out --timeout for the default.")
    return replace(patience, total=timeout)


def _check_proxies() -> None:
    """Refuse a proxy that the providers' libraries would stumble over. Raises ``UsageError``."""
    for kind, address in getproxies().items():
        scheme = address.partition("://")[0].lower() if "://" in address else "http"
        if kind not in ("http", "https", "all") or scheme in ("http", "https"):
            continue
        variable = f"{kind.upper()}_PROXY"
        if scheme not in ("socks5", "socks5h"):
            raise UsageError(f"{variable} names a proxy that cannot be used", hint="Its address begins with http://.")
        if find_spec("socksio") is None:
            raise UsageError(
                f"{variable} names a SOCKS proxy, for which something is missing", hint="pip install socksio"
            )


def _wires(name: str, provider: str, model: str, base_url: str | None) -> tuple[Wire, ...]:
    if provider == ANTHROPIC:
        address = _address(base_url, "ANTHROPIC_BASE_URL")
        _need_key(address, "ANTHROPIC_API_KEY", _anthropic_key)
        from .anthropic_messages import AnthropicWire

        return (AnthropicWire(name, model, address),)
    address = _address(base_url, "OPENAI_BASE_URL")
    _need_key(address, "OPENAI_API_KEY", lambda: bool(os.environ.get("OPENAI_API_KEY", "").strip()))
    from .openai_chat import ChatWire
    from .openai_responses import ResponsesWire

    chat, responses = ChatWire(name, model, address), ResponsesWire(name, model, address)
    if provider == CHAT:
        return (chat,)
    if provider == RESPONSES or not address or _is_openai(address):
        return (responses,)
    return (chat, responses)


def _address(base_url: str | None, variable: str) -> str:
    """The address that is set, or ``""``.

    Raises:
        UsageError: what is set is no address.
    """
    address = (base_url or os.environ.get(variable) or "").strip()
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid:
        given = "--base-url" if base_url else variable
        raise UsageError(
            f'{given} is "{plain(without_login(address))}", which is no address',
            hint="Write one such as http://localhost:8000/v1.",
        )
    return address


def _is_openai(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    return host == "api.openai.com" or host.endswith(".api.openai.com")


def _need_key(address: str, variable: str, is_set: Callable[[], bool]) -> None:
    """Fail before anything is prepared for a call that must fail; servers at another address may want no key."""
    key = os.environ.get(variable, "").strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise LLMError(
            f"the key in {variable} holds characters that cannot be sent", hint=f"Set {variable} to the key alone."
        )
    if not address and not is_set():
        raise LLMError(
            f"no key: {variable} is not set",
            hint=f"Set {variable}, or give --base-url for a local server; --model paste needs only a chat window.",
        )


def _anthropic_key() -> bool:
    """Whether Anthropic's SDK finds a key, a token or a profile."""
    if any(os.environ.get(name, "").strip() for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")):
        return True
    import anthropic

    try:
        return anthropic.Anthropic().credentials is not None
    except anthropic.AnthropicError as error:
        raise LLMError(
            f"the profile of Anthropic's SDK cannot be used: {plain(str(error))}", hint="Or set ANTHROPIC_API_KEY."
        ) from error


def _unknown(text: str) -> UsageError:
    if not text:
        return UsageError(
            "no model is given, and there is none by default",
            hint=f"Give --model or set COTSMITH_MODEL: {KINDS}. openai/MODEL needs OPENAI_API_KEY, anthropic/MODEL "
            "needs ANTHROPIC_API_KEY; a local server needs --base-url; paste needs only a chat window.",
        )
    kind = text.partition("/")[0].partition(":")[0]
    return UsageError(
        f'"{plain(text)}" is no model that can be asked{did_you_mean(kind, [*PROVIDERS, "replay", "paste"])}',
        hint=f"Write {KINDS}; a server that speaks OpenAI's protocols is openai/MODEL with --base-url.",
    )
