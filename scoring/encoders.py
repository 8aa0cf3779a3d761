"""The encoder that a name means: the bundled one, one of the user's own, a folder, or a model of the hub."""

from __future__ import annotations

import re
from pathlib import Path

from ..errors import EncoderError, UsageError
from ..systems.text import plain
from .encoder import Encoder

_FACTORY = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")


def load_encoder(
    spec: str,
    *,
    revision: str | None = None,
    trust_remote_code: bool = False,
    device: str | None = None,
    dtype: str | None = None,
) -> Encoder:
    """The encoder that ``spec`` names.

    ``spec`` is ``demo`` (bundled; knows the demo's world only), ``package.module:factory`` (your own), a folder with a
    checkpoint, or a Hugging Face id. Checkpoints need an image and a text tower and are loaded by transformers.

    Args:
        spec: the name.
        revision: branch, tag or commit of a hub model; ``COMMIT:COMMIT_OF_THE_CODE`` where a trusted checkpoint's code
            lies in another repository.
        trust_remote_code: run the Python code that a checkpoint brings (jina-clip does); it needs a commit as revision.
        device: ``cuda``, ``cuda:1``, ``mps`` or ``cpu``; by default the fastest that is here.
        dtype: ``float32``, ``bfloat16`` or ``float16``; by default bfloat16 on GPUs that have it, else float32.

    Raises:
        EncoderError: it cannot be found, reached, trusted or loaded, or is no encoder; the message says which.
        UsageError: an unknown device or dtype, or an option that does not go with this kind of encoder.
    """
    given: object = spec  # a caller without a type checker may give anything
    if not isinstance(given, str):
        kind = plain(type(given).__name__)
        raise UsageError(f"an encoder is named by a text, not by {kind}", hint="One that you have needs no loading.")
    if not spec.strip():
        raise EncoderError("an encoder needs a name", hint="For example: demo, or openai/clip-vit-base-patch32.")
    if _FACTORY.fullmatch(spec) and not Path(spec).exists():
        from .factory_encoder import load_factory_encoder

        return load_factory_encoder(spec, {"revision": revision, "device": device, "dtype": dtype})
    from .checkpoint_encoder import load_checkpoint_encoder

    if spec == "demo":
        if revision is not None:
            raise UsageError("the bundled encoder has no revisions", where="demo", hint="Leave the revision out.")
        return load_checkpoint_encoder(str(_bundled()), device=device, dtype=dtype, name="demo")
    return load_checkpoint_encoder(
        spec, revision=revision, trust_remote_code=trust_remote_code, device=device, dtype=dtype
    )


def _bundled() -> Path:
    folder = Path(__file__).parent / "demo" / "encoder"
    if not (folder / "config.json").is_file():
        raise EncoderError(
            f"the bundled encoder is not in {plain(str(folder))}", where="demo", hint="Install cotsmith again."
        )
    return folder
