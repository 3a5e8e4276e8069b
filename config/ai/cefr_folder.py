"""The classifier as a plain model folder, put together from two parts and checked by hashes.

The base is an encoder's folder as its makers publish it; ``cefr_model/delta.safetensors`` holds the
layers that were trained here, in half precision. ``manifest.json`` names the SHA-256 of both and
of every file of the folder they make.
"""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from config.ai.cefr import LEVELS

SHIPPED = Path(__file__).with_name("cefr_model")
MANIFEST = "manifest.json"
DELTA = "delta.safetensors"
WEIGHTS = "model.safetensors"
CONFIG = "config.json"
_COPIED = ("tokenizer.json", "tokenizer_config.json")
FILES = (WEIGHTS, CONFIG, *_COPIED)


class FolderError(Exception):
    """A part is missing or damaged; the message is one line for a person."""


def manifest(parts: Path = SHIPPED) -> dict[str, Any]:
    """Return the hashes of base, delta and ``files``, and the ``lexical_weight``."""
    found: dict[str, Any] = json.loads((parts / MANIFEST).read_text(encoding="utf-8"))
    return found


def damage_of(folder: Path, parts: Path = SHIPPED) -> str | None:
    """Return what is wrong with a folder in a few words; None when it is sound."""
    for name, expected in manifest(parts)["files"].items():
        if not (folder / name).is_file():
            return f"{name} is missing"
        if sha256(folder / name) != expected:
            return f"{name} has another SHA-256"
    return None


def provide(folder: Path, base: Path, parts: Path = SHIPPED) -> None:
    """Write the folder anew, whole or not at all; FolderError when a part is damaged."""
    expected = manifest(parts)
    for path, wanted in (
        (base / WEIGHTS, expected["base_sha256"]),
        (parts / DELTA, expected["delta_sha256"]),
    ):
        if not path.is_file() or sha256(path) != wanted:
            raise FolderError(f"{path} is missing or damaged")
    draft = folder.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    merge(base, parts / DELTA, draft)
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    if damage := damage_of(folder, parts):
        raise FolderError(f"{folder} cannot be written: {damage}")


def merge(base: Path, delta: Path, folder: Path) -> None:
    """Write base and delta as one folder in single precision; same parts, same bytes."""
    import numpy as np
    from safetensors.numpy import load_file, save_file

    folder.mkdir(parents=True)
    encoder = {f"bert.{name}": values for name, values in load_file(base / WEIGHTS).items()}
    encoder.pop("bert.embeddings.position_ids", None)  # counted, not learnt
    trained = {name: values.astype(np.float32) for name, values in load_file(delta).items()}
    save_file(encoder | trained, folder / WEIGHTS, metadata={"format": "pt"})
    config = json.loads((base / CONFIG).read_text(encoding="utf-8"))
    for name in ("_name_or_path", "transformers_version", "gradient_checkpointing"):
        config.pop(name, None)
    config |= {
        "architectures": ["BertForSequenceClassification"],
        "problem_type": "single_label_classification",
        "id2label": {str(number): level for number, level in enumerate(LEVELS)},
        "label2id": {level: number for number, level in enumerate(LEVELS)},
    }
    (folder / CONFIG).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    for name in _COPIED:
        shutil.copyfile(base / name, folder / name)


def sha256(path: Path) -> str:
    """Return a file's hash in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
