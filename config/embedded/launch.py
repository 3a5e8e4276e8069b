"""The embedded product from nothing to its addresses, step by step, and then kept running."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from rich.console import Console
from rich.markup import escape

from config.embedded import (
    cefr_model,
    database,
    korean,
    models,
    postgres,
    preflight,
    programs,
    wordnet,
)
from config.embedded.database import Person
from config.embedded.servers import servers
from config.embedded.service import rotate_logs
from config.embedded.supervisor import Supervisor
from config.settings import home, variables

_DEMO_DONE = "demo-done"


def run(console: Console, *, started_at: float, command: str | None = None) -> int:
    """Start everything and look after it until a signal; ``started_at`` is monotonic seconds.

    With a management ``command``: only until that has ended, and return its exit code.

    Raises CannotStart, after ending whatever was started, when something has to be mended first.
    """
    root = home.home()

    def say(text: str) -> None:
        console.print(escape(text), highlight=False, soft_wrap=True)

    preflight.check_folder(root)
    with preflight.only_one(root), Supervisor(root, say) as supervisor:
        _check(root)
        rotate_logs(root)
        programs.wipe_metrics(root)
        people = _start(root, supervisor, console, say)
        if command:
            return run_command(root, command)
        _first_demo(root, console, say)
        _show(console, people, time.monotonic() - started_at)
        for service in programs.background(root):
            supervisor.start(service)
        return supervisor.watch()


def run_command(root: Path, command: str) -> int:
    """Run ``manage.py command`` beside the running product and return its exit code."""
    arguments = [sys.executable, str(home.CHECKOUT / "manage.py"), command]
    quiet = {"LOG_LEVEL": "WARNING"}  # it talks to a person
    own = quiet | programs.environment(root)
    return subprocess.run(arguments, env=own, check=False).returncode


def _check(root: Path) -> None:
    preflight.check_disk(root)
    postgres.check_version(root)
    for port in programs.ports():
        preflight.check_port(variables.text("RESEE_HOST"), port)


def _start(
    root: Path, supervisor: Supervisor, console: Console, say: Callable[[str], None]
) -> list[Person]:
    with _step(console, "Models and dictionary"):
        models.provision(root, say)
        cefr_model.provision(root, say)
        wordnet.provision(root, say)
    embedded = servers(root)
    if not variables.text("DATABASE_URL"):
        with _step(console, "PostgreSQL's data folder"):
            postgres.initialise(root)
    for service in embedded:
        with _step(console, service.title):
            supervisor.start(service)
            supervisor.wait_ready(service)
    with _step(console, "Database"):
        if not variables.text("DATABASE_URL"):
            postgres.create_database(root, home.postgres_socket_dir())
        people = _prepare_database(root, say)
    ours = programs.programs(root)
    for service in ours:
        supervisor.start(service)
    for service in ours:
        with _step(console, service.title):
            supervisor.wait_ready(service)
    return people


def _prepare_database(root: Path, say: Callable[[str], None]) -> list[Person]:
    """Migrate on one plain connection: the pool has threads, and we are about to fork."""
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
    connection.settings_dict["OPTIONS"].pop("pool", None)
    try:
        database.migrate(root, now=datetime.now(UTC), report=say)
        return database.people()
    finally:
        connection.close()


def _first_demo(root: Path, console: Console, say: Callable[[str], None]) -> None:
    """Give the demo learner something to see, once."""
    done = root / _DEMO_DONE
    if done.exists():
        return
    with _step(console, "Demo: one page, from photo to statistics"):
        code = run_command(root, "demo")
    if code:
        say("The demo did not finish; everything else runs. Try it again with: make demo")
    done.touch()


@contextlib.contextmanager
def _step(console: Console, title: str) -> Iterator[None]:
    before = time.monotonic()
    yield
    console.print(f"[green]✓[/] {escape(title)} [dim]{time.monotonic() - before:.1f} s[/]")


def _show(console: Console, people: list[Person], seconds: float) -> None:
    base = f"http://{variables.text('RESEE_HOST')}:{variables.integer('RESEE_PORT')}"
    console.print(f"\n[bold green]Resee is ready[/] [dim]after {seconds:.1f} s[/]")
    rows = {"API": f"{base}/api/v1/", "Docs": f"{base}/api/docs/", "Admin": f"{base}/admin/"}
    for person in people:
        title = "Admin's log-in" if person.email.startswith("admin") else "Demo learner"
        rows[title] = f"{person.email}  {person.password or '(password changed since)'}"
    if advice := korean.advice(settings.OCR_MODEL_SERVER_URL.partition(",")[0]):
        rows["Korean"] = advice
    for title, value in rows.items():
        console.print(f"  {title:<15} {escape(value)}", highlight=False, soft_wrap=True)
    console.print(f"  {'State':<15} {escape(str(home.home()))}", highlight=False, soft_wrap=True)
    console.print("[dim]Ctrl-C stops everything and keeps the data.[/]\n")
