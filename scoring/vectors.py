"""What an encoder returned, checked before anything is computed with it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import EncoderError
from .encoder import Vectors

_HINT = "An encoder returns one row of finite numbers per image or text, as float32."


def checked(vectors: Any, count: int, what: str, encoder: str) -> Vectors:
    """``vectors`` as ``(count, D) float32``; ``what`` ("images", "texts") and ``encoder`` name it in errors.

    Raises:
        EncoderError: another shape, no numbers, NaN or infinity, a vector of length 0.
    """
    try:
        array = np.asarray(vectors, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise EncoderError(f"what it returned for {what} are not vectors: {error}", where=encoder, hint=_HINT) from None
    if array.ndim != 2 or array.shape[0] != count or array.shape[1] == 0:
        raise EncoderError(f"shape {array.shape} for {count} {what} instead of ({count}, D)", where=encoder, hint=_HINT)
    bad = int((~np.isfinite(array).all(axis=1)).sum())
    if bad:
        raise EncoderError(
            f"NaN or infinity in the vectors of {bad} of {count} {what}",
            where=encoder,
            hint="Its weights may be damaged, or its numbers too large for the chosen dtype: try float32.",
        )
    zero = int((~array.any(axis=1)).sum())
    if zero:
        raise EncoderError(
            f"the vectors of {zero} of {count} {what} are zero, and point nowhere",
            where=encoder,
            hint="Every option would be as likely as any other. Its weights may be missing, or an image be all black.",
        )
    return array
