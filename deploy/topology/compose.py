"""What docker-compose.yml says of our own processes: the commands are taken from there."""

import shlex
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from config.settings import home

FILE = home.CHECKOUT / "docker-compose.yml"
_OURS = "resee"
_ONCE = "no"


@dataclass(frozen=True, slots=True)
class Program:
    """One service: what it runs, and how long it may take to end."""

    name: str
    command: tuple[str, ...]
    stop_signal: signal.Signals
    grace_seconds: float

    @property
    def is_worker(self) -> bool:
        """Tell whether it serves queues."""
        return self.name.startswith("worker-")

    @property
    def is_web(self) -> bool:
        """Tell whether it answers the REST API."""
        return self.name.startswith("web-")


def programs(path: Path = FILE) -> list[Program]:
    """Return the services that run our code all the time and are in no profile."""
    services: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text())["services"]
    return [
        Program(
            name,
            tuple(shlex.split(service["command"])),
            signal.Signals[service.get("stop_signal", "SIGTERM")],
            float(service.get("stop_grace_period", "10s").removesuffix("s")),
        )
        for name, service in services.items()
        if service.get("image") == _OURS
        and service.get("restart") != _ONCE
        and not service.get("profiles")
    ]
