"""Which checkpoint an encoder's name means: a folder or a model of the hub, fixed to one state of its files."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import EncoderError
from ..systems.text import plain

_WHAT_WORKS = (
    "An encoder is a Hugging Face id such as openai/clip-vit-base-patch32, a folder that holds a checkpoint "
    "(config.json, weights, processor and tokenizer files), demo, or package.module:factory."
)
_HUB_TIMEOUT = 10.0
_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")
_WEIGHTS = {".safetensors", ".bin"}
_DIGESTED = {".json", ".txt", ".model", ".py", *_WEIGHTS}


@dataclass(frozen=True, slots=True)
class CheckpointSource:
    """A checkpoint, found but not loaded.

    ``spec`` is the name that was asked for, ``name`` what transformers takes, ``options`` the arguments that fix it to
    one state, ``identity`` that state for caches, ``config`` its ``config.json`` as read.
    """

    spec: str
    name: str
    identity: str
    config: Mapping[str, Any]
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def on_hub(self) -> bool:
        """Whether it comes from the hub rather than from a folder."""
        return bool(self.options)

    @property
    def where(self) -> str:
        """The name as errors show it."""
        return plain(self.spec)


def find_checkpoint(spec: str, revision: str | None = None) -> CheckpointSource:
    """The folder or hub model that ``spec`` names; a hub model at ``revision`` (a branch, tag or commit).

    Of a hub model only its ``config.json`` is fetched. Without a connection what is in the hub's cache is used.

    Raises:
        EncoderError: nothing is there, or it cannot be reached.
    """
    folder = Path(spec).expanduser()
    if folder.is_dir():
        return _in_folder(spec, folder)
    if folder.is_file():
        raise EncoderError("a file, not a folder with a checkpoint", where=plain(spec), hint=_WHAT_WORKS)
    if spec.startswith((".", "/", "~", "\\")) or not _HUB_ID.fullmatch(spec):
        raise EncoderError("no such folder, and not the form of a Hugging Face id", where=plain(spec), hint=_WHAT_WORKS)
    return _on_hub(spec, revision or "main")


def _in_folder(spec: str, folder: Path) -> CheckpointSource:
    if not (folder / "config.json").is_file():
        raise EncoderError("the folder holds no checkpoint: no config.json", where=plain(spec), hint=_WHAT_WORKS)
    config = _read_config(folder / "config.json", spec)
    if not any(path.suffix in _WEIGHTS for path in folder.iterdir()):
        hint = "They are in model.safetensors or pytorch_model.bin; were they downloaded (git lfs pull)?"
        raise EncoderError("the folder holds no weights", where=plain(spec), hint=hint)
    return CheckpointSource(spec, str(folder), f"folder:{folder_digest(folder)}", config)


def _on_hub(spec: str, revision: str) -> CheckpointSource:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError

    from .quiet_transformers import quiet_transformers

    with quiet_transformers():
        offline = not _reachable(spec, revision)
        try:
            path = hf_hub_download(spec, "config.json", revision=revision, local_files_only=offline)
        except (OSError, HfHubHTTPError) as error:
            if offline:
                raise _not_here(spec, revision) from error
            raise EncoderError("the model has no config.json", where=plain(spec), hint=_WHAT_WORKS) from error
    commit = Path(path).parent.name
    config = _read_config(Path(path), spec)
    return CheckpointSource(
        spec, spec, f"hub:{spec}@{commit}", config, {"revision": commit, "local_files_only": offline}
    )


def _reachable(spec: str, revision: str) -> bool:
    """Whether the hub answers and has the model: one request, so that no connection costs seconds, not minutes."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    try:
        HfApi().model_info(spec, revision=revision, timeout=_HUB_TIMEOUT)
    except GatedRepoError as error:
        hint = f"Accept its terms at https://huggingface.co/{spec}, then log in with: hf auth login"
        raise EncoderError("the model is gated: its owners ask for consent", where=plain(spec), hint=hint) from error
    except RevisionNotFoundError as error:
        hint = f"See https://huggingface.co/{spec}/commits/main"
        raise EncoderError(f'no revision "{plain(revision)}"', where=plain(spec), hint=hint) from error
    except RepositoryNotFoundError as error:
        hint = f"Check the spelling; if the model is private, log in with: hf auth login\n{_WHAT_WORKS}"
        raise EncoderError("no such model on the Hugging Face hub", where=plain(spec), hint=hint) from error
    except Exception:  # no network, a proxy, a server in trouble, HF_HUB_OFFLINE: the cache may still have it
        return False
    return True


def _not_here(spec: str, revision: str) -> EncoderError:
    from huggingface_hub import constants

    why = "HF_HUB_OFFLINE is set" if constants.HF_HUB_OFFLINE else "the Hugging Face hub cannot be reached"
    at = "" if revision == "main" else f" at revision {plain(revision)}"
    hint = f"Check the spelling, or download it where there is a connection: hf download {plain(spec)}"
    return EncoderError(
        f"not a folder, not in the cache{at}, and {why}", where=plain(spec), hint=f"{hint}\n{_WHAT_WORKS}"
    )


def _read_config(path: Path, spec: str) -> Mapping[str, Any]:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise EncoderError(f"config.json cannot be read: {error}", where=plain(spec)) from error
    if not isinstance(config, dict):
        raise EncoderError("config.json is not an object", where=plain(spec))
    return config


def folder_digest(folder: Path) -> str:
    """What a checkpoint's files say, in 32 hex digits: equal for equal files, wherever the folder lies."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in _DIGESTED and path.is_file())
    if any(path.suffix == ".safetensors" for path in paths):  # then transformers does not look at the others
        paths = [path for path in paths if path.suffix != ".bin"]
    whole = hashlib.blake2b(digest_size=16)
    for path in paths:
        status = path.stat()
        whole.update(f"{path.name}\0{_file_digest(path, (status.st_size, status.st_mtime_ns))}\0".encode())
    return whole.hexdigest()


@lru_cache(maxsize=64)
def _file_digest(path: Path, _state: tuple[int, int]) -> str:
    """Of the file as it is while its size and modification time are ``_state``, which only the memory looks at."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
