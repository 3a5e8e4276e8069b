"""The embedded language model: llama.cpp's server, which speaks the OpenAI protocol.

    python -m config.ai.llm_server WEIGHTS PORT [PROGRESS]

The only import of xllamacpp; a process of its own, on 127.0.0.1 only. It answers /health with 503
while the weights load. OMP_WAIT_POLICY=PASSIVE has to be in its environment: threads that spin
while they wait make it ten times slower where others want the processor too.
"""

import ctypes
import os
import signal
import sys
import urllib.request
from http import HTTPStatus
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from config.ai import llm_progress
from config.ai.llm_progress import Progress

CONTEXT_TOKENS = 4096
SLOTS = 2  # answers written at once, each with half of the context
THREADS_MAX = 4

_STOP = {signal.SIGTERM, signal.SIGINT}
_POLL_SECONDS = 0.2


def serve(weights: Path, port: int, progress: Path | None = None) -> None:
    """Serve until SIGTERM or SIGINT; ``progress`` is told when the weights are loaded."""
    _load_openmp()
    import xllamacpp

    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)  # for the server's threads too
    server = xllamacpp.Server(_parameters(xllamacpp.CommonParams(), weights, port))
    while not _is_loaded(server.listening_address):
        if signal.sigtimedwait(_STOP, _POLL_SECONDS):
            os._exit(0)
    if progress:
        llm_progress.write(progress, Progress("serving"))
    signal.sigwait(_STOP)
    os._exit(0)  # there is nothing to keep, and its destructor waits for answers nobody reads


def _is_loaded(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=2) as answer:  # noqa: S310  ours
            return bool(answer.status == HTTPStatus.OK)
    except OSError:  # 503 while it loads
        return False


def _parameters(found: Any, weights: Path, port: int) -> Any:
    found.model.path = str(weights)
    found.hostnames = ["127.0.0.1"]
    found.port = port
    found.n_ctx = CONTEXT_TOKENS
    found.n_parallel = SLOTS
    found.cpuparams.n_threads = min(os.cpu_count() or 1, THREADS_MAX)
    found.no_extra_bufts = True  # 1.3 GB instead of 1.9
    found.cache_ram_mib = 0
    found.ui = False
    found.endpoint_metrics = True
    return found


def _load_openmp() -> None:
    """Give the library its OpenMP where the system has none: PyTorch brings one."""
    try:
        ctypes.CDLL("libgomp.so.1", mode=ctypes.RTLD_GLOBAL)
    except OSError:
        torch = find_spec("torch")
        if torch is None or torch.origin is None:
            raise
        own = sorted(Path(torch.origin).parent.glob("lib/libgomp*.so*"))
        ctypes.CDLL(str(own[0]), mode=ctypes.RTLD_GLOBAL)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]), *map(Path, sys.argv[3:]))
