"""Logs: every line says what it is about, and nothing of kopf's or the SDKs' chatter gets
through."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Literal

import pytest

from flink_local.environment import python_environment
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.orders.audit import AUDIT
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


@pytest.mark.parametrize(("log_format", "lines"), [("text", []), ("json", ['{"order": "ns/a-1"}'])])
def test_ledger_lines_are_written_where_the_log_is_json(
    log_format: Literal["text", "json"], lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A terminal shows one format; the orders themselves are the ledger for people."""
    set_up(log_format)
    logging.getLogger(AUDIT).info("%s", '{"order": "ns/a-1"}')
    assert capsys.readouterr().err.splitlines() == lines


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


PRINTING = """
import sys, warnings
from flink_workspace_operator.runtime.logs import set_up
set_up("json")
warnings.warn("old")
raise {}("x")
"""


@pytest.mark.parametrize(
    ("error", "levels"), [("KeyError", ["WARNING", "CRITICAL"]), ("KeyboardInterrupt", ["WARNING"])]
)
def test_what_python_would_print_is_logged(error: str, levels: list[str]) -> None:
    """Its warnings, and the error that ends the process, each as one object; Ctrl-C is no error and
    left to Python."""
    program = [sys.executable, "-c", PRINTING.format(error)]
    said = subprocess.run(
        program, env=python_environment(), capture_output=True, text=True, check=False
    )
    objects = [json.loads(line) for line in said.stderr.splitlines() if line.startswith("{")]
    assert said.returncode != 0
    assert [each["level"] for each in objects] == levels
    assert "old" in objects[0]["message"]
    assert (len(objects) == len(said.stderr.splitlines())) == (error == "KeyError")


LIBRARIES = """
import logging
from flink_workspace_operator import handlers, wiring
from flink_workspace_operator.runtime.logs import set_up
set_up("json")
for name, logger in sorted(logging.root.manager.loggerDict.items()):
    if any(isinstance(each, logging.StreamHandler) for each in getattr(logger, "handlers", ())):
        print("prints by itself:", name)
for name in ("kopf.objects", "asyncio", "alibabacloud_oss_v2", "kubernetes.aio"):
    try:
        raise KeyError(name)
    except KeyError:
        logging.getLogger(name).exception("broke")
"""


def test_libraries_speak_as_we_do() -> None:
    """With all of them loaded, none has a way of its own to the output but the ledger; tracebacks
    are in one object."""
    program = [sys.executable, "-c", LIBRARIES]
    said = subprocess.run(
        program, env=python_environment(), capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines() == ["prints by itself: flink_workspace_operator.audit"]
    told = {line["logger"]: line["exception"] for line in map(json.loads, said.stderr.splitlines())}
    assert all(f"KeyError: '{name}'" in trace for name, trace in told.items())
    assert len(told) == 4


def test_other_programs_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    """kopf and the SDKs print whole objects below warnings; that is not let through."""
    set_up("text")
    for name in ("kopf.objects", "kopf", "alibabacloud_oss_v2", "urllib3", "asyncio"):
        logging.getLogger(name).info("a body")
        logging.getLogger(name).debug("a body")
    assert capsys.readouterr().err == ""
