"""Servers: every part is given by its environment variable; nothing is embedded or has a secret."""

import sys

from config.settings import variables
from config.settings.base import *  # noqa: F403
from config.settings.base import (
    ALLOWED_HOSTS,
    BASE_DIR,
    MIDDLEWARE,
    SITE_URL,
    caches,
    celery_broker,
    database,
)
from config.settings.live import channel_layers
from config.settings.logging import logging_settings

REQUIRED = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "OCR_MODEL_SERVER_URL", "ALLOWED_HOSTS")
if missing := [name for name in REQUIRED if not variables.is_given(name)]:
    sys.stderr.write(f"set in the environment: {', '.join(missing)}\n")
    raise SystemExit(3)  # no traceback; and to gunicorn 3 means that trying again is no use

SECRET_KEY = variables.text("SECRET_KEY")
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", "127.0.0.1"]
MIDDLEWARE = ["config.operations.inside.AnyHost", *MIDDLEWARE]
DATABASES = {"default": database(variables.text("DATABASE_URL"))}
REDIS_URL = variables.text("REDIS_URL")
CACHES, CHANNEL_LAYERS = caches(REDIS_URL), channel_layers(REDIS_URL)
CELERY_BROKER_URL = celery_broker(REDIS_URL)
OCR_MODEL_SERVER_URL = variables.text("OCR_MODEL_SERVER_URL")
LIVE_URL = f"{SITE_URL}/live/v1/"  # nginx passes it to the live processes
STATIC_ROOT = BASE_DIR / "staticfiles"
LOGGING = logging_settings()

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
ADMIN_SECOND_FACTOR = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"  # a browser takes these from this host by HTTPS alone
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
