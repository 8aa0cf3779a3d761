"""What the history of a file keeps of an evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..systems.json_form import Json

if TYPE_CHECKING:
    from .evaluation import Evaluation


def measured_json(evaluation: Evaluation) -> dict[str, Json]:
    """The accuracy, and what must be the same for another one to be compared with it (``saving.record_evaluation``)."""
    share, setting = evaluation.share, evaluation.setting
    return {
        "accuracy": evaluation.accuracy,
        "n": evaluation.n,
        "ci95": list(share.ci95),
        "encoder": setting.encoder,
        "encoder_key": setting.encoder_key,
        "data": setting.data,
        "split": setting.split,
        "crop": str(setting.crop) if setting.crop else None,
        "combine": evaluation.combine,
    }


def measured_content(source: str) -> bytes | None:
    """The bytes that are about to be measured; None for what has no history (``gallery:NAME``, ``-``).

    Raises:
        InputError: the source cannot be read.
    """
    from ..systems.revision_spec import file_of
    from ..systems.sources import read_bytes

    return None if file_of(source) is None else read_bytes(source)


def record_measured(source: str, content: bytes | None, evaluation: Evaluation) -> str:
    """Keep ``evaluation`` with the revision whose ``content`` was measured; returns a warning, or ``""``."""
    from ..systems.revision_spec import file_of
    from ..systems.saving import record_evaluation

    path: Path | None = file_of(source)
    if path is None or content is None:
        return ""
    return record_evaluation(path, measured_json(evaluation), content=content)
