"""A batch on the processor's cores: a share of the images for each, instead of all cores for each multiplication.

PyTorch spreads every operation over its threads and waits for the slowest. Where other threads decode the next images
meanwhile there is a slow one each time, and even without them its threads wait and share caches. Cores that each take
some of the images through the whole model meet only at the end (ViT-B/32 on two cores: a fifth less time).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_LEAST = 8
# Fewer images than this at once are slower each.


def in_shares(inputs: Sequence[T], work: Callable[[Sequence[T]], R]) -> list[R]:
    """What ``work`` gives for each share of ``inputs``, in their order; PyTorch's threads are divided among them.

    The number of PyTorch's threads is one of the whole process: until this returns it is smaller for others, too.
    """
    import torch

    threads = torch.get_num_threads()
    shares = min(threads, len(inputs) // _LEAST)
    if shares < 2:
        return [work(inputs)]
    size, more = divmod(len(inputs), shares)
    ends = [size * share + min(share, more) for share in range(shares + 1)]
    parts = [inputs[start:end] for start, end in pairwise(ends)]
    try:
        torch.set_num_threads(threads // shares)
        with ThreadPoolExecutor(shares, thread_name_prefix="encode") as pool:
            return list(pool.map(work, parts))
    finally:
        torch.set_num_threads(threads)
