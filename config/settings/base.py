"""Settings shared by every way of running; what differs stands in embedded, production and test."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import django_stubs_ext
import environ
from corsheaders.defaults import default_headers
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

from config.settings import home, pooling, variables
from config.settings.enum_names import ENUM_NAMES
from config.settings.files import file_storage
from config.settings.mail import mail_settings, site_url

pooling.install()
django_stubs_ext.monkeypatch()  # lets Field, QuerySet and the like take type arguments at run time

BASE_DIR = Path(__file__).resolve().parents[2]
DEBUG, ALLOWED_HOSTS = False, variables.words("ALLOWED_HOSTS")
SECRET_KEY = variables.text("SECRET_KEY")
ROOT_URLCONF, WSGI_APPLICATION = "config.urls", "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.import_export",
    "import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "corsheaders",
    "pghistory",
    "pgtrigger",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "django_structlog",
    "config.ai",
    "config.api",
    "config.embedded",
    "config.demo",
    "config.jobs",
    "config.outbox",
    "config.operations",
    "config.speech",
    "accounts",
    "review",
    "exams",
    "ocr",
    "chat",
]

MIDDLEWARE = [
    "config.metrics.MeasureRequests",
    "config.api.headers.SecurityHeaders",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.api.addresses.LimitAddresses",
    "accounts.unavailable.SignInUnavailable",
    "accounts.second_factor.AdminSecondFactor",
    "config.operations.audit.AuditStaff",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "accounts/templates"],  # before allauth's own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def database(url: str) -> dict[str, Any]:
    """Return Django's database settings for a URL: pooled connections, bounded waits."""
    config: dict[str, Any] = dict(environ.Env.db_url_config(url))
    config["HOST"] = unquote(config["HOST"])  # a socket's folder comes percent-encoded
    config["OPTIONS"] = config.get("OPTIONS", {}) | {
        "pool": {"min_size": 1, "max_size": 8, "timeout": 5, "max_lifetime": 600},
        "options": "-c idle_in_transaction_session_timeout=30s -c lock_timeout=10s",
    }
    config["CONN_HEALTH_CHECKS"] = True
    return config


# One Redis server, a database number a purpose; Celery spells a socket's address in its own way.
REDIS_DATABASES = {"events": 0, "cache": 1, "celery": 3, "redbeat": 5, "ai": 6, "live": 7}


def redis_url(base: str, purpose: str) -> str:
    """Return the URL of one purpose's database on the server ``base`` (redis://host:port or unix:///path)."""
    number = REDIS_DATABASES[purpose]
    if base.startswith("unix://"):
        path = base.removeprefix("unix://")
        return (
            f"redis+socket://{path}?virtual_host={number}"
            if purpose == "celery"
            else f"{base}?db={number}"
        )
    return f"{base.rstrip('/')}/{number}"


def caches(redis: str) -> dict[str, Any]:
    """Return Django's cache settings on the Redis server at ``redis``."""
    return {
        "default": {
            "BACKEND": "config.cache.MeasuredCache",
            "LOCATION": redis_url(redis, "cache"),
            "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 2},
        }
    }


def celery_broker(redis: str) -> str:
    """Return the broker's URL: the operator's, or a database of the Redis server."""
    return variables.text("CELERY_BROKER_URL") or redis_url(redis, "celery")


