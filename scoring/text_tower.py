"""How texts become a text tower's tokens: padded as it was trained, cut at its limit, and told when they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_UNLIMITED = 1_000_000  # tokenizers that know no limit say 10**30
# These number positions from the padding token's id on, so that many rows of the table hold no position.
_OFFSET_POSITIONS = ("roberta", "altclip", "camembert")


class TextInput:
    """A checkpoint's tokenizer with the padding and the limit of its text tower.

    ``limit`` is in tokens, those that the tokenizer adds included; ``None`` where the checkpoint names no limit.
    """

    def __init__(self, tokenizer: Any, config: Any, processor_options: Mapping[str, Any]) -> None:
        self._tokenizer = tokenizer
        self._fixed_length = _wants_fixed_length(config, processor_options)
        self.limit = _limit(tokenizer, config, processor_options)

    def tokens(self, texts: Sequence[str]) -> Mapping[str, Any]:
        """The tower's inputs: tensors of ``(M, tokens)``, and what else the tokenizer gives."""
        cut = {} if self.limit is None else {"truncation": True, "max_length": self.limit}
        padding = "max_length" if self._fixed_length and self.limit is not None else "longest"
        tokens: Mapping[str, Any] = self._tokenizer(list(texts), padding=padding, return_tensors="pt", **cut)
        return tokens

    def truncated(self, texts: Sequence[str]) -> list[str]:
        """Those of ``texts`` that are longer than the limit."""
        if self.limit is None or not texts:
            return []
        rows = self._tokenizer(list(texts), truncation=False, padding=False, verbose=False)["input_ids"]
        return [text for text, row in zip(texts, rows, strict=True) if len(row) > self.limit]


def _wants_fixed_length(config: Any, processor_options: Mapping[str, Any]) -> bool:
    """Whether the tower attends to padding, and so needs as much of it as in training: SigLIP and what says so."""
    says_so = processor_options.get("padding") == "max_length" and bool(processor_options.get("truncation"))
    return says_so or str(config.model_type).startswith("siglip")


def _limit(tokenizer: Any, config: Any, processor_options: Mapping[str, Any]) -> int | None:
    text_config = getattr(config, "text_config", config)
    limits = [getattr(tokenizer, "model_max_length", None)]
    positions = getattr(text_config, "max_position_embeddings", None)
    if isinstance(positions, int):
        offset = any(name in str(text_config.model_type) for name in _OFFSET_POSITIONS)
        limits.append(positions - (getattr(text_config, "pad_token_id", 0) or 0) - 1 if offset else positions)
    if processor_options.get("truncation"):
        limits.append(processor_options.get("max_length"))
    known = [limit for limit in limits if isinstance(limit, int) and 0 < limit < _UNLIMITED]
    return min(known, default=None)
