"""The REST API, admin and docs as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.garbage import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
application = get_wsgi_application()
assert get_resolver().url_patterns  # loads every view, which the first request would do
settle()
