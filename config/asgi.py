"""The live process as an ASGI application: conversations as they grow. The REST API is in wsgi."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
django.setup()

import config.celery  # noqa: E402, F401  messages are promised through our app
from chat.live.routes import application as _application  # noqa: E402

application = _application()
