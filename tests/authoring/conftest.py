"""Fixtures that several tests of this room share."""

from tests.authoring.world import cards, draft, world

__all__ = ["cards", "draft", "world"]
