"""Tiny but real checkpoints, built in milliseconds and saved as transformers saves them: nothing is downloaded."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,'-"
_TOWER: dict[str, Any] = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
_PATCHES: dict[str, Any] = {"image_size": 16, "patch_size": 8}


def save_clip(folder: Path) -> Path:
    """CLIP: 16 × 16 pixels, bytes as tokens, 77 of them, D = 8."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    hf = _library()
    alphabet = list(cast("Any", bytes_to_unicode)().values())
    words = [*alphabet, *(letter + "</w>" for letter in alphabet), "<|startoftext|>", "<|endoftext|>"]
    tokenizer = hf.CLIPTokenizer(vocab=_numbered(words), merges=[], model_max_length=77)
    ids = {name: getattr(tokenizer, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
    config = hf.CLIPConfig(
        text_config={"vocab_size": len(words), "max_position_embeddings": 77, "projection_dim": 8, **ids, **_TOWER},
        vision_config={"projection_dim": 8, **_PATCHES, **_TOWER},
        projection_dim=8,
    )
    images = CLIPImageProcessorPil(size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16})
    return _saved(folder, hf.CLIPModel, config, hf.CLIPProcessor(image_processor=images, tokenizer=tokenizer))


def save_siglip(folder: Path) -> Path:
    """SigLIP: no attention mask, so texts must be padded to 16 tokens; logit scale e² and a bias."""
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    hf = _library()
    tokenizer = _letters(model_max_length=16, model_input_names=["input_ids"])
    config = hf.SiglipConfig(
        text_config={"vocab_size": len(tokenizer), "max_position_embeddings": 16, "projection_size": 16, **_TOWER},
        vision_config={**_PATCHES, **_TOWER},
    )
    images = SiglipImageProcessorPil(size={"height": 16, "width": 16})
    return _saved(folder, hf.SiglipModel, config, hf.SiglipProcessor(images, tokenizer), _set_siglip_scale)


def save_siglip2(folder: Path) -> Path:
    """SigLIP 2, NaFlex: up to 16 patches of 8 × 8 pixels in the image's own aspect ratio, 64 tokens."""
    from transformers.models.siglip2.image_processing_pil_siglip2 import Siglip2ImageProcessorPil
    from transformers.models.siglip2.tokenization_siglip2 import Siglip2Tokenizer

    hf = _library()
    vocabulary = _numbered(["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁", *LETTERS])
    tokenizer = Siglip2Tokenizer(vocab=vocabulary, merges=[], padding_side="right")
    config = hf.Siglip2Config(
        text_config={
            "vocab_size": len(vocabulary),
            "max_position_embeddings": 64,
            "projection_size": 16,
            "pad_token_id": 0,
            "eos_token_id": 1,
            "bos_token_id": 2,
            **_TOWER,
        },
        vision_config={"num_patches": 16, "patch_size": 8, **_TOWER},
    )
    images = Siglip2ImageProcessorPil(patch_size=8, max_num_patches=16)
    return _saved(folder, hf.Siglip2Model, config, hf.Siglip2Processor(images, tokenizer), _set_siglip_scale)


def save_align(folder: Path) -> Path:
    """ALIGN: EfficientNet and BERT, with a temperature (0.25) where others have a logit scale."""
    from transformers.models.efficientnet.image_processing_pil_efficientnet import EfficientNetImageProcessorPil

    hf = _library()
    tokenizer = _word_pieces()
    config = hf.AlignConfig(
        text_config={"vocab_size": len(tokenizer), "max_position_embeddings": 64, **_TOWER},
        vision_config={
            "image_size": 32,
            "width_coefficient": 0.1,
            "depth_coefficient": 0.1,
            "hidden_dim": 16,
            "in_channels": [8, 8],
            "out_channels": [8, 16],
            "kernel_sizes": [3, 3],
            "strides": [2, 2],
            "num_block_repeats": [1, 1],
            "expand_ratios": [1, 2],
            "depthwise_padding": [],
            "num_hidden_layers": 2,
        },
        projection_dim=8,
        temperature_init_value=0.25,
    )
    images = EfficientNetImageProcessorPil(size={"height": 32, "width": 32})
    return _saved(folder, hf.AlignModel, config, hf.AlignProcessor(images, tokenizer))


def save_dual_encoder(folder: Path) -> Path:
    """VisionTextDualEncoder: a ViT and a BERT with projections to D = 8."""
    from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

    hf = _library()
    tokenizer = _word_pieces()
    config = hf.VisionTextDualEncoderConfig.from_vision_text_configs(
        hf.ViTConfig(**_PATCHES, **_TOWER),
        hf.BertConfig(vocab_size=len(tokenizer), max_position_embeddings=64, **_TOWER),
        projection_dim=8,
    )
    images = ViTImageProcessorPil(size={"height": 16, "width": 16})
    return _saved(folder, hf.VisionTextDualEncoderModel, config, hf.VisionTextDualEncoderProcessor(images, tokenizer))


def save_bert(folder: Path) -> Path:
    """A text tower alone."""
    hf = _library()

    tokenizer = _word_pieces()
    return _saved(folder, hf.BertModel, hf.BertConfig(vocab_size=len(tokenizer), **_TOWER), tokenizer)


def save_vit(folder: Path) -> Path:
    """An image tower alone."""
    from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

    hf = _library()
    return _saved(folder, hf.ViTModel, hf.ViTConfig(**_PATCHES, **_TOWER), ViTImageProcessorPil())


BUILDERS: dict[str, Callable[[Path], Path]] = {
    "clip": save_clip,
    "siglip": save_siglip,
    "siglip2": save_siglip2,
    "align": save_align,
    "dual": save_dual_encoder,
}
"""Every kind of encoder that transformers loads without code of the checkpoint's own."""


def copy_checkpoint(source: Path, folder: Path) -> Path:
    """A copy of ``source`` to be damaged."""
    return Path(shutil.copytree(source, folder))


def edit_config(folder: Path, **changes: Any) -> Path:
    """Change entries of a checkpoint's ``config.json``; a dictionary is merged into the one that is there."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    for name, value in changes.items():
        config[name] = {**config[name], **value} if isinstance(value, dict) and name in config else value
    path.write_text(json.dumps(config))
    return folder


def edit_weights(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Change a checkpoint's tensors, by name, in place."""
    from safetensors.torch import load_file, save_file

    path = folder / "model.safetensors"
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path, metadata={"format": "pt"})
    return folder


def _saved(
    folder: Path, kind: Any, config: Any, processor: Any, change: Callable[[Any], None] = lambda _model: None
) -> Path:
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = kind(config)
    change(model)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _library() -> Any:
    """transformers, half of whose functions have no annotations."""
    import transformers

    return transformers


def _set_siglip_scale(model: Any) -> None:
    model.logit_scale.data.fill_(2.0)
    model.logit_bias.data.fill_(-3.0)


def _numbered(words: list[str]) -> dict[str, int]:
    return {word: number for number, word in enumerate(words)}


def _word_pieces() -> Any:
    hf = _library()

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    return hf.BertTokenizer(vocab=_numbered([*special, *LETTERS, *(f"##{letter}" for letter in LETTERS)]))


def _letters(**options: Any) -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    hf = _library()
    letters = Tokenizer(models.WordLevel(_numbered(["<pad>", "</s>", "<unk>", " ", *LETTERS]), unk_token="<unk>"))
    letters.normalizer = normalizers.Lowercase()
    letters.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    letters.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return hf.PreTrainedTokenizerFast(
        tokenizer_object=letters, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", **options
    )
