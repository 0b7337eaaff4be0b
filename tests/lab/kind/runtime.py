"""A runtime of containers for machines whose root lacks one right: a privileged container asks for
all of them."""

import sys
from pathlib import Path
from typing import Final

RIGHT, BIT = "CAP_SYS_RESOURCE", 24

SCRIPT: Final = '''\
#!{python}
"""Takes {right} out of what a container is started with, and leaves the rest to runc."""
import json, os, sys
arguments = sys.argv[1:]
for option, file in (("--bundle", "config.json"), ("--process", ""), ("-p", "")):
    if option in arguments:
        path = os.path.join(arguments[arguments.index(option) + 1], file).rstrip("/")
        with open(path) as opened:
            told = json.load(opened)
        process = told.get("process", told)
        for kind, names in (process.get("capabilities") or {{}}).items():
            process["capabilities"][kind] = [name for name in names if name != "{right}"]
        with open(path, "w") as opened:
            json.dump(told, opened)
os.execv("/usr/sbin/runc", ["runc", *arguments])
'''


def lacks_resource_right() -> bool:
    """Whether this process could not have the right, whatever it does."""
    status = dict(line.split(":\t") for line in Path("/proc/self/status").read_text().splitlines())
    return not int(status["CapBnd"], 16) >> BIT & 1


def write_runtime(directory: Path) -> Path:
    """Write the program that stands in for runc."""
    program = directory / "runc"
    program.write_text(SCRIPT.format(python=sys.executable, right=RIGHT))
    program.chmod(0o755)
    return program
