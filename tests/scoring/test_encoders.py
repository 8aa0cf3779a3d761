"""Real checkpoints through the real path: the right numbers, or one error that says what is wrong."""

from __future__ import annotations

import io
import math
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cotsmith.errors import EncoderError, UsageError
from cotsmith.scoring.checkpoint_encoder import DEFAULT_LOGIT_SCALE
from cotsmith.scoring.embed import embed_texts, encode_pictures
from cotsmith.scoring.encoders import load_encoder
from cotsmith.scoring.transformers_encoder import TransformersEncoder
from tests.scoring.tiny_models import BUILDERS, copy_checkpoint, edit_config, edit_weights, save_clip

Checkpoint = Callable[[str], Path]
TEXTS = ["a", "red", "a bird with a long tail", "two wolves, in a forest - at night"]


def pictures() -> list[Image.Image]:
    """Pictures of several sizes, among them the tiny and the thin."""
    numbers = np.random.default_rng(0)
    sizes = [(40, 30), (16, 16), (1, 1), (3, 3), (1, 40), (90, 3)]
    return [Image.fromarray(numbers.integers(0, 256, (h, w, 3), dtype=np.uint8)) for w, h in sizes]


def loaded(folder: Path, **options: Any) -> TransformersEncoder:
    encoder = load_encoder(str(folder), device="cpu", **options)
    assert isinstance(encoder, TransformersEncoder)
    return encoder


@pytest.mark.parametrize("kind", BUILDERS)
def test_cosines_times_scale_are_the_models_own_logits(checkpoint: Checkpoint, kind: str) -> None:
    import torch
    import transformers

    hf: Any = transformers  # half of its functions have no annotations
    folder = checkpoint(kind)
    encoder = loaded(folder)
    model = hf.AutoModel.from_pretrained(folder, dtype="float32").eval()
    tokenizer = hf.AutoTokenizer.from_pretrained(folder)
    padding = "max_length" if "siglip" in kind else "longest"
    tokens = tokenizer(TEXTS, return_tensors="pt", truncation=True, max_length=encoder.text_limit, padding=padding)
    pixels = hf.AutoImageProcessor.from_pretrained(folder)(pictures(), return_tensors="pt")
    with torch.inference_mode():
        logits = model(**tokens, **pixels).logits_per_image.numpy()
    bias = -3.0 if "siglip" in kind else 0.0
    ours = encoder.logit_scale * encode_pictures(pictures(), encoder) @ embed_texts(encoder, TEXTS).T + bias
    np.testing.assert_allclose(ours, logits, atol=2e-5)


@pytest.mark.parametrize(
    ("kind", "scale", "limit"),
    [
        ("clip", math.exp(2.6592), 77),
        ("siglip", math.exp(2), 16),
        ("siglip2", math.exp(2), 64),
        ("align", 4.0, 64),
        ("dual", math.exp(2.6592), 64),
    ],
)
def test_logit_scale_and_text_limit(checkpoint: Checkpoint, kind: str, scale: float, limit: int) -> None:
    encoder = loaded(checkpoint(kind))
    assert encoder.logit_scale == pytest.approx(scale, rel=1e-6)
    assert encoder.text_limit == limit
    assert encoder.warnings == ()


@pytest.mark.parametrize("kind", BUILDERS)
def test_results_do_not_depend_on_the_batch(checkpoint: Checkpoint, kind: str) -> None:
    encoder = loaded(checkpoint(kind))
    images = encoder.encode_images(pictures())
    texts = encoder.encode_texts(TEXTS)
    assert images.dtype == texts.dtype == np.float32
    np.testing.assert_allclose(images, np.concatenate([encoder.encode_images([p]) for p in pictures()]), atol=1e-5)
    np.testing.assert_allclose(texts, np.concatenate([encoder.encode_texts([t]) for t in TEXTS]), atol=1e-5)


@pytest.mark.parametrize("kind", ["clip", "siglip", "siglip2", "dual"])
def test_long_texts_are_cut_and_told(checkpoint: Checkpoint, kind: str) -> None:
    encoder = loaded(checkpoint(kind))
    assert encoder.text_limit is not None
    long = "a b " * encoder.text_limit
    assert encoder.truncated(["a", long]) == [long]
    assert encoder.truncated([]) == []
    assert encoder.encode_texts(["a", long]).shape[0] == 2
    same_start = long + "c d"
    cut, also_cut = encoder.encode_texts([long, same_start])
    np.testing.assert_array_equal(cut, also_cut)


@pytest.mark.parametrize("kind", BUILDERS)
def test_nothing_reaches_the_terminal(checkpoint: Checkpoint, kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    encoder = loaded(checkpoint(kind))
    encoder.encode_texts(["a b " * 200])
    encoder.truncated(["a b " * 200])
    assert capfd.readouterr() == ("", "")


def test_pictures_of_other_modes_are_taken(checkpoint: Checkpoint) -> None:
    encoder = loaded(checkpoint("clip"))
    grey = Image.new("L", (20, 20), 77)
    np.testing.assert_array_equal(encoder.encode_images([grey]), encoder.encode_images([grey.convert("RGB")]))


@pytest.mark.parametrize("dtype", ["bfloat16", "bf16", "float16"])
def test_other_number_types(checkpoint: Checkpoint, dtype: str) -> None:
    full, half = loaded(checkpoint("clip")), loaded(checkpoint("clip"), dtype=dtype)
    assert half.logit_scale == full.logit_scale
    assert half.key != full.key
    images = encode_pictures(pictures(), half)
    assert images.dtype == np.float32
    assert np.abs(images - encode_pictures(pictures(), full)).max() < 0.03


def test_float32_is_the_default_on_a_cpu(checkpoint: Checkpoint) -> None:
    assert str(loaded(checkpoint("clip")).dtype) == "torch.float32"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"device": "cuad"}, 'did you mean "cuda"'),
        ({"device": "cuda:99"}, "not on this machine"),
        ({"device": "meta"}, "not on this machine"),
        ({"dtype": "float23"}, 'did you mean "float32"'),
        ({"revision": "main"}, "a folder has no revisions"),
    ],
)
def test_bad_options_are_usage_errors(checkpoint: Checkpoint, options: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        load_encoder(str(checkpoint("clip")), **options)  # type: ignore[arg-type]


def test_memory_that_runs_out_is_told_with_what_to_do(checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    encoder = loaded(checkpoint("clip"))

    def full(pixel_values: object) -> None:  # noqa: ARG001 (passed by name)
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")

    monkeypatch.setattr(encoder._model, "get_image_features", full)
    with pytest.raises(EncoderError, match="out of memory") as error:
        encoder.encode_images(pictures())
    assert "smaller batch" in error.value.hint


def test_the_bundled_encoder_has_a_name() -> None:
    encoder = load_encoder("demo", device="cpu")
    assert isinstance(encoder, TransformersEncoder)
    assert encoder.name == "demo"
    assert len(embed_texts(encoder, ["red", "blue"])) == 2


# --- the identity


def test_the_key_follows_the_content_not_the_place(checkpoint: Checkpoint, tmp_path: Path) -> None:
    key = loaded(checkpoint("clip")).key
    copy = copy_checkpoint(checkpoint("clip"), tmp_path / "copy")
    assert loaded(copy).key == key
    (copy / "README.md").write_text("about")
    assert loaded(copy).key == key


def zero_projection(tensors: dict[str, Any]) -> None:
    tensors["text_projection.weight"][0, 0] += 1


def slower_preprocessing(folder: Path) -> None:
    path = folder / "processor_config.json"
    text = path.read_text()
    assert '"do_center_crop": true' in text
    path.write_text(text.replace('"do_center_crop": true', '"do_center_crop": false'))


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: edit_weights(folder, zero_projection),
        lambda folder: edit_config(folder, text_config={"hidden_act": "gelu"}),
        slower_preprocessing,
    ],
)
def test_the_key_follows_weights_configuration_and_preprocessing(
    checkpoint: Checkpoint, tmp_path: Path, change: Callable[[Path], object]
) -> None:
    copy = copy_checkpoint(checkpoint("clip"), tmp_path / "copy")
    change(copy)
    assert loaded(copy).key != loaded(checkpoint("clip")).key


# --- checkpoints that cannot serve


