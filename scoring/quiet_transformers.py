"""Keeps transformers and the hub's library off stderr; what matters of it is said by cotsmith's own errors."""

from __future__ import annotations

import logging as logging_levels
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """No log lines, warnings or progress bars, but for the bars of downloads where a person sees them.

    These settings belong to the process: do not enter it from worker threads.
    """
    from huggingface_hub.utils import logging as hub_logging
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars
    from transformers.utils import logging

    log: Any = logging  # its functions are not annotated
    bars, level, hub_level = log.is_progress_bar_enabled(), log.get_verbosity(), hub_logging.get_verbosity()
    hub_bars = not are_progress_bars_disabled()
    log.disable_progress_bar()
    log.set_verbosity_error()
    hub_logging.set_verbosity(logging_levels.ERROR)
    if hub_bars and sys.stderr.isatty():  # gigabytes in silence look like a hang
        enable_progress_bars()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.set_verbosity(level)
        hub_logging.set_verbosity(hub_level)
        if bars:
            log.enable_progress_bar()
        if hub_bars:
            enable_progress_bars()
        else:
            disable_progress_bars()
