"""Logs: one line for each event, with its object. No bodies, no secrets."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal

from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.orders.audit import AUDIT

OURS = "flink_workspace_operator"
log = logging.getLogger(__name__)

_about: ContextVar[Key | None] = ContextVar("about", default=None)


@contextmanager
def about(key: Key) -> Iterator[None]:
    """Add the key to all records that are logged inside."""
    token = _about.set(key)
    try:
        yield
    finally:
        _about.reset(token)


def set_up(log_format: Literal["text", "json"]) -> None:
    """Log to standard error. Of kopf and the SDKs only warnings: below that they log whole objects.

    Python's own output, warnings and the error that ends the process, is logged too: a collector of
    JSON cannot read anything else. The ledger's lines are JSON, so a text log has none of them:
    people read the orders.
    """
    handler = logging.StreamHandler()
    handler.addFilter(_add_object)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(OURS).setLevel(logging.INFO)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    ledger_lines = logging.StreamHandler() if log_format == "json" else logging.NullHandler()
    ledger_lines.setFormatter(logging.Formatter("%(message)s"))
    logging.getLogger(AUDIT).handlers = [ledger_lines]
    logging.getLogger(AUDIT).propagate = False


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Log the error that ends the process, unless it is Ctrl-C."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        log.critical("the process ends in a way nobody thought of", exc_info=(kind, error, trace))


def _add_object(record: logging.LogRecord) -> bool:
    """Add the object to a record, also to one of a library."""
    key = _about.get()
    record.__dict__["object"] = None if key is None else str(key)
    return True


class TextFormatter(logging.Formatter):
    """For people."""

    def format(self, record: logging.LogRecord) -> str:
        """`time level [object] message`, a traceback below it."""
        subject = f"[{about_it}] " if (about_it := getattr(record, "object", None)) else ""
        line = f"{_time(record)} {record.levelname:<7} {subject}{record.getMessage()}"
        return line + (f"\n{self.formatException(record.exc_info)}" if record.exc_info else "")


class JsonFormatter(logging.Formatter):
    """For collectors: one JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON, without empty fields."""
        fields = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "object": getattr(record, "object", None),
            "message": record.getMessage(),
            "exception": self.formatException(record.exc_info) if record.exc_info else None,
        }
        return json.dumps(
            {name: value for name, value in fields.items() if value is not None}, ensure_ascii=False
        )


def _time(record: logging.LogRecord) -> str:
    return (
        datetime.fromtimestamp(record.created, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )
