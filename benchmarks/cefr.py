"""How well texts are graded, by each model and by both, and what a grade costs.

    make bench NAME=cefr ARGS="--data DIR [--seeds 7 8 9 --runs DIR]"

Own Valkey and model folder, thrown away. The last line is JSON: macro_f1, adjacent and qwk of
lexical, transformer and average on the dev split, as shipped; with ``--seeds`` also, beginning with
``unseen_``, on sources left out of the training, averaged over sources and seeds (about seven CPU
minutes a seed, unless ``--runs`` holds what the training script has kept there); batch32_cpu_s (32
sentences of the dev split by both models) and cached_ms (a text graded before, wall clock), each
the median of three runs.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean, median
from typing import Any

from config.embedded.servers import temporary_servers

RUNS = 3
BATCH = 32
ASKED = 300
MODELS = ("lexical", "transformer", "average")
CEILINGS = {"batch32_cpu_s": 0.6, "cached_ms": 2.0}
Figures = dict[str, float]


def dev_figures(data: Path) -> Figures:
    """Return the figures of what is shipped, on the dev split."""
    from config.ai import cefr_average, cefr_classifier, cefr_grading, cefr_lexical
    from config.ai.cefr_training.rows import dev_rows

    rows = dev_rows(data)
    texts = [row.text for row in rows]
    lexical = [cefr_lexical.lexical_distribution(text) for text in texts]
    transformer = cefr_classifier.classify(texts)
    weight, prior = cefr_grading.lexical_weight(), cefr_lexical.shipped().prior
    both = cefr_average.average(transformer, lexical, prior, weight)
    return _named("", rows, {"lexical": lexical, "transformer": transformer, "average": both})


def unseen_figures(data: Path, runs: Path, seeds: Sequence[int]) -> tuple[Figures, Any]:
    """Return the mean figures over sources left out and seeds, and the raw ones."""
    from config.ai import cefr_grading
    from config.ai.cefr_training import report
    from config.ai.cefr_training.runs import Study
    from config.settings import home

    study, weight = Study(data, home.encoder_dir(), runs), cefr_grading.lexical_weight()
    raw: dict[str, Figures] = {}
    for left_out in study.sources:
        rows, lexical = study.asked(left_out), study.lexical(left_out)
        for seed in seeds:
            transformer = study.transformer(left_out, seed)
            both = report.together(study, left_out, transformer, weight)
            said = {"lexical": lexical, "transformer": transformer, "average": both}
            raw[f"{left_out}-{seed}"] = _named("unseen_", rows, said)
    first = next(iter(raw.values()))
    return {name: fmean(each[name] for each in raw.values()) for name in first}, raw


def _named(prefix: str, rows: Any, said: Mapping[str, Any]) -> Figures:
    import numpy as np

    from config.ai.cefr_training.figures import figures

    return {
        f"{prefix}{model}_{name}": round(value, 4)
        for model, each in said.items()
        for name, value in asdict(figures(rows, np.array(each))).items()
    }


def costs(data: Path, source: random.Random) -> dict[str, list[float]]:
    """Return the raw costs of three interleaved runs, the models loaded before."""
    from config.ai import cefr_grading, cefr_waiting
    from config.ai.cefr_texts import plain_text, text_level
    from config.ai.cefr_training.rows import dev_rows

    texts = [row.text for row in dev_rows(data)]
    found: dict[str, list[float]] = {"batch32_cpu_s": [], "cached_ms": []}
    for _ in range(RUNS):
        batch = [plain_text(text) for text in source.sample(texts, BATCH)]
        before = time.process_time()
        graded = cefr_grading.grade(batch)
        found["batch32_cpu_s"].append(time.process_time() - before)
        for text in batch:
            cefr_waiting.put(cefr_waiting.key_of(text), text)
        while waiting := cefr_waiting.take():
            cefr_waiting.answer(waiting, [graded[batch.index(each.text)] for each in waiting])
        found["cached_ms"].append(median(_timed(text_level, batch, source)))
    return found


def _timed(grade: Any, batch: Sequence[str], source: random.Random) -> list[float]:
    taken = []
    for _ in range(ASKED):
        text = source.choice(batch)
        before = time.perf_counter()
        answer = grade(text)
        taken.append((time.perf_counter() - before) * 1000)
        assert answer.by == "classifier"
    return taken


def is_ok(figures: Figures) -> bool:
    """Hold the costs against their ceilings, and the average against either model alone."""
    prefixes = ("", "unseen_") if "unseen_average_qwk" in figures else ("",)
    better = all(
        figures[f"{prefix}average_{name}"] > figures[f"{prefix}{alone}_{name}"]
        for prefix in prefixes
        for name in ("macro_f1", "qwk")
        for alone in ("lexical", "transformer")
    )
    return better and all(figures[name] <= bar for name, bar in CEILINGS.items())


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when one misses its bar."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="*", default=[])
    parser.add_argument("--runs", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
    os.environ["LOG_LEVEL"] = "ERROR"
    with temporary_servers() as root, tempfile.TemporaryDirectory() as folder:
        figures, raw = measure(options, root, options.runs or Path(folder))
    ok = is_ok(figures)
    shown = {name: round(value, 4) for name, value in figures.items()}
    about = {"raw": raw, "n": RUNS, "seed": options.seed, "ok": ok}
    sys.stdout.write(json.dumps({"name": "cefr", **shown, **about}) + "\n")
    return 0 if ok else 1


def _report(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def measure(
    options: argparse.Namespace, root: Path, runs: Path
) -> tuple[Figures, dict[str, object]]:
    """Return the figures and the raw values behind those that are medians or means."""
    import django

    django.setup()
    from config.embedded import cefr_model

    cefr_model.provision(root, _report)
    figures = dev_figures(options.data)
    raw: dict[str, object] = dict(costs(options.data, random.Random(options.seed)))
    figures |= {name: median(values) for name, values in raw.items()}  # type: ignore[arg-type]
    if options.seeds:
        unseen, raw["unseen"] = unseen_figures(options.data, runs, options.seeds)
        figures |= unseen
    return figures, raw


if __name__ == "__main__":
    sys.exit(main())
