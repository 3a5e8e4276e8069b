"""deploy/nginx in Debian's nginx: who is asked, what is let through, what is kept."""

import http.server
import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.embedded import processes
from deploy.topology import proxy, servers
from deploy.topology.children import Broken
from tests.architecture.tree import ROOT
from tests.ocr_server import free_port

NAMES = ("web-a", "web-b", "live", "live-b")
START_SECONDS_MAX = 60
pytestmark = [
    pytest.mark.xdist_group("nginx"),
    pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed: NOT TESTED"),
]


class Behind(http.server.ThreadingHTTPServer):
    """One process behind the proxy; it tells what it was asked."""

    daemon_threads = True

    def __init__(self, name: str) -> None:
        super().__init__(("127.0.0.1", free_port()), _Handler)
        self.name = name
        self.is_slow = threading.Event()
        self.may_go_on = threading.Event()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server: Any = self.server
        if self.path.endswith("/events/"):
            self._tell_bit_by_bit(server)
            return
        names = ("Host", "Upgrade", "Connection", "X-Forwarded-Proto", "X-Forwarded-For")
        told = {"server": server.name} | {name: self.headers.get(name) for name in names}
        self._answer(str(told).encode() + b" " * 2000)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        while length:
            length -= len(self.rfile.read(min(length, 1 << 20)))
        self._answer(b"taken")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        server: Any = self.server
        self.send_header("X-Server", server.name)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _tell_bit_by_bit(self, server: Behind) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"data: first\n\n")
        server.may_go_on.wait(START_SECONDS_MAX)
        self.wfile.write(b"data: second\n\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Nginx:
    """The proxy, and those behind it by their names."""

    def __init__(self, folder: Path, behind: dict[str, Behind]) -> None:
        self.folder, self.behind, self.port = folder, behind, free_port()
        self.ports = {name: each.server_port for name, each in behind.items()}
        self.config = proxy.write(folder, self.port)
        proxy.write_upstreams(folder, self.ports)
        servers.check_nginx(self.config)
        with (folder / "said").open("wb") as said:
            command = ["nginx", "-c", str(self.config), "-e", "stderr"]
            self.process = processes.spawn(command, log=said, environment=os.environ)

    def reload(self, ports: dict[str, int], down: tuple[str, ...] = ()) -> None:
        """Ask others from now on; return when no old worker is left."""
        before = set(processes.members(self.process.pid)) - {self.process.pid}
        proxy.write_upstreams(self.folder, ports, down=down)
        self.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + START_SECONDS_MAX
        while before & set(processes.members(self.process.pid)):
            assert time.monotonic() < deadline, "the old workers go on"
            time.sleep(0.05)

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=START_SECONDS_MAX
        )


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    folder = tmp_path_factory.mktemp("nginx")
    for parent in (folder, *folder.parents[:3]):
        parent.chmod(0o755)  # as root its workers are somebody else
    behind = {name: Behind(name) for name in NAMES}
    for each in behind.values():
        threading.Thread(target=each.serve_forever, daemon=True).start()
    found = Nginx(folder, behind)
    try:
        _wait_for_port(found.port)
        yield found
    finally:
        processes.stop(found.process, signal.SIGTERM, grace_seconds=30)
        for each in behind.values():
            each.may_go_on.set()
            each.shutdown()
            each.server_close()


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, "nginx does not listen"
        time.sleep(0.05)


def _asked(nginx: Nginx, path: str = "/api/v1/") -> dict[str, Any]:
    with nginx.client() as client:
        told: dict[str, Any] = eval(client.get(path).text)  # noqa: S307  our own words
        return told


def test_a_broken_configuration_is_refused(tmp_path: Path) -> None:
    config = proxy.write(tmp_path, 8080)
    with pytest.raises(Broken, match="host not found in upstream"):
        servers.check_nginx(config)  # nobody has said who is asked


