"""Structured logs: one event a line, JSON or for a person; Tornado's own loggers and those of libraries go the same way.

Nothing secret is logged: no header, no body, no query, no address. A request is named by its method and its route's template.
"""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog

TORNADO_TLS_FAILURE = "SSL Error on %s %s: %s"


def set_up_logs(log_format: str, level: str, stream: TextIO | None = None) -> None:
    """Send all logs of this process to `stream` (standard error)."""
    target = stream or sys.stderr
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(log_format, target)],
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("tornado.general").addFilter(_without_address)
    # peewee's debug lines hold what is looked up: what somebody put into an address, secrets included.
    logging.getLogger("peewee").setLevel(max(logging.INFO, root.level))
    # urllib3's hold the addresses of gateways, and with them what a gateway knows the hub by.
    logging.getLogger("urllib3").setLevel(max(logging.INFO, root.level))
    logging.getLogger("asyncio").setLevel(max(logging.WARNING, root.level))


def _without_address(record: logging.LogRecord) -> bool:
    """Tornado names the peer whose TLS handshake failed; what was wrong is enough."""
    if record.msg == TORNADO_TLS_FAILURE and isinstance(record.args, tuple):
        record.msg, record.args = "a TLS handshake failed: %s", record.args[-1:]
    return True


def _rendering(log_format: str, target: TextIO) -> list[structlog.types.Processor]:
    if log_format == "json":
        return [
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    return [structlog.dev.ConsoleRenderer(colors=target.isatty())]