def damage(kind: str, checkpoint: Checkpoint, folder: Path) -> Path:
    if kind == "an empty folder":
        folder.mkdir()
        return folder
    if kind in {"bert", "vit"}:
        return checkpoint(kind)
    copy_checkpoint(checkpoint("clip"), folder)
    weights = folder / "model.safetensors"
    match kind:
        case "no weights":
            weights.unlink()
        case "cut weights":
            weights.write_bytes(weights.read_bytes()[:-100])
        case "empty weights":
            weights.write_bytes(b"")
        case "a git lfs pointer":
            weights.write_text("version https://git-lfs.github.com/spec/v1\n" * 3)
        case "missing weights":
            edit_weights(folder, lambda tensors: [tensors.pop("text_projection.weight"), tensors.pop("logit_scale")])
        case "weights of another shape":
            edit_config(folder, projection_dim=24)
        case "weights that are NaN":
            edit_weights(folder, lambda tensors: tensors["visual_projection.weight"].fill_(math.nan))
        case "an infinite scale":
            edit_weights(folder, lambda tensors: tensors["logit_scale"].fill_(1e9))
        case "no tokenizer":
            (folder / "tokenizer.json").unlink()
            (folder / "tokenizer_config.json").unlink()
        case "no image processor":
            (folder / "processor_config.json").unlink()
        case "a broken config":
            (folder / "config.json").write_text('{"model_type": ')
        case "a config that is a list":
            (folder / "config.json").write_text("[]")
        case "no model type":
            (folder / "config.json").write_text("{}")
        case "an unknown model type":
            edit_config(folder, model_type="clap_of_thunder")
    return folder


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("an empty folder", "holds no checkpoint: no config.json"),
        ("bert", r"BertModel \(model type bert\) lacks an image tower and a text tower"),
        ("vit", r"ViTModel \(model type vit\) lacks an image tower and a text tower"),
        ("no weights", "holds no weights"),
        ("cut weights", "the weights are damaged"),
        ("empty weights", "the weights are damaged"),
        ("a git lfs pointer", "the weights are damaged"),
        ("missing weights", "2 of its weights are missing: logit_scale, text_projection.weight"),
        ("weights of another shape", "2 of its weights have another shape"),
        ("weights that are NaN", "NaN or infinity in the vectors of 2 of 2 images"),
        ("an infinite scale", "its logit scale is inf"),
        ("no tokenizer", "all texts are the same to it"),
        ("no image processor", "its processor cannot be loaded"),
        ("a broken config", "config.json cannot be read"),
        ("a config that is a list", "config.json is not an object"),
        ("no model type", "config.json names no model type"),
        ("an unknown model type", 'does not know the model type "clap_of_thunder"'),
    ],
)
def test_a_checkpoint_that_cannot_serve_says_why(
    checkpoint: Checkpoint, tmp_path: Path, kind: str, says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = damage(kind, checkpoint, tmp_path / "damaged")
    with pytest.raises(EncoderError, match=says) as error:
        loaded(folder)
    assert error.value.where == str(folder)
    assert error.value.exit_code == 3
    assert capfd.readouterr() == ("", "")


def test_towers_without_a_common_space(checkpoint: Checkpoint, tmp_path: Path) -> None:
    """ALIGN projects texts only, to a dimension that must be the image tower's."""

    def widen(tensors: dict[str, Any]) -> None:
        for name in ("text_projection.weight", "text_projection.bias"):
            tensors[name] = tensors[name].repeat(2, *[1] * (tensors[name].ndim - 1))

    folder = copy_checkpoint(checkpoint("align"), tmp_path / "align")
    edit_weights(edit_config(folder, projection_dim=16), widen)
    with pytest.raises(EncoderError, match="images become 8 numbers and texts 16"):
        loaded(folder)


def test_a_model_without_a_scale_gets_clips_and_says_so() -> None:
    import torch

    from cotsmith.scoring.checkpoint_encoder import logit_scale

    model = torch.nn.Linear(1, 1)
    model.config = {}  # type: ignore[assignment]
    assert logit_scale(model, "x") == (
        DEFAULT_LOGIT_SCALE,
        (f"the model has no logit scale; {DEFAULT_LOGIT_SCALE:g} is assumed",),
    )


# --- the hub


@pytest.fixture
def cached(checkpoint: Checkpoint) -> str:
    """The commit at which ``tiny/clip`` lies in the hub's cache."""
    from huggingface_hub import constants

    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = Path(constants.HF_HUB_CACHE) / "models--tiny--clip"
    assert Path(os.environ["HF_HOME"]) in repository.parents
    shutil.rmtree(repository, ignore_errors=True)
    shutil.copytree(checkpoint("clip"), repository / "snapshots" / commit)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit)
    return commit


