"""How the teaching world is talked about: sampled sentences for every option, and the tokenizer made from them."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING

from ...systems.model import fill
from .vocabulary import ASPECTS, Aspect, Option

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import CLIPTokenizer

MAX_TOKENS = 77
MERGES = 900
START, END = "<|startoftext|>", "<|endoftext|>"

# fmt: off
_FILLERS = ("large", "small", "very", "clearly", "visible", "cute", "strange", "little", "some", "quite", "rather",
            "mostly", "typical", "its", "the", "a", "two", "of", "and")
_SYLLABLES = ("ba", "zu", "rik", "mo", "len", "ta", "vor", "pi", "dax", "ny", "gro", "shu", "kel", "fi", "ran", "tou",
              "wem", "jo", "q", "ix")
# fmt: on
_OPENINGS = (
    "a photo of {}",
    "a trading card artwork of {}",
    "an illustration: {}",
    "this shows {}",
    "in this picture: {}",
    "a drawing of {}",
)


def word_option(aspect: Aspect, option: Option, rng: Random) -> str:
    """One way of saying ``option``: a noun in one of the aspect's frames, or a phrase."""
    if option.phrases and rng.random() < 0.4:
        return rng.choice(option.phrases)
    return fill(rng.choice(aspect.frames), rng.choice(option.nouns))


def sample_texts(aspect: Aspect, rng: Random) -> list[str]:
    """One sentence per option of ``aspect``, in order.

    The options share one prompt, as they do in a system; now and then each has its own, there is none, or a word is
    put in that says nothing, so that the text tower learns which words matter.
    """
    shared = rng.choice(aspect.prompts) if rng.random() < 0.8 else "{}"
    texts = []
    for option in aspect.options:
        prompt = rng.choice(aspect.prompts) if rng.random() < 0.1 else shared
        text = fill(prompt, word_option(aspect, option, rng))
        if rng.random() < 0.08:
            text = fill(rng.choice(_OPENINGS), text)
        texts.append(_disturbed(text, rng))
    return texts


def _disturbed(text: str, rng: Random) -> str:
    words = text.split()
    if rng.random() < 0.2:
        words.insert(rng.randrange(len(words) + 1), rng.choice(_FILLERS))
    if rng.random() < 0.1:
        words.insert(rng.randrange(len(words) + 1), nonsense(rng))
    if rng.random() < 0.2:
        return " ".join(words).replace("-", " ").rstrip(".")
    return " ".join(words)


def nonsense(rng: Random) -> str:
    """A word of two or three syllables that means nothing."""
    return "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(2, 3)))


def build_tokenizer() -> CLIPTokenizer:
    """A CLIP tokenizer that knows every byte, and the world's words as few pieces."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
    from transformers import CLIPTokenizer

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    learner = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    learner.normalizer = normalizers.Lowercase()
    learner.pre_tokenizer = pre_tokenizers.Split(Regex(r"\p{L}+|\p{N}|[^\s\p{L}\p{N}]+"), "removed", invert=True)
    learner.train_from_iterator(
        _all_texts(),
        trainers.BpeTrainer(vocab_size=10 * MERGES, end_of_word_suffix="</w>", min_frequency=2, show_progress=False),
    )
    merges = _merges(learner)[:MERGES]
    pieces = [*alphabet, *(char + "</w>" for char in alphabet), *("".join(pair) for pair in merges), START, END]
    vocabulary = {piece: index for index, piece in enumerate(dict.fromkeys(pieces))}
    return CLIPTokenizer(
        vocab=vocabulary,
        merges=merges,  # type: ignore[arg-type]  # pairs, as the tokenizer itself stores them
        unk_token=END,
        bos_token=START,
        eos_token=END,
        pad_token=END,
        model_max_length=MAX_TOKENS,
    )


def _merges(learner: Tokenizer) -> list[tuple[str, str]]:
    return [(left, right) for left, right in json.loads(learner.to_str())["model"]["merges"]]


def _all_texts() -> list[str]:
    texts: list[str] = []
    for aspect in ASPECTS:
        for prompt in aspect.prompts:
            texts += [prompt.replace("{}", "")] * 3
        for option in aspect.options:
            texts += 2 * [*option.nouns, *option.phrases]
            texts += [fill(frame, noun) for frame in aspect.frames for noun in option.nouns[:2]]
    return [*texts, *_FILLERS, *_FILLERS]
