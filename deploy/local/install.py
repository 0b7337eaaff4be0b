"""Makes the virtual environment of this checkout; run by the Makefile with whatever Python the user
has.

It uses the standard library only, and syntax that an old Python can read far enough to say that it
is too old."""

import pathlib
import shutil
import subprocess
import sys
import time

OLDEST = (3, 11)
LINE_EVERY_SECONDS = 15
ROOT = pathlib.Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
STAMP = VENV / ".installed"
REQUIREMENTS = ROOT / "requirements-dev.txt"


def main() -> int:
    """Make or bring up to date the environment; 1 with a message where that fails."""
    if sys.version_info < OLDEST:
        found = "{}.{} ({})".format(*sys.version_info[:2], sys.executable)
        return _fail(
            "Python 3.11 or newer is needed, this is " + found + ". Try: make PYTHON=python3.12"
        )
    started = time.monotonic()
    print("Installing Python packages into .venv/, about a minute ...", flush=True)
    if not _runs(VENV / "bin" / "python"):
        shutil.rmtree(VENV, ignore_errors=True)
        said = _run([sys.executable, "-m", "venv", str(VENV)], started)
        if said is not None:
            return _fail(
                "Cannot make a virtual environment (on Debian: apt install python3-venv):\n" + said
            )
    pip = [
        str(VENV / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    said = _run([*pip, "--require-hashes", "--requirement", str(REQUIREMENTS)], started)
    if said is not None:
        return _fail("Installing " + REQUIREMENTS.name + " failed:\n" + said)
    STAMP.touch()
    print(f"Installing Python packages: done in {time.monotonic() - started:.0f} s", flush=True)
    return 0


def _runs(python: pathlib.Path) -> bool:
    """Whether the environment is there and its Python was not removed or replaced by an older
    one."""
    question = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    return (
        python.exists()
        and subprocess.run([python, "-c", question], capture_output=True, check=False).returncode
        == 0
    )


def _run(command: "list[str]", started: float) -> "str | None":
    """Run a command, telling now and then that it still does; gives what it said if it failed."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        while True:
            try:
                said, _ = process.communicate(timeout=LINE_EVERY_SECONDS)
            except subprocess.TimeoutExpired:
                print(f"  still installing, {time.monotonic() - started:.0f} s so far", flush=True)
            except BaseException:
                process.terminate()
                raise
            else:
                return said if process.returncode else None


def _fail(message: str) -> int:
    sys.stderr.write("\nFAILED: " + message + "\n")
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
