"""Loads a checkpoint's model and processor whole, or says what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors import EncoderError
from ..systems.text import plain
from .checkpoint_source import CheckpointSource

_TOWERS = {"get_image_features": "an image tower", "get_text_features": "a text tower"}
_DAMAGED = "The files may be incomplete: download them again."


def load_model(source: CheckpointSource, code: dict[str, Any]) -> Any:
    """The model in evaluation mode, as float32 on the CPU, every weight from the checkpoint.

    ``code`` is what ``remote_code.code_options`` gave.

    Raises:
        EncoderError: not a model with two towers, damaged or missing weights, code that does not run, too large.
    """
    from transformers import AutoModel

    if not code["trust_remote_code"]:
        _check_towers(source)
    try:
        model, report = AutoModel.from_pretrained(
            source.name,
            dtype="float32",
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # reported, and refused below by name
            **source.options,
            **code,
        )
    except (Exception, SystemExit) as error:  # other people's code, which may even try to end the program
        raise loading_failed(source, "the model", error, own_code=code["trust_remote_code"]) from error
    _refuse_random_weights(source, report)
    return model.eval()


def load_processor(source: CheckpointSource, code: dict[str, Any]) -> tuple[Any, Any, dict[str, Any]]:
    """The checkpoint's image processor and tokenizer, and how its processor wants texts padded.

    Raises:
        EncoderError: one of them is missing, damaged, or needs a package that is not installed.
    """
    from transformers import AutoProcessor

    auto: Any = AutoProcessor  # not annotated
    try:
        processor = auto.from_pretrained(source.name, **source.options, **code)
    except (Exception, SystemExit) as error:
        raise loading_failed(source, "its processor", error, own_code=code["trust_remote_code"]) from error
    parts = [getattr(processor, name, None) for name in ("image_processor", "tokenizer")]
    for part, what, file in zip(parts, ("image processor", "tokenizer"), _PROCESSOR_FILES, strict=True):
        if part is None:
            raise EncoderError(f"the checkpoint has no {what}", where=source.where, hint=f"It should hold {file}.")
    return parts[0], parts[1], dict(getattr(processor, "text_kwargs", None) or {})


_PROCESSOR_FILES = ("preprocessor_config.json or processor_config.json", "tokenizer.json or the files of a vocabulary")


def _check_towers(source: CheckpointSource) -> None:
    """Refuse a one-tower model by its class, before gigabytes of weights are fetched."""
    from transformers import AutoConfig
    from transformers.models.auto.modeling_auto import MODEL_MAPPING

    try:
        config = AutoConfig.from_pretrained(source.name, trust_remote_code=False, **source.options)
        kind = MODEL_MAPPING.get(type(config), None)
    except Exception as error:
        raise loading_failed(source, "its configuration", error) from error
    missing = [tower for method, tower in _TOWERS.items() if not hasattr(kind, method)]
    if missing:
        name = "no model class" if kind is None else getattr(kind, "__name__", str(kind))
        raise EncoderError(
            f"{name} (model type {plain(config.model_type)}) lacks {' and '.join(missing)}",
            where=source.where,
            hint="An encoder needs both, in one vector space: CLIP, SigLIP, SigLIP 2, MetaCLIP, ALIGN and their like.",
        )


def _refuse_random_weights(source: CheckpointSource, report: dict[str, Any]) -> None:
    """Weights that the checkpoint does not give are drawn at random: numbers that look like any others."""
    missing = sorted(map(str, report.get("missing_keys") or ()))
    other_shape = sorted(str(entry[0]) for entry in report.get("mismatched_keys") or ())
    if missing:
        raise EncoderError(
            f"{len(missing)} of its weights are missing: {_some(missing)}",
            where=source.where,
            hint="It may be part of a model, or be made for another class than config.json says.",
        )
    if other_shape:
        raise EncoderError(
            f"{len(other_shape)} of its weights have another shape than config.json says: {_some(other_shape)}",
            where=source.where,
            hint="config.json and the weights belong to different models.",
        )


def _some(names: Iterable[str]) -> str:
    listed = [plain(name) for name in names]
    return ", ".join(listed[:3]) + (", ..." if len(listed) > 3 else "")


def loading_failed(
    source: CheckpointSource, what: str, error: BaseException, *, own_code: bool = False
) -> EncoderError:
    """What went wrong while ``what`` was loaded, in the terms of the person who named the checkpoint.

    ``own_code`` says that the checkpoint's own code ran.
    """
    reason = plain(next(iter(str(error).strip().splitlines()), "") or type(error).__name__)
    if out_of_memory(error):
        return memory_exhausted(source.where)
    if isinstance(error, ImportError):
        return EncoderError(
            f"{what} needs packages that are not installed: {_missing_packages(error)}",
            where=source.where,
            hint="Install them into the environment of cotsmith.",
        )
    if type(error).__name__ in {"SafetensorError", "UnpicklingError", "EOFError"}:
        return EncoderError(f"the weights are damaged: {reason}", where=source.where, hint=_DAMAGED)
    if own_code:
        message = f"{what} cannot be loaded by the checkpoint's own code: {type(error).__name__}: {reason}"
        return EncoderError(message, where=source.where, hint="--debug shows where in its code it failed.")
    return EncoderError(f"{what} cannot be loaded: {reason}", where=source.where, hint=_DAMAGED)


def _missing_packages(error: ImportError) -> str:
    return plain(" ".join(str(error).split()))[:300]


def out_of_memory(error: BaseException) -> bool:
    """Whether ``error`` is any of the ways in which memory runs out."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in text or "not enough memory" in text


def memory_exhausted(where: str) -> EncoderError:
    """Memory ran out, and what to do about it."""
    return EncoderError(
        "out of memory",
        where=where,
        hint="Try a smaller batch, --dtype bfloat16, --device cpu, or a smaller model.",
    )
