"""Model folders with jina-clip's interface around the bundled encoder, for the reproduction of the case study."""

from __future__ import annotations

import json
import math
from pathlib import Path

_CODE = """
from functools import cache

import torch
from transformers import PreTrainedConfig, PreTrainedModel

from cotsmith.scoring.encoders import load_encoder


@cache
def demo():
    return load_encoder("demo")


class JinaLikeConfig(PreTrainedConfig):
    model_type = "jina_like"

    def __init__(self, pixels=64, **rest):
        self.pixels = pixels
        super().__init__(**rest)


class JinaLikeModel(PreTrainedModel):
    config_class = JinaLikeConfig

    def __init__(self, config):
        super().__init__(config)
        self.logit_scale = torch.nn.Parameter(torch.tensor(1.0))
        self.post_init()

    def encode_image(self, images, batch_size=32, show_progress_bar=None, convert_to_numpy=True):
        small = (self.config.pixels, self.config.pixels)
        return demo().encode_images([image.resize(small) for image in images])

    def encode_text(self, sentences, batch_size=32, show_progress_bar=None, convert_to_numpy=True):
        return demo().encode_texts(list(sentences))
"""


def save_jina_like(folder: Path, *, pixels: int, logit_scale: float) -> Path:
    """A folder whose model sees images of ``pixels`` a side: fewer make it another, and a worse one."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True)
    table = {"AutoConfig": "jina_like.JinaLikeConfig", "AutoModel": "jina_like.JinaLikeModel"}
    config = {"model_type": "jina_like", "architectures": ["JinaLikeModel"], "auto_map": table, "pixels": pixels}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "jina_like.py").write_text(_CODE)
    weights = {"logit_scale": torch.tensor(math.log(logit_scale))}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder
