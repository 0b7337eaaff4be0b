"""Logs: every line says what it is about, and nothing of kopf's or the SDKs' chatter gets through."""

import json
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Literal

import pytest

from flink_workspace_operator.core.identity import Key
from flink_workspace_operator.runtime.logs import about, set_up

log = logging.getLogger("flink_workspace_operator.somewhere")


@pytest.fixture(autouse=True)
def _loggers_as_before() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("flink_workspace_operator")
    before = root.handlers[:], root.level, ours.level
    yield
    sys.excepthook = sys.__excepthook__
    logging.captureWarnings(False)
    root.handlers[:], level, our_level = before
    root.setLevel(level)
    ours.setLevel(our_level)


def test_text_names_the_object(capsys: pytest.CaptureFixture[str]) -> None:
    """Within a pass every line names the object, outside none does."""
    set_up("text")
    with about(Key("ns", "a")):
        log.info("bought")
    log.info("started")
    first, second = capsys.readouterr().err.splitlines()
    assert first.endswith("INFO    [ns/a] bought")
    assert second.endswith("INFO    started")


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Collectors get one JSON object a line, a traceback inside it."""
    set_up("json")
    with about(Key("ns", "a")):
        try:
            raise KeyError("x")
        except KeyError:
            log.exception("broke")
    (line,) = capsys.readouterr().err.splitlines()
    record = json.loads(line)
    assert (record["object"], record["message"], record["level"]) == ("ns/a", "broke", "ERROR")
    assert "KeyError" in record["exception"]


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_what_python_would_print_is_logged(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, log_format: Literal["json", "text"]
) -> None:
    """Its warnings, and the error that ends the process."""
    set_up(log_format)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    error = KeyError("x")
    sys.excepthook(KeyError, error, None)
    said = capsys.readouterr().err
    assert ("old" in said, "nobody thought of" in said, "KeyError: 'x'" in said) == (True, True, True)
    if log_format == "json":
        levels = [json.loads(line)["level"] for line in said.splitlines()]
        assert levels == ["WARNING", "CRITICAL"]


def test_ctrl_c_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    """It ends the process as Python does it."""
    set_up("json")
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert "nobody thought of" not in capsys.readouterr().err


def test_other_programs_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    """kopf and the SDKs print whole objects below warnings; that is not let through."""
    set_up("text")
    for name in ("kopf.objects", "kopf", "alibabacloud_oss_v2", "urllib3", "asyncio"):
        logging.getLogger(name).info("a body")
        logging.getLogger(name).debug("a body")
    assert capsys.readouterr().err == ""
