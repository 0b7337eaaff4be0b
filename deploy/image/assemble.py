"""Puts together what is in the images: an interpreter, the shared libraries it loads, packages, and
our programs.

    python3 deploy/image/assemble.py runtime TARGET     # makes TARGET/runtime, which all images
    share python3 deploy/image/assemble.py programs TARGET    # makes TARGET/operator and
    TARGET/emulator

The interpreter is the one that runs this, so this uses the standard library only: the Dockerfile
calls it in the pinned base image, `make image` on this machine. What comes of it depends on the
interpreter and the pinned packages alone."""

import compileall
import os
import platform
import py_compile
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
PROGRAMS = {"operator": "flink_workspace_operator", "emulator": "flink_cloud_emulator"}
USER_ID = 65532
VERSION = "usr/local/share/python/version"
LDD, DPKG = "/usr/bin/ldd", "/usr/bin/dpkg-query"

UNUSED = (
    *("__pycache__", "config-*", "site-packages", "dist-packages", "LICENSE.txt"),
    *(
        "_pyrepl",
        "curses",
        "dbm",
        "idlelib",
        "pydoc_data",
        "tkinter",
        "turtledemo",
        "_curses*",
        "_tkinter*",
        "readline*",
    ),
    *("distutils", "ensurepip", "lib2to3", "venv"),
    *("test", "_test*", "_ctypes_test*", "xxlimited*", "nis*"),
)
"""Of the standard library: what is for people at a terminal, for building, or for testing Python
itself."""
SOURCES_ONLY = frozenset({".py", ".pyi", ".pyx", ".pxd", ".c", ".h", ".typed"})
"""What is not read at run time where there is bytecode. Tracebacks go on naming files and lines of
libraries."""

ACCOUNTS = {
    "passwd": f"root:x:0:0:root:/:/nonexistent\noperator:x:{USER_ID}:{USER_ID}:operator:/tmp:/nonexistent\n",
    "group": f"root:x:0:\noperator:x:{USER_ID}:\n",
    "nsswitch.conf": "hosts: files dns\n",
}


def main() -> None:
    """Make what the command line says."""
    what, target = sys.argv[1], Path(sys.argv[2]).resolve()
    if what == "runtime":
        make_runtime(target / what)
    else:
        for folder, package in PROGRAMS.items():
            copy_program(SOURCE / "operator" / package, target / folder / package)


def make_runtime(runtime: Path) -> None:
    """All but our programs."""
    library = copy_interpreter(runtime)
    install_packages(library / "site-packages")
    drop_sources(library)
    write_system_files(runtime, library / "site-packages")
    copy_shared_libraries(runtime)


def copy_interpreter(runtime: Path) -> Path:
    """The executable and its standard library; gives where the library went."""
    library = Path(sysconfig.get_path("stdlib"))
    goes_to = runtime / "usr" / "local" / library.relative_to(sys.base_prefix)
    program = runtime / "usr" / "local" / "bin" / "python3"
    program.parent.mkdir(parents=True)
    shutil.copy(os.path.realpath(sys.executable), program)
    shutil.copytree(library, goes_to, ignore=shutil.ignore_patterns(*UNUSED))
    record_version(runtime)
    return goes_to


def record_version(runtime: Path) -> None:
    """Which Python it is, to the last digit: no file of its own says so, and lists of known
    weaknesses go by that."""
    record = runtime / VERSION
    record.parent.mkdir(parents=True)
    record.write_text(f"{platform.python_version()}\n")


