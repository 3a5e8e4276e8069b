"""The running product survives what kills parts of it, and leaves nothing behind."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from config.embedded import processes
from config.embedded.servers import servers
from config.embedded.supervisor import Supervisor
from config.settings import home
from tests.config.embedded.product import Product, free_port
from tests.config.operations.prometheus import dashboard_queries, program, running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("product")]
COUNT = "SELECT count(*) FROM kept"


def _answers(product: Product) -> bool:
    with contextlib.suppress(psycopg.OperationalError):
        return product.sql("SELECT 1") == [(1,)]
    return False


def _keep_a_row(product: Product) -> int:
    """Write a row as an acknowledged review would be: committed when this returns."""
    product.sql("CREATE TABLE IF NOT EXISTS kept (id bigserial)")
    product.sql("INSERT INTO kept DEFAULT VALUES")
    return int(product.sql(COUNT)[0][0])


def _processes_of(root: Path) -> list[int]:
    marker = f"RESEE_HOME={root}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if marker in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def test_a_signal_stops_all_in_ten_seconds_and_the_next_start_migrates_after_a_dump(
    product: Product,
) -> None:
    state_only = "app = 'admin' AND name = '0003_logentry_add_action_flag_choices'"
    product.sql(f"DELETE FROM django_migrations WHERE {state_only}")  # noqa: S608  a constant
    entries = product.entries()
    workers = {f"worker-{name}" for name in ("ai", "chat", "fast", "scan", "slow")}
    others = {"live", "relay", "beat"}
    assert {"postgres", "valkey", "web", *workers, *others} == set(entries)
    before = time.monotonic()
    assert product.stop(signal.SIGTERM) == 0
    assert time.monotonic() - before < 50
    assert [pid for leader in entries.values() for pid in processes.members(leader)] == []
    assert _processes_of(product.root) == []
    product.ensure_running()
    assert len(list((product.root / "backups").glob("before-migrating-*.dump"))) == 1
    assert product.sql(f"SELECT count(*) FROM django_migrations WHERE {state_only}") == [(1,)]  # noqa: S608


def test_a_killed_supervisor_takes_nothing_with_it_that_was_committed(product: Product) -> None:
    rows, entries = _keep_a_row(product), product.entries()
    assert product.stop(signal.SIGKILL) == -signal.SIGKILL
    product.ensure_running()
    assert product.sql(COUNT) == [(rows,)]
    assert set(entries.values()).isdisjoint(product.entries().values())
    assert [pid for leader in entries.values() for pid in processes.members(leader)] == []


def test_a_killed_database_comes_back_with_its_rows(product: Product) -> None:
    rows, killed = _keep_a_row(product), product.entries()["postgres"]
    os.kill(killed, signal.SIGKILL)
    product.wait(lambda: product.entries()["postgres"] != killed and _answers(product))
    assert product.sql(COUNT) == [(rows,)]
    assert "PostgreSQL ended (SIGKILL)" in product.output


def test_the_web_process_runs_on_one_cpu_with_all_its_threads(product: Product) -> None:
    product.ensure_running()
    web = psutil.Process(product.entries()["web"])
    threads = [thread.id for each in (web, *web.children()) for thread in each.threads()]
    allowed = {frozenset(os.sched_getaffinity(thread)) for thread in threads}
    assert len(threads) > 1
    assert [len(cpus) for cpus in allowed] == [1]


def test_a_second_start_is_refused_in_one_line(product: Product) -> None:
    done = product.manage("up")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert f"process {product.supervisor.pid}" in done.stderr


def test_a_backup_of_the_running_product_checks_with_plain_tools(product: Product) -> None:
    media = product.root / "media" / "pages"
    media.mkdir(parents=True, exist_ok=True)
    (media / "page.webp").write_bytes(b"page")
    folder = Path(product.manage("backup").stdout.split()[0])
    done = subprocess.run(
        ["sha256sum", "--check", "MANIFEST.sha256"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    whole = {"database.dump: OK", "media/pages/page.webp: OK", "secrets.json: OK"}
    assert whole <= set(done.stdout.splitlines())  # other tests leave files too


_LEARN = """
from accounts.queries.learners import learner_of
from tests import make
from tests.review.cards import card, review
from review import projections
from review.ratings import Rating
learner = learner_of(make.user('drill@example.com'))
for rating in Rating:
    review(learner, card(learner, rating.name), rating)
projections.rebuild()
"""
_FIGURES = "SELECT review_count, again_count, taken_ms FROM review_userday ORDER BY 1, 2, 3"
_FACTS = "SELECT public_id, rating, due_at FROM review_reviewhistory ORDER BY 1"


def test_a_backup_restored_into_a_new_cluster_is_what_it_was(product: Product, root: Path) -> None:
    product.manage("shell", "-c", _LEARN)
    (product.root / "media").mkdir(exist_ok=True)
    (product.root / "media" / "kept.webp").write_bytes(b"kept")
    facts, figures = product.sql(_FACTS), product.sql(_FIGURES)
    assert len(facts) == 4
    assert figures
    folder = Path(product.manage("backup").stdout.split()[0])
    drilled = Product(root, port=free_port())
    done = drilled.manage("restore", str(folder))
    assert done.returncode == 0, done.stderr
    assert "4 facts counted" in done.stdout
    assert "Every read model is a recount, every schedule a replay." in done.stdout
    assert (root / "media" / "kept.webp").read_bytes() == b"kept"
    secrets = [each.root / "secrets.json" for each in (product, drilled)]
    assert secrets[0].read_text() == secrets[1].read_text()
    with Supervisor(root, print) as supervisor:
        (database,) = (server for server in servers(root) if server.name == "postgres")
        supervisor.start(database)
        supervisor.wait_ready(database)
        assert (drilled.sql(_FACTS), drilled.sql(_FIGURES)) == (facts, figures)


_WORK = """
from django.utils import timezone
from accounts.queries.learners import learner_of
from config.api.keys import create_key
from tests import make
from tests.ocr.conftest import sent
user = make.user('scraped@example.com')
sent(learner_of(user))
_, key = create_key(user_id=user.pk, name='k', scopes=['statistics:read'], expires_at=None,
                    now=timezone.now())
print(key)
"""


def test_a_real_prometheus_answers_every_query_of_the_dashboard(
    product: Product, tmp_path: Path
) -> None:
    program("prometheus")
    target = f"127.0.0.1:{product.port}"
    with running(tmp_path, port=free_port(), target=target) as prometheus:
        key = product.manage("shell", "-c", _WORK).stdout.split()[-1]
        shared = {"PROMETHEUS_MULTIPROC_DIR": str(product.root / "metrics")}
        for _ in range(2):  # there is no model; an increase is seen from the second on
            product.manage("ask", "What is a verb?", **shared)

        def look() -> None:
            headers = {"Authorization": f"ApiKey {key}"}
            page = f"http://{target}/api/v1/statistics/dashboard/"
            httpx.get(page, headers=headers, trust_env=False).raise_for_status()

        queries = dashboard_queries()
        assert prometheus.silent(queries, seconds=60, meanwhile=look) == []
        assert prometheus.query('up{job="resee"}')[0]["value"][1] == "1"


def test_a_new_learner_talks_to_the_tutor_and_is_told_that_no_model_answers(
    product: Product,
) -> None:
    address = f"http://127.0.0.1:{product.port}/api/v1"
    me = {"email": "talker@example.com", "password": "a page a day"}
    with httpx.Client(trust_env=False, timeout=30, base_url=address) as client:
        signed_up = client.post("/auth/app/v1/auth/signup", json=me).json()
        log = product.root / "logs" / "worker-fast.log"
        codes = re.compile(r"\b[B-Z]{4}-[B-Z]{4}\b")
        product.wait(lambda: codes.search(log.read_text(errors="replace")))
        code = codes.findall(log.read_text(errors="replace"))[-1]
        session = {"X-Session-Token": signed_up["meta"]["session_token"]}
        verified = client.post(
            "/auth/app/v1/auth/email/verify", json={"key": code}, headers=session
        )
    own = {
        "RESEE_TOKEN": verified.json()["meta"]["access_token"],
        "RESEE_API": address,
        "RESEE_LIVE": f"ws://127.0.0.1:{product.live_port}/live/v1/",
    }
    done = subprocess.run(
        [sys.executable, "docs/examples/tutor.py"],
        cwd=home.CHECKOUT,
        env=os.environ | own,
        input="What is a verb?\n\n",
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    assert "language model: none is wanted" in done.stdout
    assert "Your message is kept.  [unavailable]" in done.stdout
