"""Kill, cut off and fill up the product while learners work; nothing may be lost or doubled.

    make chaos                                    the Valkey profile, and RabbitMQ's where it is
    make chaos ARGS="--profile valkey"            one of them
    make chaos ARGS="--profile short"             everything killed at once, pages read by a double

Own servers in a temporary folder; nothing is ended but what was started here. The last line is
JSON; 1 when anything is not as it has to be.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from config.embedded.servers import OPERATORS_OWN
from config.settings import home
from deploy.topology.rabbitmq import MISSING, is_installed, running_rabbitmq, url
from tests.chaos import report
from tests.chaos.proxy import Proxy
from tests.chaos.victim import Disk, Victim, folder
from tests.config.embedded.product import free_port

PROFILES = ("valkey", "rabbitmq")
DATABASE = 3  # of the broker, on Valkey


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when one of them is not as it has to be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--profile", choices=[*PROFILES, "short", "all"], default="all")
    chosen = parser.parse_args(arguments).profile
    figures = _all() if chosen == "all" else {chosen: _one(chosen)}
    is_ok = report.is_ok(figures)
    if chosen == "all":
        report.show(figures)
    sys.stdout.write(json.dumps({"name": "chaos", "ok": is_ok, "profiles": figures}) + "\n")
    return 0 if is_ok else 1


def _all() -> dict[str, Any]:
    """Run each profile in a process of its own: settings are read once."""
    figures: dict[str, Any] = {}
    for profile in PROFILES:
        if profile == "rabbitmq" and not is_installed():
            sys.stderr.write(f"SKIPPED: {MISSING}\n")
            continue
        command = [sys.executable, "-m", "tests.chaos", "--profile", profile]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        lines = done.stdout.splitlines()
        figures |= json.loads(lines[-1])["profiles"] if lines else {profile: {}}
    return figures


def _one(profile: str) -> dict[str, Any]:
    with contextlib.ExitStack() as stack:
        for name in OPERATORS_OWN:
            os.environ.pop(name, None)
        root = stack.enter_context(folder())
        disk = Disk(root / "media")
        stack.callback(disk.unmount)
        rabbitmq = stack.enter_context(running_rabbitmq()) if profile == "rabbitmq" else None
        proxy = Proxy(("127.0.0.1", rabbitmq.port) if rabbitmq else str(home.valkey_socket()))
        stack.callback(proxy.close)
        broker = (
            url(proxy.port, rabbitmq.password)
            if rabbitmq
            else f"redis://127.0.0.1:{proxy.port}/{DATABASE}"
        )
        own = {"CELERY_BROKER_URL": broker, "MEDIA_ROOT": str(disk.folder)}
        os.environ |= own | {
            "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
            "LOG_LEVEL": "CRITICAL",  # what breaks is meant to
        }
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
        models = {"OCR_MODEL_SERVER_URL": "" if profile != "short" else _double(stack)}
        victim = Victim(root, free_port(), **own, **models)
        stack.callback(victim.remove)
        from tests.chaos.run import run

        return run(victim, proxy, disk, rabbitmq, profile)


def _double(stack: contextlib.ExitStack) -> str:
    import django

    django.setup()
    from tests.ocr_server import fake_model_server, fake_reading

    return stack.enter_context(fake_model_server(lambda _: fake_reading("He was reluctant.")))


if __name__ == "__main__":
    sys.exit(main())