def install_packages(site: Path) -> None:
    """All of requirements.txt. Some are published as sources only: what builds those is pinned as
    well."""
    with tempfile.TemporaryDirectory() as builder:
        subprocess.run([sys.executable, "-m", "venv", builder], check=True)
        pip = [
            f"{builder}/bin/python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        pip += ["--no-cache-dir", "--no-compile", "--require-hashes", "--requirement"]
        subprocess.run([*pip, str(SOURCE / "requirements-image.txt")], check=True)
        options = ["--no-build-isolation", "--target", str(site)]
        subprocess.run([*pip, str(SOURCE / "requirements.txt"), *options], check=True)
    shutil.rmtree(site / "bin")
    for tests in [*site.glob("*/tests"), *site.glob("*/test")]:
        shutil.rmtree(tests)


def drop_sources(library: Path) -> None:
    """Compile everything, since nothing can be written at run time, and leave out what it was
    compiled from."""
    compiled = compileall.compile_dir(
        library,
        quiet=1,
        legacy=True,
        stripdir=str(library),
        prependdir=library.name,
        workers=0,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    if not compiled:
        raise SystemExit(f"not everything in {library} can be compiled")
    for file in library.rglob("*"):
        if file.is_file() and file.suffix in SOURCES_ONLY:
            file.unlink()


def copy_shared_libraries(runtime: Path) -> None:
    """What the loader would take from outside, beside the C library, where it looks without being
    told."""
    programs = [runtime / "usr" / "local" / "bin" / "python3", *runtime.rglob("*.so")]
    needed = {file for file in loaded_by(programs) if not file.is_relative_to(runtime)}
    home = next(file.parent for file in needed if file.name.startswith("libc.so"))
    for file in sorted(needed):
        goes_to = (file if file.name.startswith("ld-") else home / file.name).relative_to("/")
        (runtime / goes_to).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file.resolve(), runtime / goes_to)
    record_packages(runtime, needed)


def record_packages(runtime: Path, files: Iterable[Path]) -> None:
    """Which of Debian's packages the files are from, where scanners for known weaknesses look for
    it."""
    if not Path(DPKG).exists():
        return
    records = runtime / "var" / "lib" / "dpkg" / "status.d"
    records.mkdir(parents=True)
    # A file may be recorded under /lib or /usr/lib: one of them is a link to the other.
    paths = {str(path) for file in files for path in (file, file.resolve())}
    names = paths | {path.removeprefix("/usr") for path in paths}
    said = subprocess.run(
        [DPKG, "--search", *sorted(names)], capture_output=True, text=True, check=False
    ).stdout
    for package in {line.partition(": ")[0] for line in said.splitlines()}:
        status = subprocess.run(
            [DPKG, "--status", package], capture_output=True, text=True, check=True
        ).stdout
        (records / package.partition(":")[0]).write_text(status)
    shutil.copy("/etc/os-release", runtime / "etc" / "os-release")


def loaded_by(programs: Iterable[Path]) -> Iterator[Path]:
    """Every shared library that one of the programs needs. Raises LookupError where one cannot be
    found."""
    said = subprocess.run(
        [LDD, *map(str, programs)], capture_output=True, text=True, check=True
    ).stdout
    if missing := re.findall(r"(\S+) => not found", said):
        raise LookupError(f"needed and not found: {', '.join(sorted(set(missing)))}")
    for found in re.findall(r"(/\S+) \(0x", said):
        yield Path(found)


def write_system_files(runtime: Path, site: Path) -> None:
    """Users, the order of name services, trusted authorities (those of certifi, which is pinned),
    and a /tmp."""
    etc = runtime / "etc"
    (etc / "ssl" / "certs").mkdir(parents=True)
    shutil.copy(site / "certifi" / "cacert.pem", etc / "ssl" / "certs" / "ca-certificates.crt")
    for name, content in ACCOUNTS.items():
        (etc / name).write_text(content)
    (runtime / "tmp").mkdir()
    (runtime / "tmp").chmod(0o1777)


def copy_program(package: Path, target: Path) -> None:
    """One of our programs, with its sources: they are short, the text of our own lines helps, and
    pydantic reads it."""
    shutil.copytree(package, target, ignore=shutil.ignore_patterns("__pycache__"))
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    if not compileall.compile_dir(
        target, quiet=1, stripdir=str(target.parent), prependdir="/app", invalidation_mode=unchecked
    ):
        raise SystemExit(f"{package} cannot be compiled")


if __name__ == "__main__":
    main()
