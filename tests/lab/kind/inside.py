"""A container engine as the first process's child, and `make kind` beside it.

python -m tests.lab.kind.inside DIRECTORY NODE-IMAGE-ARCHIVE CGROUP      # started by `offline`
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

from flink_local.commands import run
from flink_local.failures import LocalFailure
from flink_local.kind.cluster import CONFIGURATION, NODE_IMAGE
from flink_local.processes import Processes
from tests.lab.kind.node_image import CLUSTER, IMAGE
from tests.lab.kind.runtime import lacks_resource_right, write_runtime
from tests.lab.namespaces.inside import isolate_files, reaped, start_network

READY_SECONDS: Final = 60.0
ENGINE: Final = "/usr/sbin/dockerd"
RUNTIME: Final = "own"


def main() -> int:
    """Start the engine, load the node image, run `make kind`; gives its exit code."""
    directory, archive, cgroup = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the launcher ends everything
    try:
        isolate_files(directory)
        start_network()
        _start_engine(directory, cgroup)
        run("docker", "load", "--input", archive)
    except (LocalFailure, OSError) as failure:
        sys.stderr.write(f"\nFAILED: {failure}\n")
        return 1
    environment = {**os.environ, NODE_IMAGE: IMAGE, CONFIGURATION: str(_write_cluster(directory))}
    shown = subprocess.Popen([sys.executable, "-m", "tests.lab", "kind-once"], env=environment)
    for ended in reaped():
        if ended == shown.pid:
            return shown.wait()
    return 1


def _start_engine(directory: Path, cgroup: str) -> None:
    processes = Processes(directory / "engine", outlive=True)
    command = [ENGINE, f"--cgroup-parent=/{cgroup}", "--storage-driver=overlay2"]
    if lacks_resource_right():
        command += [
            f"--add-runtime={RUNTIME}={write_runtime(directory)}",
            f"--default-runtime={RUNTIME}",
        ]
    processes.start("engine", command)
    processes.wait_for("Starting the engine", _answers, READY_SECONDS)


def _answers() -> bool | None:
    program = shutil.which("docker") or "docker"
    return (
        subprocess.run([program, "info"], capture_output=True, check=False).returncode == 0 or None
    )


def _write_cluster(directory: Path) -> Path:
    file = directory / "cluster.json"  # JSON is YAML
    file.write_text(json.dumps(CLUSTER))
    return file


if __name__ == "__main__":
    sys.exit(main())