def test_a_hub_model_in_the_cache_needs_no_connection(
    checkpoint: Checkpoint, cached: str, capfd: pytest.CaptureFixture[str]
) -> None:
    by_name = load_encoder("tiny/clip", device="cpu")
    assert by_name.key.startswith(f"hub:tiny/clip@{cached};float32;")
    assert load_encoder("tiny/clip", revision=cached, device="cpu").key == by_name.key
    np.testing.assert_array_equal(by_name.encode_texts(TEXTS), loaded(checkpoint("clip")).encode_texts(TEXTS))
    assert capfd.readouterr() == ("", "")


def test_a_hub_model_that_is_half_in_the_cache(cached: str) -> None:
    from huggingface_hub import constants

    (Path(constants.HF_HUB_CACHE) / "models--tiny--clip" / "snapshots" / cached / "model.safetensors").unlink()
    with pytest.raises(EncoderError, match="the model cannot be loaded: tiny/clip does not appear to have"):
        load_encoder("tiny/clip", device="cpu")


@pytest.mark.usefixtures("cached")
@pytest.mark.parametrize(
    ("spec", "revision", "says"),
    [
        ("openai/clip-vit-base-patch32", None, "not in the cache, and HF_HUB_OFFLINE is set"),
        ("no-such-model", None, "not in the cache, and HF_HUB_OFFLINE is set"),
        ("tiny/clip", "v2", "not in the cache at revision v2"),
    ],
)
def test_offline_and_not_here(spec: str, revision: str | None, says: str) -> None:
    with pytest.raises(EncoderError, match=says) as error:
        load_encoder(spec, revision=revision, device="cpu")
    assert f"hf download {spec}" in error.value.hint
    assert error.value.exit_code == 3


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("", "needs a name"),
        ("./no-such-folder", "no such folder"),
        ("/no/such/folder", "no such folder"),
        ("~/no/such/folder", "no such folder"),
        ("a/b/c", "no such folder"),
        ("a b", "no such folder"),
        ("https://huggingface.co/openai/clip", "no such folder"),
        ("\x1b[31m", r"\\x1b\[31m: no such folder"),
    ],
)
def test_names_that_mean_nothing(spec: str, says: str) -> None:
    with pytest.raises(EncoderError, match=says):
        load_encoder(spec)


