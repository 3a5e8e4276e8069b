"""What must answer for the product to be ready: a registry, filled in ``AppConfig.ready``."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import structlog
from django.db import connections

Check = Callable[[], str]
TIMEOUT_SECONDS = 2.0

log = structlog.get_logger(__name__)
_checks: dict[str, Check] = {}
_remedies: dict[str, str] = {}
_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="readyz")


@dataclass(frozen=True, slots=True)
class Health:
    """What one check found: ``detail`` is a sentence for a person, without addresses or secrets."""

    name: str
    is_ok: bool
    detail: str


def register(name: str, check: Check, *, remedy: str = "") -> None:
    """Add a check to /readyz: it returns a short detail, raises when its part does not answer.

    ``remedy`` is what an operator should do then, in a sentence.
    """
    _checks[name] = check
    if remedy:
        _remedies[name] = remedy


def registered() -> dict[str, Check]:
    """Return the checks by name."""
    return dict(_checks)


def remedies() -> dict[str, str]:
    """Return by name what to do when a check fails."""
    return dict(_remedies)


def check_all() -> list[Health]:
    """Run every check side by side; all together take TIMEOUT_SECONDS at most."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    running = {name: _threads.submit(_run, check) for name, check in sorted(_checks.items())}
    return [_outcome(name, future, deadline) for name, future in running.items()]


def _run(check: Check) -> str:
    try:
        return check()
    finally:
        connections.close_all()  # this thread's own; a pooled one goes back


def _outcome(name: str, future: Future[str], deadline: float) -> Health:
    try:
        detail = future.result(max(0, deadline - time.monotonic()))
        return Health(name, is_ok=True, detail=detail)
    except TimeoutError:
        future.cancel()
        return Health(name, is_ok=False, detail=f"no answer within {TIMEOUT_SECONDS:g} s")
    except Exception as error:
        log.warning("not_ready", part=name, exc_info=error)
        return Health(name, is_ok=False, detail=f"does not answer ({type(error).__name__})")
