"""cotsmith: author, check, measure and review CoT classification systems for frozen embedding models.

    >>> import cotsmith
    >>> system = cotsmith.System.load("gallery:pokemon-cards")
    >>> len(system.classes), system.option_count
    (16, 51)

Every name below is imported from its room when it is first used, so `import cotsmith` stays quick.
"""

from __future__ import annotations

from importlib import import_module

# Not from typing, which takes as long to import as all else that stands here: type checkers know the name.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from .authoring.models import load_llm as load_llm
    from .authoring.optimize import optimize as optimize
    from .errors import CotsmithError as CotsmithError
    from .scoring.classifier import Classifier as Classifier
    from .scoring.dataset import Dataset as Dataset
    from .scoring.embeddings_file import load_embeddings as load_embeddings
    from .scoring.encoder import Encoder as Encoder
    from .scoring.encoders import load_encoder as load_encoder
    from .scoring.evaluation import Evaluation as Evaluation
    from .scoring.evaluation import evaluate as evaluate
    from .scoring.labelled import LabelledEmbeddings as LabelledEmbeddings
    from .scoring.sources import load_dataset as load_dataset
    from .scoring.splitting import split_dataset as split_dataset
    from .systems.describe import describe as describe
    from .systems.diff import diff as diff
    from .systems.edit_json import edits_from_json as edits_from_json
    from .systems.edit_json import edits_to_json as edits_to_json
    from .systems.edits import Edit as Edit
    from .systems.edits import apply as apply
    from .systems.edits import invert as invert
    from .systems.history import History as History
    from .systems.merge import merge as merge
    from .systems.model import Attribute as Attribute
    from .systems.model import System as System
    from .systems.saving import save_revision as save_revision
    from .validate.engine import check as check

_HOME = {
    "Attribute": "systems.model",
    "Classifier": "scoring.classifier",
    "CotsmithError": "errors",
    "Dataset": "scoring.dataset",
    "Edit": "systems.edits",
    "Encoder": "scoring.encoder",
    "Evaluation": "scoring.evaluation",
    "History": "systems.history",
    "LabelledEmbeddings": "scoring.labelled",
    "System": "systems.model",
    "apply": "systems.edits",
    "describe": "systems.describe",
    "diff": "systems.diff",
    "edits_from_json": "systems.edit_json",
    "edits_to_json": "systems.edit_json",
    "evaluate": "scoring.evaluation",
    "check": "validate.engine",
    "invert": "systems.edits",
    "load_dataset": "scoring.sources",
    "load_embeddings": "scoring.embeddings_file",
    "load_encoder": "scoring.encoders",
    "load_llm": "authoring.models",
    "optimize": "authoring.optimize",
    "merge": "systems.merge",
    "save_revision": "systems.saving",
    "split_dataset": "scoring.splitting",
}

__all__ = list(_HOME)


if not TYPE_CHECKING:  # a type checker would take any name for known

    def __getattr__(name):
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
