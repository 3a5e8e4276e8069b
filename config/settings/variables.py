"""Every environment variable the product reads, on one page: name, default, meaning.

``docs/contract.md`` is written from this table. Standard library only: launchers read it too.
"""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable; an empty ``default`` means "not set"."""

    name: str
    default: str
    meaning: str


VARIABLES: tuple[Variable, ...] = (
    Variable(
        "RESEE_HOME",
        "",
        "Folder of all state of the embedded default (default: .resee beside manage.py).",
    ),
    Variable(
        "RESEE_PORT", "8000", "Port of the REST API; the OCR and language models take + 2 and + 3."
    ),
    Variable(
        "RESEE_LIVE_PORT",
        "",
        "Port of the live process: WebSockets, events; RESEE_PORT + 1 when empty.",
    ),
    Variable("WEB_CONCURRENCY", "", "Web processes of one container; one a core when empty."),
    Variable("RESEE_HOST", "127.0.0.1", "Address the embedded default listens on."),
    Variable(
        "DATABASE_URL",
        "",
        "PostgreSQL 15 or later, as postgres://user:password@host:port/name; embedded when empty.",
    ),
    Variable(
        "REDIS_URL",
        "",
        "Redis 7 or Valkey, as redis://host:port; database numbers are ours; embedded when empty.",
    ),
    Variable(
        "CELERY_BROKER_URL", "", "Broker of the task queues; a database of REDIS_URL when empty."
    ),
    Variable(
        "OCR_MODEL_SERVER_URL",
        "",
        "OCR model servers, as http://host:port, by commas; embedded when empty.",
    ),
    Variable(
        "OCR_MODEL_VERSIONS",
        "",
        "Versions side by side and their shares: stable=90,candidate=10:/folder; one when empty.",
    ),
    Variable(
        "OCR_MODEL_SERVER_MEMORY_MB",
        "1200",
        "Memory of the OCR model server's process; grown beyond it, the next takes its place.",
    ),
    Variable("OCR_DEVICE", "cpu", "What the OCR models run on: cpu, gpu or gpu:N."),
    Variable(
        "OCR_GPU_MEMORY_MB",
        "0",
        "Memory of the GPU that one OCR model server may take; 0: any.",
    ),
    Variable(
        "OCR_GPU_USED_MAX_PERCENT",
        "90",
        "Of the GPU's memory, used by whatever runs there: from here on pages are refused (503).",
    ),
    Variable(
        "CUDA_VISIBLE_DEVICES", "", "CUDA's own: the GPUs it counts from 0, as 1,3; all when empty."
    ),
    Variable(
        "OCR_MODEL_SERVER_THREADS",
        "0",
        "Lines that the OCR model server's process reads at once; 0: one a core.",
    ),
    Variable("OCR_MODEL_SERVER_HOST", "127.0.0.1", "Address the OCR model server listens on."),
    Variable(
        "OCR_DET_DIR", "", "Folder of the text detection model; the provisioned one when empty."
    ),
    Variable(
        "OCR_REC_DIR", "", "Folder of the text recognition model; the provisioned one when empty."
    ),
    Variable(
        "OCR_KO_REC_DIR",
        "",
        "Folder of a Korean text recognition model; the program tesseract when empty.",
    ),
    Variable(
        "RESEE_LLM",
        "",
        "off: no embedded language model; a GGUF file's path: that one; fetched when empty.",
    ),
    Variable(
        "LLM_BASE_URL",
        "",
        "OpenAI-compatible servers, as https://host/v1, in order, by commas; embedded when empty.",
    ),
    Variable("LLM_MODEL", "embedded", "Model to ask each server for: one, or one a server."),
    Variable("LLM_API_KEY", "", "Key for each server: one, or one a server."),
    Variable(
        "LLM_PRICES", "", "Dollars a million tokens, input/output, as 0.15/0.60: for the metrics."
    ),
    Variable("LLM_TOKENS_PER_DAY", "100000", "Tokens one learner may use a day; 0: any number."),
    Variable("LLM_CALLS_PER_MINUTE", "20", "Model calls one learner may make a minute; 0: any."),
    Variable("LLM_INPUT_CHARS", "12000", "Longest question to a model, in characters."),
    Variable(
        "LLM_PARALLEL",
        "0",
        "Answers written at once, for all learners together; 0: any number (embedded: 2).",
    ),
    Variable(
        "CHAT_HISTORY_CHARS",
        "1200",
        "Characters of a conversation that the tutor reads again before it answers.",
    ),
    Variable("LLM_LINE", "20", "How many may wait for their turn where LLM_PARALLEL is set."),
    Variable("RESEE_SPEECH", "", "off: nothing is read aloud; by espeak-ng when empty."),
    Variable(
        "SPEECH_CHARS_PER_DAY",
        "20000",
        "Characters one learner may have read aloud a day; 0: any number.",
    ),
    Variable(
        "CEFR_MODEL",
        "",
        "Folder or hub name of a text classifier with the labels A1-C2; the provisioned one when "
        "empty.",
    ),
    Variable(
        "DICTIONARY_DIR",
        "",
        "Folder of WordNet's files (data.noun, index.noun, ...); found or provisioned when empty.",
    ),
    Variable(
        "DICTIONARY_GLOSSES",
        "",
        "Operator's gloss file: one JSON object a line with word, language, gloss.",
    ),
    Variable(
        "SECRET_KEY",
        "",
        "Django's secret key; generated once for the embedded default, required in production.",
    ),
    Variable(
        "ALLOWED_HOSTS",
        "127.0.0.1,localhost",
        "Host names the site answers to, separated by commas.",
    ),
    Variable(
        "NUM_PROXIES",
        "0",
        "Proxies in front that add to X-Forwarded-For; with 0 the header is not read.",
    ),
    Variable("RATE_LIMIT_LEARNER", "600", "Units one learner may ask for in a minute."),
    Variable("RATE_LIMIT_ADDRESS", "6000", "Units one address may ask for in a minute."),
    Variable(
        "CORS_ORIGINS",
        "",
        "Other sites whose pages may call the API, as https://app.example.org, by commas.",
    ),
    Variable("MEDIA_ROOT", "", "Folder of uploaded files; RESEE_HOME/media when empty."),
    Variable(
        "STORAGE_URL",
        "",
        "S3-compatible storage, as s3://KEY:SECRET@host:port/bucket; MEDIA_ROOT when empty.",
    ),
    Variable(
        "OCR_ORIGINALS_DAYS",
        "0",
        "Days that uploaded originals are kept; smaller copies stay. 0: as long as the scan.",
    ),
    Variable(
        "PROMETHEUS_MULTIPROC_DIR",
        "",
        "Folder in which processes share their metrics, of several containers too.",
    ),
    Variable(
        "RESEE_BACKUP_DAYS",
        "7",
        "Days that the daily backups of the embedded default are kept; 0: none are made.",
    ),
    Variable("LOG_LEVEL", "INFO", "Lowest level that is logged."),
    Variable("LOG_FORMAT", "json", "json, or console for people."),
    Variable(
        "EMAIL_URL",
        "consolemail://",
        "Mail server, as smtp+tls://user:password@host:port, or a provider that anymail knows, as "
        "anymail+postmark://?server_token=...",
    ),
    Variable("EMAIL_FROM", "Resee <noreply@localhost>", "Sender of the mails."),
    Variable(
        "SITE_URL",
        "",
        "Where learners reach the product, for links in mails; 127.0.0.1:RESEE_PORT when empty.",
    ),
    Variable("GOOGLE_CLIENT_ID", "", "OAuth client of the log-in by Google; off when empty."),
    Variable("GOOGLE_CLIENT_SECRET", "", "Secret of that client."),
    Variable("PROOF", "", "1: the tests run the full counts instead of the small ones."),
)

_DEFAULTS = {variable.name: variable.default for variable in VARIABLES}


def text(name: str) -> str:
    """Return the value of a variable of the table; KeyError for one that is not in it."""
    return os.environ.get(name) or _DEFAULTS[name]


def is_given(name: str) -> bool:
    """Return whether the environment sets a variable of the table to something."""
    return name in _DEFAULTS and bool(os.environ.get(name))


def integer(name: str) -> int:
    """Return the value as an integer; ValueError names the variable."""
    value = text(name)
    try:
        return int(value)
    except ValueError:
        raise ValueError(f"{name} must be a whole number, not {value!r}") from None


def live_port() -> int:
    """Return the port of the live process."""
    return integer("RESEE_LIVE_PORT") if text("RESEE_LIVE_PORT") else integer("RESEE_PORT") + 1


def words(name: str) -> list[str]:
    """Return a comma-separated value as a list."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def google_apps() -> list[dict[str, str]]:
    """Return the client that Google knows us by, none without one in the environment."""
    client, secret = text("GOOGLE_CLIENT_ID"), text("GOOGLE_CLIENT_SECRET")
    return [{"client_id": client, "secret": secret, "key": ""}] if client else []
