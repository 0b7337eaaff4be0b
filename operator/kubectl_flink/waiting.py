"""`wait`: follows one FlinkWorkspace until it is known what becomes of it."""

import json
import os
import selectors
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from kubectl_flink.exits import Exit
from kubectl_flink.kubectl import Failure, Kubectl, failure_of
from kubectl_flink.report import Report, Standing, report_of
from kubectl_flink.words import printable
from kubectl_flink.workspace import Workspace

_CHUNK: Final = 65536
_BETWEEN_WATCHES: Final = 1.0
"""Seconds, so that a server that ends each watch at once is not asked all the time."""
_ENDS: Final = {
    Standing.STALLED: Exit.STALLED,
    Standing.SUSPENDED: Exit.SUSPENDED,
    Standing.READY: Exit.DONE,
    Standing.DELETING: Exit.DELETED,
}


@dataclass(frozen=True)
class Progress:
    """One look at a workspace that is not decided yet. No percentage: the cloud tells none."""

    words: str
    percent: int | None


@dataclass(frozen=True)
class End:
    """The end of waiting, and why."""

    code: Exit
    words: str


def look(wire: dict[str, Any]) -> Progress | End:
    """What one event of the watch means."""
    found = Workspace(wire["object"])
    if wire["type"] == "DELETED":
        return End(Exit.DELETED, f"{found.namespace}/{found.name} is deleted")
    report = report_of(found, datetime.now(UTC))
    if (code := _ended(report)) is not None:
        words = f"{report.namespace}/{report.name} {_state(report)}: {report.message}"
        return End(code, words if code is Exit.DONE else f"{words}\n{_next(report)}")
    told = found.instance.get("provisioning") or {}
    words = told.get("stage") or told.get("message") or report.message or "not reconciled yet"
    return Progress(printable(str(words)), told.get("percent"))


def _next(report: Report) -> str:
    command = f": {report.next.command}" if report.next.command else ""
    return f"next: {report.next.words}{command}"


def _ended(report: Report) -> Exit | None:
    """A workspace that runs while somebody suspends the operator is Ready."""
    if report.runs and report.standing is Standing.SUSPENDED:
        return Exit.DONE
    return _ENDS.get(report.standing)


def _state(report: Report) -> str:
    if report.standing is Standing.DELETING:
        return "is being deleted"
    if report.runs and report.standing is Standing.SUSPENDED:
        return f"runs, and the operator is suspended ({report.reason})"
    return f"is {report.standing} ({report.reason})"


def follow(
    kubectl: Kubectl, arguments: tuple[str, ...], seconds: float
) -> Iterator[Progress | End]:
    """Each look, up to the end. The API server ends watches now and then; another one follows."""
    deadline = time.monotonic() + seconds
    while True:
        for event in events(kubectl, arguments, deadline):
            found = End(event.kind, event.message) if isinstance(event, Failure) else look(event)
            yield found
            if isinstance(found, End):
                return
        if time.monotonic() >= deadline:
            yield End(Exit.TIMED_OUT, f"not decided within {seconds:.0f} s")
            return
        threading.Event().wait(_BETWEEN_WATCHES)


def events(
    kubectl: Kubectl, arguments: tuple[str, ...], deadline: float
) -> Iterator[dict[str, Any] | Failure]:
    """The events of one watch, up to its end or the deadline."""
    process = kubectl.watch(*arguments)
    if isinstance(process, Failure):
        yield process
        return
    try:
        yield from _parsed(process, deadline)
        if process.poll():
            yield failure_of((process.stderr.read() if process.stderr else b"").decode())
    finally:
        process.kill()  # it only reads: it has nothing to lose
        process.communicate()


def _parsed(process: "subprocess.Popen[bytes]", deadline: float) -> Iterator[dict[str, Any]]:
    """The documents that kubectl writes one after the other."""
    decoder, buffered = json.JSONDecoder(), ""
    for text in _read(process, deadline):
        buffered = (buffered + text).lstrip()
        while buffered:
            try:
                event, end = decoder.raw_decode(buffered)
            except json.JSONDecodeError:
                break  # the rest is on its way
            yield event
            buffered = buffered[end:].lstrip()


def _read(process: "subprocess.Popen[bytes]", deadline: float) -> Iterator[str]:
    """What kubectl writes, as it comes, up to the deadline."""
    import codecs

    output = process.stdout
    if output is None:
        return
    decode = codecs.getincrementaldecoder("utf-8")().decode
    with selectors.DefaultSelector() as ready:
        ready.register(output, selectors.EVENT_READ)
        while ready.select(max(deadline - time.monotonic(), 0)):
            chunk = os.read(output.fileno(), _CHUNK)
            if not chunk:
                process.wait()
                return
            yield decode(chunk)
