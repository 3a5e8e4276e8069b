"""The default: PostgreSQL and Valkey from wheels, all state in RESEE_HOME, all on 127.0.0.1."""

from urllib.parse import quote

from config.settings import home, variables
from config.settings.base import *  # noqa: F403
from config.settings.base import caches, celery_broker, database
from config.settings.live import channel_layers
from config.settings.logging import logging_settings

RESEE_BACKUP_DAYS = variables.integer("RESEE_BACKUP_DAYS")
SECRET_KEY = variables.text("SECRET_KEY") or home.secret("secret_key")
_EMBEDDED_DATABASE = f"postgres://resee@{quote(str(home.postgres_socket_dir()), safe='')}/resee"
DATABASES = {"default": database(variables.text("DATABASE_URL") or _EMBEDDED_DATABASE)}
REDIS_URL = variables.text("REDIS_URL") or f"unix://{home.valkey_socket()}"
CACHES, CHANNEL_LAYERS = caches(REDIS_URL), channel_layers(REDIS_URL)
CELERY_BROKER_URL = celery_broker(REDIS_URL)
LIVE_URL = f"http://127.0.0.1:{variables.live_port()}/live/v1/"
OCR_MODEL_SERVER_URL = (
    variables.text("OCR_MODEL_SERVER_URL")
    or f"http://127.0.0.1:{variables.integer('RESEE_PORT') + 2}"
)
if not variables.text("LLM_BASE_URL") and variables.text("RESEE_LLM") != "off":
    LLM_BASE_URL = f"http://127.0.0.1:{variables.integer('RESEE_PORT') + 3}/v1"
    LLM_PARALLEL = variables.integer("LLM_PARALLEL") or 2  # the slots of config.ai.llm_server
LOGGING = logging_settings()
