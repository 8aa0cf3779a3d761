"""What tests of the commands need of the loopback server: keys, model names, and what a request said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cotsmith.authoring.llm import Request
from cotsmith.authoring.testing import Script

from .loopback import CHAT, MESSAGES, RESPONSES, Act, Loopback, Seen

KEYS = {"OPENAI_API_KEY": "test-openai-key-0123456789", "ANTHROPIC_API_KEY": "test-anthropic-key-0123456789"}
MODELS = {RESPONSES: "openai-responses/m", CHAT: "openai/m", MESSAGES: "anthropic/m"}
NOW = {"retry-after": "0"}


def use_keys(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Keys of the tests' own in the environment, and ``folder`` for replies that cannot be used."""
    for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    monkeypatch.setenv("COTSMITH_REPLIES_DIR", str(folder / "replies"))


def addresses(server: Loopback) -> dict[str, str]:
    """The environment that points the SDKs at ``server``."""
    return {"OPENAI_BASE_URL": server.openai_url, "ANTHROPIC_BASE_URL": server.url}


def point_at(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, address in addresses(server).items():
        monkeypatch.setenv(name, address)


def request_of(seen: Seen) -> Request:
    """The request as the drafter of the tests takes it; what it is about shows in its schema."""
    schema = schema_of(seen)
    task = next((f"draft-{name}" for name in ("attributes", "rules") if name in schema["properties"]), "refine")
    return Request(task, "", "", (), schema, 1)


def schema_of(seen: Seen) -> dict[str, Any]:
    """The JSON Schema that was sent natively."""
    body: dict[str, Any] = seen.body
    schema: dict[str, Any] = {
        RESPONSES: lambda: body["text"]["format"]["schema"],
        CHAT: lambda: body["response_format"]["json_schema"]["schema"],
        MESSAGES: lambda: body["output_config"]["format"]["schema"],
    }[seen.protocol]()
    return schema


def said(seen: Seen) -> str:
    """The texts of the request's turns, the first one first."""
    turns = seen.body.get("input") or seen.body["messages"]
    return "\n\n".join(text for turn in turns if turn["role"] != "system" for text in _texts(turn["content"]))


def _texts(content: Any) -> list[str]:
    return [content] if isinstance(content, str) else [part["text"] for part in content if "text" in part]


def pictures(seen: Seen) -> int:
    """How many images the request holds."""
    text = json.dumps(seen.body)
    return text.count('"input_image"') + text.count('"type": "image_url"') + text.count('"type": "image"')


def answering(script: Callable[[Request], Script]) -> Callable[[Seen], Act]:
    """``script``, which answers requests, as the server's."""

    def reply(seen: Seen) -> Act:
        answer = script(request_of(seen))
        return answer if isinstance(answer, Act) else Act(json.dumps(answer))

    return reply


def without_keys(folder: Path, *texts: str) -> None:
    """Assert that no key stands in any file under ``folder``, nor in ``texts``."""
    for key in KEYS.values():
        assert not any(key in text for text in texts)
        for path in folder.rglob("*"):
            assert not path.is_file() or key.encode() not in path.read_bytes(), path
