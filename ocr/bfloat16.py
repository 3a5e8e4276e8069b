"""The models on OpenVINO in 16-bit floats, where the processor computes with them: a third of the
time is saved. Its 32-bit floats are slower than ONNX Runtime's, so it is used nowhere else.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})
_SETTINGS = {
    "INFERENCE_PRECISION_HINT": "bf16",
    "INFERENCE_NUM_THREADS": 1,
    "NUM_STREAMS": 1,
    "PERFORMANCE_HINT": "LATENCY",
    "ENABLE_CPU_PINNING": False,
    "CPU_RUNTIME_CACHE_CAPACITY": 200,  # every line has a width of its own: 5,000 took 1.9 GB
}
Array = np.ndarray[Any, np.dtype[np.float32]]


def is_supported(processor: Path = Path("/proc/cpuinfo")) -> bool:
    """Tell whether this processor has 16-bit floats and OpenVINO (optional) is installed."""
    if find_spec("openvino") is None or not processor.is_file():
        return False
    lines = processor.read_text().splitlines()
    flags = next((line for line in lines if line.startswith("flags")), "")
    return not _FLAGS.isdisjoint(flags.split())


class Runner:
    """Runs one model as paddleocr's own runners do."""

    def __init__(self, weights: Path) -> None:
        """Compile the model (a second)."""
        import openvino

        self._request = (
            openvino.Core().compile_model(str(weights), "CPU", _SETTINGS).create_infer_request()
        )

    def __call__(self, x: Any) -> list[Array]:
        """Return the outputs of one input; copies, the next call overwrites what it gave."""
        given = x[0] if isinstance(x, list | tuple) else x
        outputs = self._request.infer([np.ascontiguousarray(given)], share_outputs=True)
        return [np.array(value) for value in outputs.values()]
