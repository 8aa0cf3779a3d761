"""A folder whose model comes with Python code of its own and has jina-clip's interface."""

from __future__ import annotations

import json
from pathlib import Path

_CODE = """
import numpy as np
import torch
from transformers import PreTrainedConfig, PreTrainedModel

print("the code of the checkpoint runs")


class TinyConfig(PreTrainedConfig):
    model_type = "tiny_remote"


class TinyModel(PreTrainedModel):
    config_class = TinyConfig

    def __init__(self, config):
        super().__init__(config)
        self.colors = torch.nn.Linear(3, 4, bias=False)
        self.letters = torch.nn.Embedding(128, 4)
        self.logit_scale = torch.nn.Parameter(torch.tensor(1.0))
        self.post_init()

    def _init_weights(self, module):
        if hasattr(module, "weight"):
            torch.nn.init.normal_(module.weight)

    def encode_image(self, images, batch_size=32, show_progress_bar=None, convert_to_numpy=True):
        assert show_progress_bar is False and not torch.is_grad_enabled() and not self.training
        means = torch.stack([torch.from_numpy(np.asarray(image).mean(axis=(0, 1))) for image in images])
        return self.colors(means.to(self.dtype)).float().numpy()

    def encode_text(self, sentences, batch_size=32, show_progress_bar=None, convert_to_numpy=True):
        if "fail" in sentences:
            raise KeyError("no such word")
        return [self.letters(torch.tensor([ord(c) % 128 for c in text])).mean(0) for text in sentences]
"""


def save_remote_code(folder: Path, repository: str = "") -> Path:
    """The folder; with ``repository`` its code lies there (``owner/name``) and not in the folder."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True)
    prefix = f"{repository}--" if repository else ""
    table = {"AutoConfig": f"{prefix}tiny_code.TinyConfig", "AutoModel": f"{prefix}tiny_code.TinyModel"}
    config = {"model_type": "tiny_remote", "architectures": ["TinyModel"], "auto_map": table}
    (folder / "config.json").write_text(json.dumps(config))
    if not repository:
        (folder / "tiny_code.py").write_text(_CODE)
    generator = torch.Generator().manual_seed(0)
    weights = {
        "colors.weight": torch.randn(4, 3, generator=generator),
        "letters.weight": torch.randn(128, 4, generator=generator),
        "logit_scale": torch.tensor(1.0),
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder
