"""Servers: every part comes from its environment variable; nothing is embedded or has a secret."""

from django.core.exceptions import ImproperlyConfigured

from config.settings import variables
from config.settings.base import *  # noqa: F403
from config.settings.base import caches, celery_broker, database
from config.settings.logging import logging_settings


def _required(name: str) -> str:
    if value := variables.text(name):
        return value
    raise ImproperlyConfigured(f"{name} must be set in the environment")


SECRET_KEY = _required("SECRET_KEY")
DATABASES = {"default": database(_required("DATABASE_URL"))}
REDIS_URL = _required("REDIS_URL")
CACHES = caches(REDIS_URL)
CELERY_BROKER_URL = celery_broker(REDIS_URL)
OCR_MODEL_SERVER_URL = _required("OCR_MODEL_SERVER_URL")
LOGGING = logging_settings()

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
