"""The memory of a GPU: how much of it a process may take, and whether there is room for a page.

Needs the packages onnxruntime-gpu and nvidia-ml-py; with OCR_DEVICE=cpu nothing here is asked.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from config.settings import variables
from ocr import model_metrics as metrics

# of a version's budget: its models are one detector and up to three recognisers
SHARES = {"TextDetection": 1 / 2, "TextRecognition": 1 / 6}


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of one GPU; ``used`` by every process on it."""

    used: int
    total: int


Probe = Callable[[], Memory]


def number_of(device: str) -> int | None:
    """Return which GPU cpu, gpu or gpu:N names, None for the processor; ValueError."""
    if device == "cpu":
        return None
    if found := re.fullmatch(r"gpu(?::(\d+))?", device):
        return int(found[1] or 0)
    raise ValueError(f"OCR_DEVICE is cpu, gpu or gpu:N, not {device!r}")


def provider_options(kind: str, memory_mb: float) -> list[dict[str, Any]]:
    """Return what ONNX Runtime's CUDA provider, then the processor's, is told; 0 MB: no limit."""
    if not memory_mb:
        return [{}, {}]
    limit = int(memory_mb * 1024**2 * SHARES[kind])
    return [{"gpu_mem_limit": limit, "arena_extend_strategy": "kSameAsRequested"}, {}]


def nvidia(number: int) -> Memory:
    """Ask the driver about the GPU that CUDA calls ``number``."""
    import pynvml

    pynvml.nvmlInit()
    visible = variables.words("CUDA_VISIBLE_DEVICES")
    name = visible[number] if visible else str(number)
    by = pynvml.nvmlDeviceGetHandleByIndex if name.isdecimal() else pynvml.nvmlDeviceGetHandleByUUID
    found = pynvml.nvmlDeviceGetMemoryInfo(by(int(name) if name.isdecimal() else name))
    return Memory(int(found.used), int(found.total))


def has_room(probe: Probe, *, used_max_percent: int) -> bool:
    """Tell whether less than so much of the GPU's memory is used."""
    memory = probe()
    metrics.GPU_MEMORY.labels("used").set(memory.used)
    metrics.GPU_MEMORY.labels("total").set(memory.total)
    return memory.used * 100 < used_max_percent * memory.total
