"""Lists what is in an image, as CycloneDX: `python deploy/image/sbom.py FOLDER`, to standard
output.

The folder is the image's file system, also of an image for another kind of machine:

    docker export "$(docker create registry.example.com/flink-workspace-operator:0.1.0)" | tar -x
    --directory root
    make sbom ROOT=root
"""

import json
import shlex
import subprocess
import sys
import tempfile
from email import message_from_string
from pathlib import Path
from typing import Any, Final

from flink_local.failures import LocalFailure
from flink_local.manifests import REPOSITORY

VERSION: Final = "usr/local/share/python/version"
GENERATOR: Final = str(Path(sys.executable).with_name("cyclonedx-py"))


def describe(root: Path) -> dict[str, Any]:
    """The bill of materials of a file system; raises LocalFailure where there is no Python in
    it."""
    libraries = list(root.glob("usr/local/lib*/python3.*/site-packages"))
    if len(libraries) != 1:
        raise LocalFailure(
            f"{root} is not the file system of an image of ours: it has no packages of Python"
        )
    told = _python_packages(libraries[0])
    told["components"] += [_interpreter(root), *map(_component, _debian_packages(root))]
    return told


def _python_packages(library: Path) -> dict[str, Any]:
    """By cyclonedx-py. It asks an interpreter for its path; that of the image may be for another
    kind of machine, so this answers in its place."""
    with tempfile.TemporaryDirectory() as directory:
        interpreter = Path(directory) / "python"
        interpreter.write_text(
            f"#!/bin/sh\necho {shlex.quote(json.dumps([str(library.resolve())]))}\n"
        )
        interpreter.chmod(0o755)
        command = [
            GENERATOR,
            "environment",
            f"--pyproject={REPOSITORY / 'pyproject.toml'}",
            "--output-reproducible",
        ]
        done = subprocess.run(
            [*command, str(interpreter)], capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        raise LocalFailure(f"{GENERATOR} failed:\n{done.stderr.strip()}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _interpreter(root: Path) -> dict[str, str]:
    """With both names that scanners know a Python by; as `deploy/image/assemble.py` recorded its
    version."""
    record = root / VERSION
    if not record.exists():
        raise LocalFailure(f"{root} does not say which Python is in it: {VERSION} is missing")
    version = record.read_text().strip()
    return {
        "type": "application",
        "bom-ref": "interpreter",
        "name": "cpython",
        "version": version,
        "purl": f"pkg:generic/python@{version}",
        "cpe": f"cpe:2.3:a:python:python:{version}:*:*:*:*:*:*:*",
    }


def _debian_packages(root: Path) -> list[dict[str, str]]:
    """Where the shared libraries are from, as `deploy/image/assemble.py` recorded it."""
    records = sorted((root / "var" / "lib" / "dpkg" / "status.d").glob("*"))
    return [dict(message_from_string(record.read_text())) for record in records]


def _component(package: dict[str, str]) -> dict[str, str]:
    name, version = package["Package"], package["Version"]
    purl = f"pkg:deb/debian/{name}@{version}?arch={package['Architecture']}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def main() -> int:
    """Print it; 1 with a message where that fails."""
    try:
        json.dump(describe(Path(sys.argv[1])), sys.stdout, indent=2)
    except LocalFailure as failure:
        sys.stderr.write(f"\nFAILED: {failure}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
