"""The emulated cloud as a process of its own, so that it and the operator's passes each have a
core."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


@pytest.fixture(scope="session")
def emulator_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its URL, for as long as this test worker lives."""
    url_file = tmp_path_factory.mktemp("emulator") / "url"
    command = [
        sys.executable,
        "-m",
        "flink_cloud_emulator",
        "--port",
        "0",
        "--url-file",
        str(url_file),
    ]
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT / "operator")}
    ) as process:
        try:
            yield _read(url_file)
        finally:
            process.send_signal(signal.SIGTERM)


def _read(url_file: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while not url_file.exists():
        assert time.monotonic() < deadline, "the emulator did not start"
        threading.Event().wait(0.05)
    return url_file.read_text().strip()
