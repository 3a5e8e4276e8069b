"""The deployment from nothing to its address, and the restart of everything one by one."""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from signal import SIGHUP

import psutil

from config.embedded import processes
from config.embedded.programs import answers
from config.settings import home
from deploy.topology import compose, object_store, proxy, rabbitmq, servers
from deploy.topology.children import Broken, Child, Children

DRAIN_SECONDS_MAX = 35.0
OFFSETS = {
    "ocr-model-server": 10, "postgres": 20, "cache": 21, "broker": 22, "s3": 24, "rabbitmq": 32,
}  # fmt: skip
_OCR_OFFSET = 2  # it listens on RESEE_PORT + 2


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be chosen: the first of 35 free ports, the folder, the broker, the files' place."""

    folder: Path
    port: int
    is_on_rabbitmq: bool = False
    has_object_store: bool = True


class Topology:
    """Everything on 127.0.0.1 below one folder. Between ``with`` and its end it runs."""

    def __init__(self, choice: Choice, say: Callable[[str], None]) -> None:
        self._choice, self._say = choice, say
        self.folder = choice.folder
        self.children = Children()
        self._secrets = self._kept_secrets()
        self._programs = {program.name: program for program in compose.programs()}
        self._ports = self._choose_ports()
        self.environment = self._environment()

    @property
    def url(self) -> str:
        """Where nginx answers."""
        return f"http://127.0.0.1:{self._choice.port}"

    def __enter__(self) -> "Topology":
        """Start everything and return when all of it answers; Broken says what does not."""
        if lacking := servers.missing(is_on_rabbitmq=self._choice.is_on_rabbitmq):
            raise Broken(f"Not installed: {' '.join(lacking)} (apt-get install)")
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End everything."""
        self.stop()

    def stop(self) -> None:
        """End everything, our programs first."""
        self.children.stop()
        object_store.remove_sockets(self._s3_ports)

    def manage(self, *arguments: str, check: bool = True) -> int:
        """Run a management command as an operator would; Broken when it fails and ``check``."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=home.CHECKOUT, env=self.environment, check=False)
        if check and done.returncode:
            raise Broken(f"manage.py {' '.join(arguments)} failed")
        return done.returncode

    def roll(self) -> dict[str, float]:
        """Restart every program of ours, one by one, and return the seconds each took.

        What is answering is finished first; a worker's successor works before it ends.
        """
        took = {}
        for program in self._programs.values():
            began = time.monotonic()
            child = self.children[program.name]
            if program.name in self._proxied:
                self._reload(down=[program.name])
                if program.is_web:
                    self._wait_idle(child, self._ports[program.name])
                self.children.restart(child)
                self._reload()
            elif program.is_worker:
                self.children.replace(self._child(program))
            else:
                self.children.restart(child)
            took[program.name] = round(time.monotonic() - began, 2)
            self._say(f"{program.name} restarted in {took[program.name]} s")
        return took

    def _start(self) -> None:
        for server in self._servers():
            self._say(f"{server.name} ...")
            self.children.add(server).wait_ready()
        self._say("Models and database ...")
        self.manage("provision")
        self.manage("migrate", "--verbosity", "0")
        self.manage("people")
        self._say("Our programs ...")
        ours = [self.children.add(self._child(program)) for program in self._programs.values()]
        for child in ours:
            child.wait_ready()
        self._start_nginx()

    def _servers(self) -> list[Child]:
        data, password = self.folder / "data", self._secrets["password"]
        servers.make_cluster(data / "postgres", password)
        found = [
            servers.postgresql(
                data / "postgres", self._ports["postgres"], self._log("postgres"), password
            )
        ]
        found.append(self._redis("cache"))
        if self._choice.is_on_rabbitmq:
            first, log = self._ports["rabbitmq"], self._log("rabbitmq")
            ports = list(range(first, first + rabbitmq.PORTS))
            self.environment["CELERY_BROKER_URL"] = rabbitmq.url(first, password)
            found += rabbitmq.children(data / "rabbitmq", ports, log, password)
        else:
            found.append(self._redis("broker"))
        if self._choice.has_object_store and (weed := object_store.program()):
            ports, secret = self._s3_ports, self._secrets["s3"]
            command = object_store.command(weed, data / "s3", ports, secret)
            self.environment["STORAGE_URL"] = object_store.url(ports[-2], secret)
            found.append(
                Child(
                    "s3", command, dict(os.environ), self._log("s3"),
                    lambda _: object_store.has_bucket(ports[-2], secret), is_server=True,
                )
            )  # fmt: skip
        return found

    def _redis(self, name: str) -> Child:
        folder, password = self.folder / "data" / name, self._secrets["password"]
        return servers.redis_server(name, folder, self._ports[name], self._log(name), password)

    def _start_nginx(self) -> None:
        config = proxy.write(self.folder / "nginx", self._choice.port)
        proxy.write_upstreams(self.folder / "nginx", self._proxied)
        servers.check_nginx(config)
        ready = partial(_answers, f"{self.url}/healthz")
        self.children.add(servers.nginx(config, self._log("nginx"), ready)).wait_ready()

    @property
    def _proxied(self) -> dict[str, int]:
        names = [name for name in self._programs if name.startswith(("web", "live"))]
        return {name: self._ports[name] for name in names}

    def _child(self, program: compose.Program) -> Child:
        environment, command = dict(self.environment), list(program.command)
        ready: Callable[[Child], bool] = _runs
        port = self._ports.get(program.name, 0)
        if program.is_web:
            environment |= {"RESEE_PORT": str(port), "WEB_CONCURRENCY": "1"}
            ready = partial(_answers, f"http://127.0.0.1:{port}/healthz")
        elif program.name.startswith("live"):
            command[command.index("--host") + 1] = "127.0.0.1"
            command[command.index("--port") + 1] = str(port)
            ready = partial(_answers, f"http://127.0.0.1:{port}/healthz")
        elif program.name == "ocr-model-server":
            environment["RESEE_PORT"] = str(port - _OCR_OFFSET)
            ready = partial(_answers, f"http://127.0.0.1:{port}/health")
        elif program.is_worker:  # each has a name of its own, as each container has
            command += ["--hostname", f"{program.name}-{secrets.token_hex(3)}@topology"]
            ready = _worker_is_ready
        log = self._log(program.name)
        return Child(
            program.name, command, environment, log, ready,
            program.stop_signal, program.grace_seconds,
        )  # fmt: skip

    def _reload(self, *, down: list[str] | None = None) -> None:
        """Let nginx ask others; return when its new workers do."""
        nginx = self.children["nginx"]
        before = set(processes.members(nginx.pid))
        proxy.write_upstreams(self.folder / "nginx", self._proxied, down=down or [])
        os.kill(nginx.pid, SIGHUP)
        deadline = time.monotonic() + DRAIN_SECONDS_MAX
        while set(processes.members(nginx.pid)) <= before:
            if time.monotonic() > deadline:
                raise Broken("nginx does not take its new configuration")
            time.sleep(0.02)

    def _wait_idle(self, child: Child, port: int) -> None:
        """Return when nobody has been connected to the child's port for a while."""
        deadline, quiet = time.monotonic() + DRAIN_SECONDS_MAX, 0
        while quiet < 5 and time.monotonic() < deadline:
            quiet = 0 if _is_connected(processes.members(child.pid), port) else quiet + 1
            time.sleep(0.1)

    @property
    def _s3_ports(self) -> list[int]:
        first = self._ports["s3"]
        return list(range(first, first + object_store.PORTS))

    def _choose_ports(self) -> dict[str, int]:
        names = [name for name in self._programs if name.startswith(("web", "live"))]
        offsets = OFFSETS | {name: 1 + number for number, name in enumerate(names)}
        return {name: self._choice.port + offset for name, offset in offsets.items()}

    def _environment(self) -> dict[str, str]:
        password, ports = self._secrets["password"], self._ports
        redis = "redis://:{}@127.0.0.1:{}"
        outside = {name: value for name, value in os.environ.items() if name not in _OUT}
        return outside | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "RESEE_HOME": str(self.folder),
            "RESEE_HOST": "127.0.0.1",
            "RESEE_PORT": str(self._choice.port),  # where `manage.py demo` asks
            "SECRET_KEY": self._secrets["secret_key"],
            "ALLOWED_HOSTS": "localhost",
            "SITE_URL": self.url,
            "NUM_PROXIES": "1",
            "DATABASE_URL": f"postgres://resee:{password}@127.0.0.1:{ports['postgres']}/resee",
            "REDIS_URL": redis.format(password, ports["cache"]),
            "CELERY_BROKER_URL": redis.format(password, ports["broker"]) + "/3",
            "OCR_MODEL_SERVER_URL": f"http://127.0.0.1:{ports['ocr-model-server']}",
            "EMAIL_URL": f"filemail:///{self.folder / 'mails'}",
            "PROMETHEUS_MULTIPROC_DIR": str(self.folder / "metrics"),
            "PYTHONUNBUFFERED": "1",
            "OMP_NUM_THREADS": "1",
            "OMP_WAIT_POLICY": "PASSIVE",
            "MALLOC_ARENA_MAX": "2",
            "ORT_DISABLE_TELEMETRY": "1",
            "PADDLE_PDX_CACHE_HOME": str(self.folder / "paddle"),
            "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK": "True",
        }

    def _kept_secrets(self) -> dict[str, str]:
        """Return the passwords of this folder, made once; for its owner's eyes only."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)  # PostgreSQL and nginx run as nobody when we are root
        for name in ("logs", "mails", "metrics", "data"):
            (self.folder / name).mkdir(exist_ok=True)
        (self.folder / "mails").chmod(0o700)
        path = self.folder / "topology-secrets.json"
        if not path.exists():
            path.touch(mode=0o600)
            names = ("password", "secret_key", "s3")
            path.write_text(json.dumps({name: secrets.token_hex(32) for name in names}))
        found: dict[str, str] = json.loads(path.read_text())
        return found

    def _log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"


_OUT = ("STORAGE_URL", "MEDIA_ROOT", "RESEE_LIVE_PORT", "PROOF")


def _answers(url: str, _child: Child) -> bool:
    return answers(url)


def _runs(child: Child) -> bool:
    return not child.has_ended()


def _worker_is_ready(child: Child) -> bool:
    return "@topology ready." in child.said()


def _is_connected(pids: list[int], port: int) -> bool:
    """Tell whether one of the processes has a client at its port."""
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            for each in psutil.Process(pid).net_connections("tcp"):
                if each.status == psutil.CONN_ESTABLISHED and each.laddr.port == port:
                    return True
    return False
