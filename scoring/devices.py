"""Where an encoder computes, and with which numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import UsageError
from ..systems.text import did_you_mean, plain

if TYPE_CHECKING:
    import torch

_DTYPES = {
    "float32": "float32",
    "fp32": "float32",
    "bfloat16": "bfloat16",
    "bf16": "bfloat16",
    "float16": "float16",
    "fp16": "float16",
}
_BATCH_SIZES = {"cpu": 32, "mps": 64}
_BATCH_SIZE_ON_A_GPU = 128
_FIRST_WITH_BFLOAT16 = 8  # CUDA compute capability of Ampere


def choose_device(name: str | None) -> torch.device:
    """The device called ``name`` (``cuda``, ``cuda:1``, ``mps``, ``cpu``); without a name the fastest that is here.

    Raises:
        UsageError: no such device, or not on this machine.
    """
    import torch

    if name is None or name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except (RuntimeError, ValueError):
        raise UsageError(
            f'device "{plain(name)}" is unknown{did_you_mean(name, ("cuda", "mps", "cpu"))}',
            hint="Devices: cuda, cuda:1, mps, cpu.",
        ) from None
    here = {
        "cpu": True,
        "cuda": torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count(),
        "mps": torch.backends.mps.is_available(),
    }
    if not here.get(device.type, False):
        usable = ", ".join(kind for kind, works in here.items() if works)
        raise UsageError(f'device "{plain(name)}" is not on this machine', hint=f"Here you can use: {usable}.")
    return device


def choose_dtype(name: str | None, device: torch.device) -> torch.dtype:
    """The number type called ``name``; without a name bfloat16 on GPUs that have it in hardware, else float32.

    Raises:
        UsageError: no such type.
    """
    import torch

    if name is None or name == "auto":
        native = device.type == "cuda" and torch.cuda.get_device_capability(device)[0] >= _FIRST_WITH_BFLOAT16
        return torch.bfloat16 if native else torch.float32
    if name not in _DTYPES:
        raise UsageError(
            f'dtype "{plain(name)}" is unknown{did_you_mean(name, _DTYPES)}', hint="Types: float32, bfloat16, float16."
        )
    dtype = getattr(torch, _DTYPES[name])
    assert isinstance(dtype, torch.dtype)
    return dtype


def batch_size_for(device: torch.device) -> int:
    """How many images at a time keep ``device`` busy without filling its memory, for models of ordinary size."""
    return _BATCH_SIZES.get(device.type, _BATCH_SIZE_ON_A_GPU)
