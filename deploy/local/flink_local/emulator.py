"""The cloud emulator as a process, and its control interface as far as people are shown it."""

import json
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flink_local.certificates import Authority, write_private
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
    tls_url: str | None = None
    """The same by TLS."""
    ca_file: Path | None = None
    """Whom to trust there."""

    def settings(self) -> dict[str, str]:
        """The operator's settings to buy here: by TLS, if it answers by TLS."""
        if self.tls_url is None or self.ca_file is None:
            return {"FLINK_OPERATOR_ENDPOINT": self.url}
        trusting = {"FLINK_OPERATOR_EMULATOR": "true", "REQUESTS_CA_BUNDLE": str(self.ca_file)}
        return {"FLINK_OPERATOR_ENDPOINT": self.tls_url, **trusting}

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


def start_emulator(processes: Processes, authority: Authority | None = None) -> Emulator:
    """Start the emulator on a free port and wait until it answers; by TLS as well, if an authority
    vouches for it."""
    url_file, ca_file = (
        processes.directory / "emulator.url",
        processes.directory / "emulator-ca.pem",
    )
    url_file.unlink(missing_ok=True)
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "flink_cloud_emulator",
        "--port",
        "0",
        "--url-file",
        url_file,
    ]
    if authority is not None:
        pair = authority.server()
        ca_file.write_bytes(authority.pem)
        command += [
            "--tls",
            write_private(processes.directory / "emulator.pem", pair.certificate + pair.key),
        ]
    processes.start("emulator", command, python_environment())
    url, *by_tls = processes.wait_for(
        "Starting the emulator", lambda: _urls(url_file), READY_SECONDS
    )
    return Emulator(url, by_tls[0], ca_file) if by_tls else Emulator(url)


def _urls(url_file: Path) -> list[str] | None:
    return url_file.read_text().split() if url_file.exists() else None
