"""Structured logs: one JSON object a line (or coloured text for people), with the request's id."""

from typing import Any

import structlog

from config.settings import variables

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
]

_TELLTALES = ("openai", "httpx", "httpx2", "httpcore", "httpcore2", "langchain")

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_SHARED,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def logging_settings() -> dict[str, Any]:
    """Return Django's LOGGING: everything to standard error, rendered by structlog."""
    renderer: list[Any] = (
        [structlog.dev.ConsoleRenderer()]
        if variables.text("LOG_FORMAT") == "console"
        else [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *renderer,
                ],
                "foreign_pre_chain": _SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": variables.text("LOG_LEVEL")},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # at lower levels these write what was asked of a model
            **{name: {"level": "WARNING"} for name in _TELLTALES},
        },
    }
