"""Train the models of text levels, and write what is shipped of them.

    python -m config.ai.cefr_training --data DIR

Writes the lexical weights, the classifier's delta (of the first seed), their manifest and
``figures.json`` into ``config/ai/cefr_model``. Finished runs are kept in ``--runs``, so that what
was interrupted goes on. About four CPU minutes a run, four runs a seed.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from config.ai import cefr_folder
from config.ai.cefr_training import lexical, report
from config.ai.cefr_training.runs import Study
from config.ai.cefr_training.transformer import Recipe, use_threads
from config.settings import home

SEEDS = (7, 8, 9)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the training data")
    parser.add_argument("--base", type=Path, default=home.encoder_dir(), help="encoder's folder")
    parser.add_argument("--out", type=Path, default=cefr_folder.SHIPPED)
    parser.add_argument("--runs", type=Path, help="where finished runs are kept")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--epochs", type=int, default=Recipe().epochs)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--finished", action="store_true", help="train nothing, take what is there")
    options = parser.parse_args(arguments)
    use_threads(options.threads)
    recipe = Recipe(epochs=options.epochs)
    with tempfile.TemporaryDirectory() as folder:
        runs = options.runs or Path(folder)
        study = Study(options.data, options.base, runs, recipe)
        if not options.finished:
            train(study, options.seeds)
        write(study, options.seeds, options.out)
    return 0


def train(study: Study, seeds: Sequence[int]) -> None:
    """Do every run that is not there yet, those on all rows first."""
    for left_out in (None, *study.sources):
        for seed in seeds:
            study.transformer(left_out, seed)


def write(study: Study, seeds: Sequence[int], target: Path) -> None:
    """Write what is shipped, by the finished runs; the weight is chosen on the dev split."""
    target.mkdir(parents=True, exist_ok=True)
    lexical.save(study.regression(None), target / "lexical.json")
    runs = [study.transformer(None, seed) for seed in study.finished(None, seeds)]
    shutil.copyfile(study.delta(seeds[0]), target / cefr_folder.DELTA)
    weight = report.chosen_weight(study, runs)
    _write_json(target / cefr_folder.MANIFEST, _manifest(study.base, target, weight))
    found = report.table(study, seeds, weight)
    _write_json(target / "figures.json", {"weight": weight, **found})
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


def _manifest(base: Path, target: Path, weight: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        merged = Path(folder) / "merged"
        cefr_folder.merge(base, target / cefr_folder.DELTA, merged)
        files = {name: cefr_folder.sha256(merged / name) for name in cefr_folder.FILES}
    return {
        "base_sha256": cefr_folder.sha256(base / cefr_folder.WEIGHTS),
        "delta_sha256": cefr_folder.sha256(target / cefr_folder.DELTA),
        "files": files,
        "lexical_weight": weight,
    }


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
