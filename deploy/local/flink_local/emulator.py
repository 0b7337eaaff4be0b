"""The cloud emulator as a process, and its control interface as far as people are shown it."""

import json
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flink_local.environment import python_environment
from flink_local.processes import Processes

ACCESS_KEY_ID = "emulatorAccessKey"
ACCESS_KEY_SECRET = "emulatorAccessSecret"  # noqa: S105 - made up, it opens nothing but the emulator
ACCOUNT = "1000000000000001"
READY_SECONDS = 30.0


@dataclass(frozen=True)
class Emulator:
    """A running emulator; raises urllib.error.URLError where it does not answer."""

    url: str

    def purchases(self) -> list[dict[str, Any]]:
        """All booked orders, oldest first."""
        booked: list[dict[str, Any]] = self._get("purchases")
        return booked

    def state(self) -> dict[str, Any]:
        """What exists in the default account."""
        state: dict[str, Any] = self._get(f"state?account={ACCOUNT}")[ACCOUNT]
        return state

    def _get(self, what: str) -> Any:  # noqa: ANN401 - any JSON
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"{self.url}/_emulator/{what}", timeout=10) as answer:
            return json.load(answer)


def start_emulator(processes: Processes) -> Emulator:
    """Start the emulator on a free port and wait until it answers."""
    url_file = processes.directory / "emulator.url"
    url_file.unlink(missing_ok=True)
    command: list[str | Path] = [sys.executable, "-m", "flink_cloud_emulator", "--port", "0", "--url-file", url_file]
    processes.start("emulator", command, python_environment())
    return processes.wait_for("Starting the emulator", lambda: _started(url_file), READY_SECONDS)


def _started(url_file: Path) -> Emulator | None:
    return Emulator(url_file.read_text().strip()) if url_file.exists() else None
