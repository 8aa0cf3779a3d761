"""`python -m benchmarks.large N`: one evaluation in a process of its own, its seconds and peak memory as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time

from cotsmith.scoring.evaluation import evaluate_vectors

from .worlds import LOGIT_SCALE, world


def main() -> None:
    """Embeddings are float32, all in memory; making them counts for the peak but not for the seconds."""
    it = world(int(sys.argv[1]), dimensions=512, classes=100, attributes=8, options=12)
    start = time.perf_counter()
    evaluation = evaluate_vectors(it.system, it.images, it.labels, it.texts, logit_scale=LOGIT_SCALE)
    seconds = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30
    found = {"seconds": seconds, "peak_gib": peak, "accuracy": evaluation.accuracy}
    print(json.dumps(found))  # noqa: T201 - what the benchmark reads


if __name__ == "__main__":
    main()
