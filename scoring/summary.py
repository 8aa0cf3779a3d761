"""An evaluation and a prediction as plain values, for JSON."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from ..systems.file import render
from ..systems.revisions import hash_of
from .cells import CellMeasure
from .classifier import Prediction
from .evaluation import Evaluation
from .measures import AttributeMeasure, ClassMeasure
from .statistics import Share

Json = dict[str, Any]


def evaluation_json(evaluation: Evaluation, *, cells: bool = False) -> Json:
    """What ``score --json`` prints. Shares are fractions, information is in bits; None where there is nothing to say.

    ``texts`` are the distinct texts encoded, ``vectors`` those that each image is compared with: several prompts for
    one option are several texts but one vector.
    """
    e = evaluation
    name, share = e.majority
    summary: Json = {
        "n": e.n,
        "chance": e.chance,
        "majority": {"class": name, "accuracy": share},
        "baseline": {**_share(e.baseline), "texts": e.baseline_texts, "vectors": len(e.system.classes)},
        "permuted": _permuted(e),
        "system": {
            **_share(e.share),
            "texts": e.system_texts,
            "vectors": e.system.option_count,
            "top5": e.top(5),
            "balanced_accuracy": e.balanced_accuracy,
            "ties": e.ties,
        },
        "mcnemar_p": e.mcnemar_p,
        "attributes": [_attribute(measure) for measure in e.attributes],
        "classes": [_class(measure) for measure in e.classes],
    }
    if cells:
        summary["cells"] = [_cell(e, measure) for measure in e.cells]
    return {**summary, "settings": _settings(e)}


def prediction_json(prediction: Prediction, *, top: int | None = None) -> Json:
    """What ``classify --json`` prints of one image, besides its path; ``scores`` are the ``top`` best classes'."""
    return {
        "label": prediction.label,
        "score": prediction.score,
        "tied": list(prediction.tied),
        "scores": dict(list(prediction.scores.items())[:top]),
        "why": [
            {
                "attribute": reason.attribute,
                "seen": reason.seen,
                "seen_probability": reason.seen_probability,
                "expected": list(reason.expected) or None,
                "probability": reason.probability,
            }
            for reason in prediction.why
        ],
    }


def _share(share: Share) -> Json:
    return {"accuracy": share.value, "ci95": list(share.ci95) if share.n else None}


def _permuted(e: Evaluation) -> Json:
    if e.permuted is None:
        return {"accuracy": None, "lowest": None, "highest": None, "permutations": 0}
    found = e.permuted
    return {
        "accuracy": found.accuracy,
        "lowest": found.lowest,
        "highest": found.highest,
        "permutations": found.count,
    }


def _attribute(measure: AttributeMeasure) -> Json:
    worst = measure.worst
    return {
        "name": measure.name,
        "n": measure.share.n,
        **_share(measure.share),
        "chance": measure.chance,
        "separating_power_bits": measure.separating_power,
        "information_bits": measure.information,
        "noise_bits": measure.noise,
        "contribution": measure.contribution,
        "worst_confusion": worst
        and {
            "expected": list(worst.expected),
            "predicted": worst.predicted,
            "count": worst.count,
            "class": worst.class_name,
        },
    }


def _class(measure: ClassMeasure) -> Json:
    confused = measure.confused_with
    return {
        "name": measure.name,
        "n": measure.share.n,
        **_share(measure.share),
        "confused_with": confused and {"class": confused, "count": measure.confused_count},
    }


def _cell(e: Evaluation, measure: CellMeasure) -> Json:
    rule = e.system.rules[measure.class_name][measure.attribute]
    return {
        "class": measure.class_name,
        "attribute": measure.attribute,
        "n": measure.preferred_share.n,
        "rule": list(rule) or None,
        "agreement": measure.agreement and measure.agreement.value,
        "preferred": measure.preferred,
        "preferred_share": measure.preferred_share.value,
        "delta_if_switched": measure.delta_if_switched,
        "gained": measure.switch and measure.switch.gained,
        "lost": measure.switch and measure.switch.lost,
        "q": measure.switch and measure.switch.q,
    }


def _settings(e: Evaluation) -> Json:
    setting = e.setting
    return {
        "cotsmith": version("cotsmith"),
        "system": e.system.name,
        "system_hash": hash_of(render(e.system).encode("utf-8")),
        "encoder": setting.encoder,
        "encoder_key": setting.encoder_key,
        "data": setting.data,
        "split": setting.split,
        "crop": str(setting.crop) if setting.crop else None,
        "combine": e.combine,
        "seed": e.seed,
        "logit_scale": e.logit_scale,
        "temperature": e.system.temperature,
        "skipped": [{"image": item.where, "reason": item.reason} for item in setting.skipped],
        "truncated_texts": list(setting.truncated),
    }