def test_a_file_is_not_a_checkpoint(checkpoint: Checkpoint) -> None:
    with pytest.raises(EncoderError, match="a file, not a folder"):
        load_encoder(str(checkpoint("clip") / "model.safetensors"))


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (404, "RepoNotFound", "no such model on the Hugging Face hub"),
        (404, "RevisionNotFound", 'no revision "main"'),
        (403, "GatedRepo", "the model is gated"),
        (500, "", "the Hugging Face hub cannot be reached"),
    ],
)
def test_what_the_hub_answers(monkeypatch: pytest.MonkeyPatch, status: int, code: str, says: str) -> None:
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    from huggingface_hub import constants

    class Hub(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            if code:
                self.send_header("X-Error-Code", code)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        with pytest.raises(EncoderError, match=says):
            load_encoder("some/model", device="cpu")
        server.shutdown()


# --- code that comes with a checkpoint


def test_code_of_a_checkpoint_does_not_run_unless_trusted(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    with pytest.raises(EncoderError, match="runs Python code of its own") as error:
        load_encoder(str(checkpoint("remote")), device="cpu")
    assert "If you trust it: --trust-remote-code (in Python: trust_remote_code=True)." in error.value.hint
    assert "--revision" not in error.value.hint  # a folder has none
    assert sys.stdin.read() == "y\n"
    assert capfd.readouterr() == ("", "")


def test_trusted_code_with_jina_clips_interface(checkpoint: Checkpoint) -> None:
    from safetensors.numpy import load_file

    encoder = load_encoder(str(checkpoint("remote")), trust_remote_code=True, device="cpu")
    weights = load_file(checkpoint("remote") / "model.safetensors")
    assert encoder.logit_scale == pytest.approx(math.e)
    assert encoder.key.startswith("folder:")
    texts = encoder.encode_texts(["ab", "a"])
    images = encoder.encode_images([Image.new("RGB", (3, 2), (10, 20, 30))])
    assert texts.dtype == images.dtype == np.float32
    np.testing.assert_allclose(texts[0], weights["letters.weight"][[97, 98]].mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(images[0], weights["colors.weight"] @ [10, 20, 30], rtol=1e-5)
    with pytest.raises(EncoderError, match="own code failed on texts: KeyError"):
        encoder.encode_texts(["fail"])


@pytest.mark.parametrize("line", ["undefined", "raise SystemExit('bye')"])
def test_trusted_code_that_fails_is_told_as_its_own_fault(checkpoint: Checkpoint, tmp_path: Path, line: str) -> None:
    copy = copy_checkpoint(checkpoint("remote"), tmp_path / "copy")
    code = copy / "tiny_code.py"
    code.write_text(f"{code.read_text()}\n{line}\n")
    with pytest.raises(EncoderError, match=r"by the checkpoint's own code: (NameError|SystemExit): "):
        load_encoder(str(copy), trust_remote_code=True, device="cpu")


def test_the_code_is_a_part_of_the_key(checkpoint: Checkpoint, tmp_path: Path) -> None:
    copy = copy_checkpoint(checkpoint("remote"), tmp_path / "copy")
    code = copy / "tiny_code.py"
    code.write_text(code.read_text() + "\n# changed\n")
    keys = [
        load_encoder(str(folder), trust_remote_code=True, device="cpu").key for folder in (checkpoint("remote"), copy)
    ]
    assert keys[0] != keys[1]


def test_trusted_code_of_a_hub_model_must_be_pinned(checkpoint: Checkpoint) -> None:
    from huggingface_hub import constants

    commit = "89abcdef0123456789abcdef0123456789abcdef"
    repository = Path(constants.HF_HUB_CACHE) / "models--tiny--remote"
    if not repository.exists():
        shutil.copytree(checkpoint("remote"), repository / "snapshots" / commit)
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text(commit)
    with pytest.raises(EncoderError, match="runs Python code of its own") as untrusted:
        load_encoder("tiny/remote", device="cpu")
    assert "--trust-remote-code with --revision COMMIT (" in untrusted.value.hint
    with pytest.raises(EncoderError, match="only run from a fixed commit"):
        load_encoder("tiny/remote", trust_remote_code=True, device="cpu")
    with pytest.raises(EncoderError, match="only run from a fixed commit"):
        load_encoder("tiny/remote", trust_remote_code=True, revision="main", device="cpu")
    encoder = load_encoder("tiny/remote", trust_remote_code=True, revision=commit, device="cpu")
    assert encoder.key == f"hub:tiny/remote@{commit};float32"


def test_code_in_another_repository_must_be_pinned_too(tmp_path: Path) -> None:
    from huggingface_hub import constants

    from tests.scoring.tiny_remote_code import save_remote_code

    folder = save_remote_code(tmp_path / "model", repository="tiny/implementation")
    with pytest.raises(EncoderError, match="runs Python code of its own") as error:
        load_encoder(str(folder), device="cpu")
    assert "--trust-remote-code with --revision :COMMIT_OF_THE_CODE" in error.value.hint
    with pytest.raises(EncoderError, match="its code, which lies in tiny/implementation, needs one") as error:
        load_encoder(str(folder), trust_remote_code=True, device="cpu")
    assert ":COMMIT_OF_THE_CODE" in error.value.hint
    commit = "fedcba9876543210fedcba9876543210fedcba98"
    save_remote_code(Path(constants.HF_HUB_CACHE) / "models--tiny--implementation" / "snapshots" / commit)
    encoder = load_encoder(str(folder), trust_remote_code=True, revision=f":{commit}", device="cpu")
    assert f";code={commit};" in encoder.key
    assert encoder.encode_texts(["ab"]).shape == (1, 4)


def test_trust_changes_nothing_for_a_model_without_code(checkpoint: Checkpoint) -> None:
    assert loaded(checkpoint("clip"), trust_remote_code=True).key == loaded(checkpoint("clip")).key


# --- encoders of the user's own

_MODULE = """
import numpy as np

class Mine:
    key, logit_scale = "mine", 5
    def __init__(self, device="none", name="x"):
        self.device = device
    def encode_images(self, images): return np.ones((len(images), 2), dtype=np.float32)
    def encode_texts(self, texts): return np.ones((len(texts), 2), dtype=np.float32)

def make(): return Mine()
def anything(**options): return Mine(**options)
def broken(): raise RuntimeError("no luck")
def nothing(): return None
def half():
    class Half:
        key = "half"
        def encode_images(self, images): ...
    return Half()
def with_scale(value):
    mine = Mine()
    mine.logit_scale = value
    return mine
def zero(): return with_scale(0)
def worded(): return with_scale("high")
def unnamed():
    mine = Mine()
    mine.key = None
    return mine
ready = Mine()
number = 3
class Inner:
    make = staticmethod(make)
"""


@pytest.fixture
def my_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package in the current folder, which is not on the path; forgotten afterwards."""
    (tmp_path / "my_encoders").mkdir()
    (tmp_path / "my_encoders" / "__init__.py").touch()
    (tmp_path / "my_encoders" / "mine.py").write_text(_MODULE)
    (tmp_path / "my_encoders" / "fails.py").write_text("1 / 0")
    (tmp_path / "my_encoders" / "wants.py").write_text("import no_such_package_at_all")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in [name for name in sys.modules if name.startswith("my_encoders")]:
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.usefixtures("my_module")
@pytest.mark.parametrize("attribute", ["make", "Mine", "ready", "anything", "Inner.make"])
def test_an_encoder_of_ones_own(attribute: str) -> None:
    encoder = load_encoder(f"my_encoders.mine:{attribute}")
    assert encoder.key == "mine"
    assert embed_texts(encoder, ["a", "b"]).shape == (2, 2)


@pytest.mark.usefixtures("my_module")
def test_a_factory_gets_the_options_that_it_takes() -> None:
    for attribute in ("Mine", "anything"):
        assert load_encoder(f"my_encoders.mine:{attribute}", device="cuda:7").device == "cuda:7"  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match="takes no device"):
        load_encoder("my_encoders.mine:make", device="cpu")


@pytest.mark.usefixtures("my_module")
@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("my_encoder.mine:make", 'no module "my_encoder"'),
        ("my_encoders.yours:make", 'no module "my_encoders.yours"'),
        ("my_encoders.mine:mke", 'has no "mke"; did you mean "make"'),
        ("my_encoders.fails:make", "fails on import: ZeroDivisionError"),
        ("my_encoders.wants:make", "needs a module that is not installed.*no_such_package_at_all"),
        ("my_encoders.mine:broken", r"the factory fails: RuntimeError\('no luck'\)"),
        ("my_encoders.mine:nothing", "NoneType is no encoder: it lacks encode_images, encode_texts, logit_scale, key"),
        ("my_encoders.mine:number", "int is no encoder"),
        ("my_encoders.mine:half", "Half is no encoder: it lacks encode_texts, logit_scale\n"),
        ("my_encoders.mine:zero", "logit_scale of Mine is 0"),
        ("my_encoders.mine:worded", "logit_scale of Mine is 'high'"),
        ("my_encoders.mine:unnamed", "key of Mine is None"),
        ("my_encoders.mine:with_scale", "the factory fails: TypeError"),
    ],
)
def test_what_is_wrong_with_an_encoder_of_ones_own(spec: str, says: str) -> None:
    with pytest.raises(EncoderError, match=says) as error:
        load_encoder(spec)
    assert error.value.where == spec


def test_builders_are_deterministic(checkpoint: Checkpoint, tmp_path: Path) -> None:
    assert loaded(save_clip(tmp_path / "again")).key == loaded(checkpoint("clip")).key


def test_what_is_no_name_is_refused() -> None:
    with pytest.raises(UsageError, match="named by a text, not by NoneType"):
        load_encoder(None)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="the bundled encoder has no revisions"):
        load_encoder("demo", revision="main")
