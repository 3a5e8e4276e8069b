"""Command line of the topology: see the package."""

import argparse
import json
import signal
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType

from deploy.topology import __doc__ as about
from deploy.topology.children import Broken
from deploy.topology.run import Choice, Topology

_FOR = "a management command and all that follows: no option of ours comes behind it"


def main() -> int:
    """Run until a signal, or until a command has ended; return the exit code."""
    options = _options()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="resee-topology-"))
    choice = Choice(
        folder.absolute(), options.port, options.broker == "rabbitmq", options.files == "s3"
    )
    stop, roll = threading.Event(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _raise_exit)
    signal.signal(signal.SIGHUP, lambda *_: roll.set())
    try:
        with Topology(choice, _say) as topology:
            _tell(folder / "running.json", topology)
            _say(f"Everything answers at {topology.url}; state in {folder}")
            if options.command:
                return topology.manage(*options.command, check=False)
            while not stop.wait(0.25):
                topology.children.look_after()
                if roll.is_set():
                    roll.clear()
                    with (folder / "rolls.jsonl").open("a") as rolls:
                        rolls.write(json.dumps(topology.roll()) + "\n")
    except Broken as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _options() -> argparse.Namespace:
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("run_topology.sh", description=about, formatter_class=shape)
    parser.add_argument("--port", type=int, default=18_000, help="of nginx; 35 from there on")
    parser.add_argument("--folder", type=Path, help="of all state; a new one when left out")
    parser.add_argument("--broker", choices=["redis", "rabbitmq"], default="redis")
    parser.add_argument("--files", choices=["s3", "disk"], default="s3")
    parser.add_argument("--for", dest="command", nargs=argparse.REMAINDER, help=_FOR)
    return parser.parse_args()


def _raise_exit(number: int, _frame: FrameType | None) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)


def _tell(path: Path, topology: Topology) -> None:
    """Write what operators' commands need; there are passwords in it."""
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({"url": topology.url, "environment": topology.environment}))
    draft.replace(path)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