# Language model: any OpenAI-compatible server; several, separated by commas, in order
LLM_BASE_URL, LLM_MODEL = variables.text("LLM_BASE_URL"), variables.text("LLM_MODEL")
LLM_API_KEY, LLM_PRICES = variables.text("LLM_API_KEY"), variables.text("LLM_PRICES")
LLM_TOKENS_PER_DAY = variables.integer("LLM_TOKENS_PER_DAY")
SPEECH_CHARS_PER_DAY = variables.integer("SPEECH_CHARS_PER_DAY")
LLM_CALLS_PER_MINUTE = variables.integer("LLM_CALLS_PER_MINUTE")
LLM_INPUT_CHARS = variables.integer("LLM_INPUT_CHARS")
LLM_PARALLEL, LLM_LINE = variables.integer("LLM_PARALLEL"), variables.integer("LLM_LINE")
CHAT_HISTORY_CHARS = variables.integer("CHAT_HISTORY_CHARS")

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "accounts.permissions.RolePermissions",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("email", "name")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.MaximumLengthValidator"},
]  # fmt: skip
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # else signing up tells which addresses are known
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600  # seconds, as the mails say
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True  # an account has one address
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True  # as on every other device
ADMIN_SECOND_FACTOR = False  # on servers the admin asks for a code
MFA_ADAPTER = "accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # a code lasts a little longer than it is shown
SOCIALACCOUNT_PROVIDERS = {"google": {"APPS": variables.google_apps()}}
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_SERVE_SPECIFICATION = True  # as JSON and YAML; it is also part of /api/schema/
HEADLESS_SPECIFICATION_TEMPLATE_NAME = None  # its page loads scripts from elsewhere
HEADLESS_FRONTEND_URLS = {  # there are no pages: the mails hold codes
    "account_reset_password": "/api/v1/auth/app/v1/auth/password/request",
    "account_signup": "/api/v1/auth/app/v1/auth/signup",
}
HEADLESS_ADAPTER = "accounts.sign_in.HeadlessAdapter"
HEADLESS_TOKEN_STRATEGY = "accounts.sign_in.TokenStrategy"  # noqa: S105  a dotted path
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 3600
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 30 * 86400
DEFAULT_FROM_EMAIL = variables.text("EMAIL_FROM")
EMAIL_TIMEOUT, SITE_URL = 20, site_url()  # seconds; where links in mails lead
vars().update(mail_settings(variables.text("EMAIL_URL")))

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.tokens.AccessTokenAuthentication",
        "config.api.keys.ApiKeyAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["config.api.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.api.rendering.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "config.api.pagination.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "config.api.schema.Schema",
    "EXCEPTION_HANDLER": "config.api.problems.exception_handler",
    "PAGE_SIZE": 50,
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS is for browsers' preflights, answered before
    "DEFAULT_THROTTLE_CLASSES": ["config.api.limiter.Limits"],
    "NUM_PROXIES": variables.integer("NUM_PROXIES"),
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
RATE_LIMIT_LEARNER = variables.integer("RATE_LIMIT_LEARNER")
RATE_LIMIT_ADDRESS = variables.integer("RATE_LIMIT_ADDRESS")
SPECTACULAR_SETTINGS = {
    "TITLE": "Resee",
    "DESCRIPTION": "A photographed page becomes cards; the cards are reviewed at the right moment; "
    "what was learnt can be proved.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.api.examples.complete",
        "accounts.api.schema.add_sign_in",
    ],
}
# Browsers: which other sites may call the API, and what pages of ours may load
CORS_ALLOWED_ORIGINS = variables.words("CORS_ORIGINS")
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = [*default_headers, "idempotency-key", "if-match", "x-session-token"]
CORS_EXPOSE_HEADERS = [
    "ETag", "Idempotency-Replayed", "Location", "RateLimit", "RateLimit-Policy", "Retry-After",
]  # fmt: skip
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL],  # the admin's Alpine evaluates its attributes
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS, SECURE_REFERRER_POLICY = "DENY", "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE, DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_500_000, 200

# Files
STATIC_URL, WHITENOISE_USE_FINDERS = "/static/", True
MEDIA_ROOT = Path(variables.text("MEDIA_ROOT") or home.home() / "media")
STORAGES = {
    "default": file_storage(variables.text("STORAGE_URL")),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
OCR_ORIGINALS_DAYS = variables.integer("OCR_ORIGINALS_DAYS")

# Language and time: everything is stored in UTC, a learner's own day is written with the fact.
USE_TZ, TIME_ZONE, LANGUAGE_CODE = True, "UTC", "en"
LANGUAGES = [("en", "English"), ("ko", "한국어")]

# Logs: one line a request, with an id that its tasks inherit (the rest stands in logging.py)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_USER_ID_FIELD = "public_id"
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # config.operations.request_ids logs the address

UNFOLD = {
    "SITE_TITLE": "Resee", "SITE_HEADER": "Resee", "SITE_SUBHEADER": "cards, reviews, scans",
    "SITE_SYMBOL": "school",
    "SITE_URL": "/api/docs/",
    "SHOW_HISTORY": True, "DASHBOARD_CALLBACK": "config.operations.dashboard.fill",
    "LOGIN": {"form": "accounts.second_factor.AdminLoginForm"},
}  # fmt: skip
