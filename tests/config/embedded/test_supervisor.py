"""Children: started again when they die, ended with all they started, never a stranger's."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from config.embedded import processes
from config.embedded.ledger import Ledger
from config.embedded.service import Service, log, rotate_logs
from config.embedded.supervisor import StopRequested, Supervisor

FAMILY = "sleep 60 & trap '' TERM; sleep 60"  # has a child and does not listen


def _service(root: Path, script: str) -> Service:
    def start() -> subprocess.Popen[bytes]:
        with log(root, "child").open("ab") as output:
            return processes.spawn(["sh", "-c", script], log=output, environment=os.environ)

    return Service("child", "Child", start, lambda: True)


def test_a_child_that_dies_is_started_again_and_said(root: Path) -> None:
    rotate_logs(root)
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        if len(said) == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    def run() -> None:
        with Supervisor(root, say) as supervisor:
            supervisor.start(_service(root, "echo started; exit 3"))
            supervisor.watch()

    with pytest.raises(StopRequested):
        run()
    assert said[0] == "Child ended (exit code 3): started again in 0 s"
    assert log(root, "child").read_text().splitlines() == ["started", "started"]


def test_a_stubborn_child_is_ended_with_its_family(root: Path) -> None:
    rotate_logs(root)
    child = _service(root, FAMILY).start()
    processes.stop(child, signal.SIGTERM, grace_seconds=0.3)
    assert processes.members(child.pid) == []


def test_what_a_killed_run_left_is_finished(root: Path) -> None:
    rotate_logs(root)
    child = _service(root, FAMILY).start()
    Ledger(root).add("child", child.pid, signal.SIGTERM)
    assert Ledger(root).finish_leftovers(grace_seconds=0.3) == ["child"]
    assert child.wait() < 0
    assert processes.members(child.pid) == []


def test_a_stranger_with_a_reused_process_id_is_left_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotate_logs(root)
    child = _service(root, "sleep 60").start()
    with monkeypatch.context() as earlier:
        earlier.setattr(processes, "started_at", lambda _: 1)
        Ledger(root).add("child", child.pid, signal.SIGTERM)
    assert Ledger(root).finish_leftovers(grace_seconds=0) == []
    assert child.poll() is None
    processes.stop(child, signal.SIGTERM, grace_seconds=1)


def test_children_end_when_their_parent_is_killed(root: Path) -> None:
    script = (
        "import os, signal; from config.embedded import processes; log = open(os.devnull, 'wb');"
        "p = processes.spawn(['sleep', '60'], log=log, environment=os.environ);"
        "print(p.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        ["python", "-c", script], capture_output=True, text=True, env=_with_path(), check=False
    )
    leader, deadline = int(done.stdout), time.monotonic() + 60
    while processes.members(leader) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert processes.members(leader) == []


def _with_path() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.getcwd(), "PATH": f".venv/bin:{os.environ['PATH']}"}  # noqa: PTH109


def test_logs_of_the_last_runs_are_kept(root: Path) -> None:
    rotate_logs(root)
    for run in range(5):
        log(root, "web").write_text(str(run))
        rotate_logs(root)
    kept = {path.name: path.read_text() for path in (root / "logs").iterdir()}
    assert kept == {"web.log.1": "4", "web.log.2": "3", "web.log.3": "2"}
