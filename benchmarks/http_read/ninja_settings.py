"""The product's production settings, middleware included, with the routes of ninja_routes."""

from config.settings.production import *  # noqa: F403

ROOT_URLCONF = "benchmarks.http_read.ninja_routes"
