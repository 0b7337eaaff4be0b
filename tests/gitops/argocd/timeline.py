"""What happens in a namespace and to an Application, as watches tell it: to wait for, to hold
against, and to print."""

import contextlib
import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flink_local.cluster import Cluster

Wire = dict[str, Any]
Objects = dict[tuple[str, str], Wire]
"""The objects that exist, by kind and name."""


@dataclass
class Timeline:
    """Everything that was seen. Facts are waited for with a deadline, and held against for a while;
    nothing sleeps."""

    began: float = field(default_factory=time.monotonic)
    objects: Objects = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _told: dict[tuple[str, str], str] = field(default_factory=dict)

    def until(self, what: str, fact: Callable[[Objects], object], seconds: float) -> float:
        """Wait for a fact, and give how long that took. Fails with all that was seen."""
        began = time.monotonic()
        with self._changed:
            reached = self._changed.wait_for(lambda: fact(self.objects), seconds)
            took = time.monotonic() - began
            assert reached, f"not within {seconds:.0f} s: {what}\n" + "\n".join(self.lines)
            self._say(f"==> {what}, after {took:.1f} s")
        return took

    def holds(self, what: str, fact: Callable[[Objects], object], seconds: float) -> None:
        """See that a fact holds for so long. Fails at the first change after which it does not."""
        with self._changed:
            broken = self._changed.wait_for(lambda: not fact(self.objects), seconds)
            assert not broken, f"not held for {seconds:.0f} s: {what}\n" + "\n".join(self.lines)
            self._say(f"==> {what}, for {seconds:.0f} s")

    def note(self, what: str) -> None:
        """Something that the test does."""
        with self._changed:
            self._say(f"--- {what}")

    def see(self, event: Wire) -> None:
        """An event of a watch."""
        wire = event["object"]
        key = (wire["kind"], wire["metadata"]["name"])
        with self._changed:
            if event["type"] == "DELETED":
                self.objects.pop(key, None)
                text = "is gone"
            else:
                self.objects[key] = wire
                text = _in_short(wire)
            if self._told.get(key) != text:
                self._told[key] = text
                self._say(f"{key[0]}/{key[1]} {text}")
            self._changed.notify_all()

    def _say(self, text: str) -> None:
        self.lines.append(f"{time.monotonic() - self.began:6.1f} s  {text}")


@contextlib.contextmanager
def watched(
    cluster: Cluster, timeline: Timeline, namespace: str, kind: str, name: str
) -> Iterator[None]:
    """Watch one object into the timeline, whether it exists or not. Ended before the API server,
    which waits for it."""
    command = [str(cluster.kubectl_program), "get", kind, f"--namespace={namespace}", "--watch"]
    command += [f"--field-selector=metadata.name={name}", "--output-watch-events", "--output=json"]
    with subprocess.Popen(
        command, env=cluster.environment, stdout=subprocess.PIPE, text=True
    ) as process:
        reader = threading.Thread(target=_read, args=(process, timeline), daemon=True)
        reader.start()
        try:
            yield
        finally:
            process.terminate()
            process.wait()
            reader.join()


def _read(process: "subprocess.Popen[str]", timeline: Timeline) -> None:
    for line in process.stdout or ():
        timeline.see(json.loads(line))


def _in_short(wire: Wire) -> str:
    leaving = "is being deleted: " if wire["metadata"].get("deletionTimestamp") else ""
    return leaving + _SHOWN.get(wire["kind"], _exists)(wire)


def _exists(_: Wire) -> str:
    return "exists"


def _application(wire: Wire) -> str:
    status = wire.get("status", {})
    operation = status.get("operationState", {})
    words = (
        status.get("sync", {}).get("status"),
        status.get("health", {}).get("status"),
        operation.get("phase"),
        operation.get("message"),
    )
    return ", ".join(word for word in words if word)


def _workspace(wire: Wire) -> str:
    ready = condition(wire, "Ready")
    generations = f"generation {wire['metadata']['generation']}"
    return f"{generations}, " + (
        f"Ready={ready['status']}/{ready['reason']}" if ready else "no status"
    )


def condition(wire: Wire, type_: str) -> Wire | None:
    """A condition of a FlinkWorkspace."""
    told = wire.get("status", {}).get("conditions", [])
    return next((each for each in told if each["type"] == type_), None)


_SHOWN: dict[str, Callable[[Wire], str]] = {
    "Application": _application,
    "FlinkWorkspace": _workspace,
}
