"""One profile: start the product, let learners work, strike, wait, look, and say what came."""

import time
from collections import Counter
from typing import Any

from tests.torture import ready  # noqa: F401  Django is set up before anything below is imported

# isort: split
from django.conf import settings
from django.db import connection
from rich.console import Console

from deploy.topology.rabbitmq import RabbitMq
from tests.chaos.faults import FAULTS, Fault
from tests.chaos.proxy import Proxy
from tests.chaos.stage import Recovery, Stage
from tests.chaos.verdict import at_rest, verdict
from tests.chaos.victim import Disk, Victim

LIMIT_SECONDS = 120.0
console = Console(stderr=True, highlight=False)
CALM_SECONDS = 2.0


def run(
    victim: Victim, proxy: Proxy, disk: Disk, rabbitmq: RabbitMq | None, name: str
) -> dict[str, Any]:
    """Return every figure of the profile ``name``."""
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
    connection.settings_dict["OPTIONS"].pop("pool", None)
    began = time.monotonic()
    victim.ensure_running()
    stage = Stage(victim, proxy, disk, rabbitmq)
    rows: dict[str, dict[str, Any]] = {}
    try:
        stage.fill()
        rows["start"] = _row(Recovery(stage), stage, None)
        for fault in FAULTS[name]:
            rows[fault.name] = _struck(stage, fault)
            _tell(fault.name, rows[fault.name])
        rows["at rest"] = _at_rest(stage)
    finally:
        for worker in stage.load:
            worker.stop()
    answers = sum((worker.answers for worker in stage.load), Counter[str]())
    return {
        "seconds": round(time.monotonic() - began),
        "acknowledged": sum(len(worker.acknowledged) for worker in stage.load),
        "answers": dict(answers.most_common()),
        "faults": rows,
    }


def _struck(stage: Stage, fault: Fault) -> dict[str, Any]:
    if not fault.is_possible(stage):
        return {"skipped": "needs root"}
    time.sleep(CALM_SECONDS)
    fault.strike(stage)
    return _row(Recovery(stage, fault.parts), stage, fault)


def _row(recovery: Recovery, stage: Stage, fault: Fault | None) -> dict[str, Any]:
    is_well = recovery.wait(LIMIT_SECONDS)
    parts = recovery.seconds
    late = bool(
        fault and fault.bar_seconds and parts.get("units", LIMIT_SECONDS) > fault.bar_seconds
    )
    found = verdict(stage)
    return {
        "seconds": max(parts.values(), default=LIMIT_SECONDS) if is_well else LIMIT_SECONDS,
        "parts": parts,
        **found,
        "ok": is_well and not late and not any(found.values()),
    }


def _at_rest(stage: Stage) -> dict[str, Any]:
    for worker in stage.load:
        worker.stop()
    for worker in stage.load:
        worker.join(30)
    began, deadline = time.monotonic(), time.monotonic() + LIMIT_SECONDS
    while stage.count("SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running')"):
        if time.monotonic() > deadline:
            break
        time.sleep(0.2)
    seconds = round(time.monotonic() - began, 1)
    found = Counter(verdict(stage)) + Counter(at_rest(stage))
    keys = ("lost", "doubled", "failed", "differences", "unended")
    figures = {key: found[key] for key in keys}
    return {"seconds": seconds, "parts": {}, **figures, "ok": not any(figures.values())}


def _tell(name: str, row: dict[str, Any]) -> None:
    if "skipped" in row:
        console.print(f"[yellow]SKIPPED[/] {name}: {row['skipped']}")
        return
    mark = "[green]✓[/]" if row["ok"] else "[red]✗[/]"
    rest = {key: value for key, value in row.items() if key not in ("seconds", "ok")}
    console.print(
        f"{mark} {name}: all works after {row['seconds']} s [dim]{rest}[/]", soft_wrap=True
    )
