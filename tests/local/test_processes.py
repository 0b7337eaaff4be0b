"""Processes never outlive who started them, unless they are meant to, and are found again only if
they are ours."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from flink_local.processes import ProcessEnded, Processes, still_running, stop_running

SECONDS = 30.0
_LAUNCHER = """
import sys, threading
from pathlib import Path
from flink_local.control_plane import ControlPlane
with ControlPlane(Path(sys.argv[1])):
    print("ready", flush=True)
    threading.Event().wait()
"""

_NOTES_ITS_END = """
import signal, sys
def end(*_):
    with open(sys.argv[2], "a") as order:
        order.write(sys.argv[1] + "\\n")
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
signal.pause()
"""


def eventually(fact: Callable[[], bool]) -> bool:
    """Whether something becomes true before a deadline."""
    deadline = time.monotonic() + SECONDS
    while not fact():
        if time.monotonic() > deadline:
            return False
        psutil.wait_procs([], timeout=0.1)
    return True


def _has_spoken(log: Path) -> bool | None:
    return log.stat().st_size > 0 or None


def test_a_control_plane_ends_with_a_killed_launcher(tmp_path: Path) -> None:
    """SIGKILL leaves the launcher no chance to clean up; everything it started ends all the
    same."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    launcher = subprocess.Popen(
        [sys.executable, "-c", _LAUNCHER, str(tmp_path)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    with launcher:
        assert launcher.stdout is not None
        assert launcher.stdout.readline() == "ready\n"
        started = still_running(tmp_path)
        launcher.kill()

    assert {"etcd", "kube-apiserver"} <= set(started)
    assert eventually(lambda: not still_running(tmp_path))


def test_programs_end_last_started_first(tmp_path: Path) -> None:
    """What others lean on goes last."""
    order = tmp_path / "order"
    with Processes(tmp_path) as processes:
        for name in ("first", "second"):
            processes.start(name, [sys.executable, "-c", _NOTES_ITS_END, name, order])
            processes.wait_for(name, partial(_has_spoken, processes.log(name)), SECONDS)

    assert order.read_text().split() == ["second", "first"]
    assert not list(tmp_path.glob("*.pid"))


def test_a_program_that_ends_is_told_with_its_log(tmp_path: Path) -> None:
    """Waiting for something stops as soon as a program is gone, and shows what that one said."""
    with Processes(tmp_path) as processes:
        processes.start("broken", ["/bin/sh", "-c", "echo no such flag; exit 3"])
        with pytest.raises(ProcessEnded, match=r"broken ended with status 3(.|\n)*no such flag"):
            processes.wait_for("Starting it", lambda: None, SECONDS)


def test_programs_can_outlive_their_launcher_and_be_stopped_later(tmp_path: Path) -> None:
    """What `make up` starts is found by its pid file."""
    pid = Processes(tmp_path, outlive=True).start("sleeper", ["/bin/sleep", "600"])

    assert {name: process.pid for name, process in still_running(tmp_path).items()} == {
        "sleeper": pid
    }
    assert stop_running(tmp_path) == ["sleeper"]
    assert stop_running(tmp_path) == []


def test_a_program_is_found_at_every_moment_of_its_start(tmp_path: Path) -> None:
    """Between two programs a process shows no environment for an instant; it is ours then, too."""
    processes = Processes(tmp_path, outlive=True)
    for number in range(200):
        name = f"sleeper-{number}"
        pid = processes.start(name, ["/bin/sleep", "600"])
        assert [process.pid for process in still_running(tmp_path).values()] == [pid]
        assert stop_running(tmp_path) == [name]


@pytest.mark.parametrize("content", ["another program's", "999999999", "", "garbage"])
def test_a_stale_pid_file_is_nobody(content: str, tmp_path: Path) -> None:
    """A pid that is free, or another program's after a reboot, is not taken for ours, and never
    signalled."""
    (tmp_path / "operator.pid").write_text(
        str(os.getpid()) if content == "another program's" else content
    )

    assert still_running(tmp_path) == {}
    assert stop_running(tmp_path) == []
    assert not (tmp_path / "operator.pid").exists()


def test_ctrl_c_reaches_the_launcher_only(tmp_path: Path) -> None:
    """Programs are in sessions of their own: the terminal's signal does not end etcd before the API
    server."""
    with Processes(tmp_path) as processes:
        pid = processes.start("sleeper", ["/bin/sleep", "600"])
        assert os.getsid(pid) == pid
