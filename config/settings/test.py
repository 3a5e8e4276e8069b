"""Tests: the servers that tests/servers.py starts, cheap passwords, N+1 queries are errors."""

from config.settings.embedded import *  # noqa: F403
from config.settings.embedded import DATABASES, INSTALLED_APPS, MIDDLEWARE

DATABASES["default"]["OPTIONS"].pop(
    "pool"
)  # each test worker has one connection, and wipes its database
# A test is one transaction, and on a busy machine it may compute for long between two statements.
DATABASES["default"]["OPTIONS"]["options"] = "-c lock_timeout=10s"
INSTALLED_APPS = [*INSTALLED_APPS, "zeal", "django_migration_linter"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
ZEAL_RAISE = True
ZEAL_ALLOWLIST = [{"model": "account.EmailAddress"}]  # allauth reads one address twice
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True  # each test's client makes the middleware: look at no file before
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LLM_BASE_URL = ""  # a test that asks a model brings one
LLM_PARALLEL = 0
RATE_LIMIT_LEARNER = RATE_LIMIT_ADDRESS = 1_000_000  # counted, never reached
