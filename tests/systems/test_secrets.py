"""What must not be told or kept: keys, tokens, and the logins in addresses."""

from __future__ import annotations

import pytest

from cotsmith.systems.secrets import without_login, without_secrets


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://ann:hush@host:8000/v1", "http://host:8000/v1"),
        ("https://ann@host/v1", "https://host/v1"),
        ("http://ann:hu@sh@host/v1", "http://host/v1"),
        ("htp:/ann:hush@host", "htp:/host"),
        ("ann:hush@host:8000", "host:8000"),
        ("http://host/a@b.jpg", "http://host/a@b.jpg"),
        ("cards@home.parquet:12", "cards@home.parquet:12"),
        ("C:\\cards\\ann@home.jpg", "C:\\cards\\ann@home.jpg"),
        ("", ""),
    ],
)
def test_an_address_is_told_without_its_login(address: str, told: str) -> None:
    assert without_login(address) == told


def test_a_login_in_a_text_is_not_kept() -> None:
    said = 'no route to http://ann:hush@host/v1, https://token@host, nor "https://bo:a@b@there"; mail ann@host at 10:30'
    kept = said.replace("ann:hush", "[removed]").replace("token", "[removed]").replace("bo:a@b", "[removed]")
    assert without_secrets({"said": [said]}) == {"said": [kept]}
