"""Checkpoints that bring Python code of their own, such as jina-clip: only when trusted, only when pinned."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import EncoderError
from ..systems.text import plain
from .checkpoint_source import CheckpointSource
from .encoder import Vectors
from .vectors import checked

if TYPE_CHECKING:
    from PIL.Image import Image

_COMMIT = re.compile(r"[0-9a-f]{40}")


def split_revision(revision: str | None) -> tuple[str | None, str | None]:
    """``WEIGHTS:CODE`` as its two parts; the second is for checkpoints whose code lies in a repository of its own."""
    weights, _, code = (revision or "").partition(":")
    return weights or None, code or None


def code_options(source: CheckpointSource, trust: bool, revision: str | None) -> dict[str, Any]:
    """The arguments by which transformers runs the checkpoint's own code, or does not.

    ``revision`` is what the person asked for, ``COMMIT`` or ``COMMIT:COMMIT_OF_THE_CODE``.

    Raises:
        EncoderError: the checkpoint needs code of its own and it is not trusted, or not pinned to a commit.
    """
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    kind = str(source.config.get("model_type", ""))
    code = _model_code(source.config)
    known = kind in CONFIG_MAPPING
    if code is None and not known:
        raise _unknown_kind(source, kind)
    if code is None or (known and not trust):
        return {"trust_remote_code": False}
    repository = code.split("--")[0] if "--" in code else ""
    if not trust:
        raise _untrusted(source, repository)
    weights, own = split_revision(revision)
    if repository and not _COMMIT.fullmatch(own or ""):
        raise _unpinned(source, f"its code, which lies in {plain(repository)},", _revision_form(source, repository))
    if source.on_hub and not _COMMIT.fullmatch(weights or ""):
        raise _unpinned(source, "it", _revision_form(source, repository))
    return {"trust_remote_code": True, **({"code_revision": own} if repository else {})}


def _model_code(config: Mapping[str, Any]) -> str | None:
    table = config.get("auto_map")
    code = table.get("AutoModel") if isinstance(table, dict) else None
    return code if isinstance(code, str) else None


def _unknown_kind(source: CheckpointSource, kind: str) -> EncoderError:
    import transformers

    message = f'transformers {transformers.__version__} does not know the model type "{plain(kind)}"'
    if not kind:
        message = "config.json names no model type"
    return EncoderError(message, where=source.where, hint="A newer transformers may: pip install -U transformers")


def _untrusted(source: CheckpointSource, repository: str) -> EncoderError:
    place = (
        f"https://huggingface.co/{plain(repository or source.name)}" if source.on_hub or repository else source.where
    )
    form = _revision_form(source, repository)
    option, argument = (f" with --revision {form}", f', revision="{form}"') if form else ("", "")
    return EncoderError(
        "the checkpoint runs Python code of its own, which can do on this machine whatever you can",
        where=source.where,
        hint=f"Read the code at {place}. If you trust it: --trust-remote-code{option} "
        f"(in Python: trust_remote_code=True{argument}).",
    )


def _revision_form(source: CheckpointSource, repository: str) -> str:
    """What is to be given as a revision: a folder has none, but its code may lie in a repository that has."""
    if repository:
        return "COMMIT:COMMIT_OF_THE_CODE" if source.on_hub else ":COMMIT_OF_THE_CODE"
    return "COMMIT" if source.on_hub else ""


def _unpinned(source: CheckpointSource, what: str, form: str) -> EncoderError:
    return EncoderError(
        f"code is only run from a fixed commit: {what} needs one",
        where=source.where,
        hint=f"Give the 40 digits of the commits whose code you have read: --revision {form}",
    )


class RemoteCodeEncoder:
    """A model with jina-clip's interface: ``encode_image(list of images)`` and ``encode_text(list of texts)``."""

    def __init__(
        self, model: Any, *, name: str, key: str, logit_scale: float, batch_size: int, warnings: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.key = key
        self.logit_scale = logit_scale
        self.batch_size = batch_size
        self.warnings = warnings
        self._model = model

    def encode_images(self, images: list[Image]) -> Vectors:
        """``(N, D) float32`` for N RGB images."""
        return self._vectors(self._model.encode_image, images, "images")

    def encode_texts(self, texts: list[str]) -> Vectors:
        """``(M, D) float32`` for M texts; the model's own code decides how long they may be."""
        return self._vectors(self._model.encode_text, texts, "texts")

    def _vectors(self, encode: Callable[..., Any], things: list[Any], what: str) -> Vectors:
        import torch

        quiet = {"show_progress_bar": False} if "show_progress_bar" in inspect.signature(encode).parameters else {}
        try:
            with torch.inference_mode():
                answer = encode(things, **quiet)
        except (Exception, SystemExit) as error:  # it is other people's code
            raise EncoderError(f"the checkpoint's own code failed on {what}: {error!r}", where=self.name) from error
        if isinstance(answer, list) and answer and isinstance(answer[0], torch.Tensor):
            answer = torch.stack(answer)
        if isinstance(answer, torch.Tensor):
            answer = answer.float().cpu().numpy()
        return checked(answer, len(things), what, self.name)


def has_encode_methods(model: object) -> bool:
    """Whether ``model`` has jina-clip's interface."""
    return all(callable(getattr(model, name, None)) for name in ("encode_image", "encode_text"))
