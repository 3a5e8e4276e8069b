"""The models on OpenVINO in 16-bit floats, where the processor computes with them: a third of the
time is saved. Its 32-bit floats are slower than ONNX Runtime's, so it is used nowhere else.
"""

import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})
_SETTINGS = {
    "INFERENCE_PRECISION_HINT": "bf16",
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
    """Runs one model as paddleocr's own runners do; each thread a request of its own."""

    def __init__(self, weights: Path, threads: int = 1) -> None:
        """Compile the model (a second) for so many threads at once."""
        import openvino

        streams = {"NUM_STREAMS": threads, "INFERENCE_NUM_THREADS": threads}
        self._model = openvino.Core().compile_model(str(weights), "CPU", _SETTINGS | streams)
        self._own = threading.local()

    def __call__(self, x: Any) -> list[Array]:
        """Return the outputs of one input; copies, the next call overwrites what it gave."""
        given = x[0] if isinstance(x, list | tuple) else x
        if not hasattr(self._own, "request"):
            self._own.request = self._model.create_infer_request()
        outputs = self._own.request.infer([np.ascontiguousarray(given)], share_outputs=True)
        return [np.array(value) for value in outputs.values()]
