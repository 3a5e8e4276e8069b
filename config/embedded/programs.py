"""Our own processes, on one page: what each runs, how it ends, when it is ready."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path

from config.ai import llm_progress
from config.ai.llm_progress import Progress
from config.celery import QUEUES, app
from config.embedded.processes import spawn
from config.embedded.service import Service, log
from config.settings import variables

WORKER_PROCESSES = {"fast": 2, "scan": 2, "slow": 1, "ai": 1, "chat": 8}
WORKER_ARGUMENTS = {  # the classifier takes half a GiB and seconds to load: its process stays
    "ai": ("--max-memory-per-child", "1500000", "--max-tasks-per-child", "100000"),
    "chat": ("--pool", "threads"),  # it waits for models and does nothing else
}
MODEL_SERVER_PORT_OFFSET = 2
LANGUAGE_MODEL_PORT_OFFSET = 3
EVERYWHERE = "0.0.0.0"  # noqa: S104  compared, not bound


def programs(root: Path) -> list[Service]:
    """Return our own processes, the web first: it is what a person waits for."""
    found = [_web(root), _live(root)]
    if not variables.text("OCR_MODEL_SERVER_URL"):
        found.append(_model_server(root))
    found += [_worker(root, name) for name in sorted({queue.worker for queue in QUEUES})]
    return [*found, _relay(root), _beat(root)]


def background(root: Path) -> list[Service]:
    """Return what is started when everything else serves, and may take its time."""
    return [_language_model(root)] if _has_language_model() else []


def ports() -> list[int]:
    """Return the ports that our processes will listen on."""
    web = variables.integer("RESEE_PORT")
    found = [web, variables.live_port()]
    if not variables.text("OCR_MODEL_SERVER_URL"):
        found.append(web + MODEL_SERVER_PORT_OFFSET)
    if _has_language_model():
        found.append(web + LANGUAGE_MODEL_PORT_OFFSET)
    return found


def environment(root: Path) -> dict[str, str]:
    """Return the variables of our own processes."""
    return os.environ | {
        "RESEE_HOME": str(root),
        "PROMETHEUS_MULTIPROC_DIR": str(root / "metrics"),
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "ORT_DISABLE_TELEMETRY": "1",
        "OMP_WAIT_POLICY": "PASSIVE",  # threads that spin starve everybody here
        "PADDLE_PDX_CACHE_HOME": str(root / "paddle"),
        "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK": "True",
    }


def wipe_metrics(root: Path) -> None:
    """Forget the last run's metrics: their files are named by process ids."""
    shutil.rmtree(root / "metrics", ignore_errors=True)
    (root / "metrics").mkdir(mode=0o700)


def answers(url: str) -> bool:
    """Tell whether ``url`` answers with success within two seconds."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  our own address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def bind_to_one_cpu(process: subprocess.Popen[bytes], port: int) -> subprocess.Popen[bytes]:
    """Bind a web process to one CPU, for its threads run in turn: they share Python's lock.

    On several CPUs they also wake each other across them, which costs a third more (ADR 61).
    """
    cpus = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(process.pid, {cpus[port % len(cpus)]})
    return process


def _web(root: Path) -> Service:
    host, port = variables.text("RESEE_HOST"), variables.integer("RESEE_PORT")
    arguments = [
        "gunicorn", "config.wsgi", "--bind", f"{host}:{port}", "--worker-class", "gthread",
        "--workers", "1", "--threads", "8", "--keep-alive", "30", "--timeout", "90",
        "--graceful-timeout", "5", "--no-control-socket",
    ]  # fmt: skip
    return Service(
        "web",
        "REST API and admin",
        lambda: bind_to_one_cpu(_python(root, "web", arguments), port),
        partial(answers, _url(port, "/healthz", host)),
    )


def _live(root: Path) -> Service:
    host, port = variables.text("RESEE_HOST"), variables.live_port()
    arguments = [
        "uvicorn", "config.asgi:application", "--host", host, "--port", str(port), "--ws",
        "websockets-sansio", "--ws-max-size", "65536", "--ws-ping-interval", "20",
        "--timeout-graceful-shutdown", "3", "--lifespan", "off", "--no-access-log",
        "--no-server-header", "--no-proxy-headers",
    ]  # fmt: skip
    start = partial(_python, root, "live", arguments)
    ready = partial(answers, _url(port, "/healthz", host))
    return Service("live", "Conversations: WebSockets and events", start, ready)


def _model_server(root: Path) -> Service:
    port = variables.integer("RESEE_PORT") + MODEL_SERVER_PORT_OFFSET
    start = partial(_python, root, "models", ["ocr.model_server"], nice=15)
    return Service("models", "OCR model server", start, partial(answers, _url(port, "/health")))


def _has_language_model() -> bool:
    return variables.text("RESEE_LLM") != "off" and not variables.text("LLM_BASE_URL")


def _language_model(root: Path) -> Service:
    port = variables.integer("RESEE_PORT") + LANGUAGE_MODEL_PORT_OFFSET
    arguments = ["config.embedded.language_model", str(port)]

    def news() -> str:
        progress = llm_progress.read(llm_progress.path(root))
        return "" if progress == Progress() else progress.sentence

    def start() -> subprocess.Popen[bytes]:
        llm_progress.write(llm_progress.path(root), Progress())
        return _python(root, "llm", arguments, nice=10)

    return Service("llm", "Language model", start, lambda: True, news=news)


def _worker(root: Path, name: str) -> Service:
    queues = ",".join(queue.name for queue in QUEUES if queue.worker == name)
    arguments = [
        "celery", "--app", "config.celery", "worker", "--hostname", f"{name}@resee",
        "--queues", queues, "--concurrency", str(WORKER_PROCESSES[name]), "--loglevel", "INFO",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
        *WORKER_ARGUMENTS.get(name, ()),
    ]  # fmt: skip
    return Service(
        f"worker-{name}",
        f"Worker for {queues}",
        partial(_python, root, f"worker-{name}", arguments, nice=5, stop_signal=signal.SIGQUIT),
        partial(_worker_answers, f"{name}@resee"),
        signal.SIGQUIT,  # soft: a task has some seconds, then it goes back into its queue
    )


def _worker_answers(hostname: str) -> bool:
    return bool(app.control.ping(destination=[hostname], timeout=1.0, limit=1))


def _beat(root: Path) -> Service:
    arguments = ["celery", "--app", "config.celery", "beat", "--loglevel", "INFO"]
    start = partial(_python, root, "beat", [*arguments, "--pidfile", ""], nice=5)
    return Service("beat", "Clock of the background work", start, lambda: True)


def _relay(root: Path) -> Service:
    start = partial(_python, root, "relay", ["manage", "relay"], nice=5)
    return Service("relay", "Events on their way out", start, lambda: True)


def _python(
    root: Path,
    name: str,
    arguments: list[str],
    *,
    nice: int = 0,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    with log(root, name).open("ab") as output:
        return spawn(
            [sys.executable, "-m", *arguments],
            log=output,
            environment=environment(root),
            stop_signal=stop_signal,
            nice=nice,
        )


def _url(port: int, path: str, host: str = "127.0.0.1") -> str:
    return f"http://{'127.0.0.1' if host == EVERYWHERE else host}:{port}{path}"
