"""Mail by one URL: a mail server, the console, or any provider that anymail knows."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import environ

from config.settings import variables

_PROVIDER = "anymail+"


def site_url() -> str:
    """Return the address of the product as learners know it, without a slash behind it."""
    given = variables.text("SITE_URL") or f"http://127.0.0.1:{variables.integer('RESEE_PORT')}"
    return given.rstrip("/")


def mail_settings(url: str) -> dict[str, Any]:
    """Return Django's settings for ``url``.

    ``anymail+postmark://?server_token=...`` names a provider of anymail and gives its settings by
    their documented names, without the provider's; any other URL is django-environ's.
    """
    if not url.startswith(_PROVIDER):
        return dict(environ.Env.email_url_config(url))
    parts = urlsplit(url)
    provider = parts.scheme.removeprefix(_PROVIDER).replace("-", "_")  # a scheme has no underscore
    given = {f"{provider}_{name}".upper(): value for name, value in parse_qsl(parts.query)}
    return {"EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend", "ANYMAIL": given}