def _who_answers(nginx: Nginx) -> set[str]:
    with nginx.client() as client:  # POST: what was sent once is not sent again
        answers = [client.post("/api/v1/", content=b"x") for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    return {answer.headers["x-server"] for answer in answers}


def test_one_that_is_taken_out_is_not_asked(nginx: Nginx) -> None:
    assert _who_answers(nginx) == {"web-a", "web-b"}
    nginx.reload(nginx.ports, down=("web-a",))
    assert _who_answers(nginx) == {"web-b"}
    nginx.reload(nginx.ports)
    assert _who_answers(nginx) == {"web-a", "web-b"}


def test_one_that_does_not_listen_is_passed_over(nginx: Nginx) -> None:
    nginx.reload(nginx.ports | {"web-a": free_port()})
    assert _who_answers(nginx) == {"web-b"}
    nginx.reload(nginx.ports)


def test_the_product_hears_who_asks_and_how(nginx: Nginx) -> None:
    told = _asked(nginx)
    assert told["X-Forwarded-Proto"] == "https"
    assert told["X-Forwarded-For"] == "127.0.0.1"
    assert told["Host"] == f"127.0.0.1:{nginx.port}"
    assert told["Upgrade"] is None


def test_what_a_client_says_of_its_address_is_added_to_not_trusted(nginx: Nginx) -> None:
    with nginx.client() as client:
        told = client.get("/api/v1/", headers={"X-Forwarded-For": "8.8.8.8"}).text
    assert "8.8.8.8, 127.0.0.1" in told  # NUM_PROXIES=1 reads the last one


def test_an_upgrade_reaches_the_live_process_and_no_other(nginx: Nginx) -> None:
    with nginx.client() as client:
        headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
        told = eval(client.get("/live/v1/", headers=headers).text)  # noqa: S307
        elsewhere = eval(client.get("/api/v1/", headers=headers).text)  # noqa: S307
    assert (told["server"] in {"live", "live-b"}, told["Upgrade"]) == (True, "websocket")
    assert told["Connection"] == "upgrade"
    assert elsewhere["Upgrade"] is None


@pytest.mark.parametrize("path", ["/live/v1/events/", "/api/v1/scans/7/events/"])
def test_events_are_not_held_back(nginx: Nginx, path: str) -> None:
    for each in nginx.behind.values():
        each.may_go_on.clear()
    with nginx.client() as client, client.stream("GET", path) as answer:
        lines = answer.iter_lines()
        assert next(lines) == "data: first"  # the second is only written after this
        for each in nginx.behind.values():
            each.may_go_on.set()
        assert "data: second" in list(lines)


@pytest.mark.parametrize(
    ("path", "megabytes", "status"),
    [("/api/v1/scans/", 20, 200), ("/api/v1/scans/", 22, 413), ("/api/v1/imports/anki/", 40, 200)],
)
def test_uploads_are_as_large_as_the_product_takes(
    nginx: Nginx, path: str, megabytes: int, status: int
) -> None:
    with nginx.client() as client:
        assert client.post(path, content=b"x" * (megabytes << 20)).status_code == status


def test_answers_are_packed_and_static_files_kept(nginx: Nginx) -> None:
    with nginx.client() as client:
        packed = client.get("/api/v1/", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert client.get("/static/a.css").headers["x-cache"] == "MISS"
        assert client.get("/static/a.css").headers["x-cache"] == "HIT"
        assert "x-cache" not in client.get("/api/v1/").headers


def test_what_is_for_operators_stays_inside(nginx: Nginx) -> None:
    with nginx.client() as client:
        assert [client.get(path).status_code for path in ("/metrics", "/readyz")] == [404, 404]


def test_the_largest_import_fits() -> None:
    from review.commands.imports import BYTES_MAX

    text = (ROOT / "deploy/nginx/resee.conf").read_text()
    assert f"client_max_body_size {(BYTES_MAX >> 20) + 1}m;" in text
