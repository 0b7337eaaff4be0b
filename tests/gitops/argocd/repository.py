"""A Git repository of this machine, for an Application to follow."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

IDENTITY = (
    "-c",
    "user.name=somebody",
    "-c",
    "user.email=somebody@example.com",
    "-c",
    "commit.gpgsign=false",
)


@dataclass(frozen=True)
class Repository:
    """Manifests in one folder, one file each."""

    root: Path
    folder: str

    @property
    def url(self) -> str:
        """Where Argo CD fetches it."""
        return self.root.as_uri()

    def begin(self) -> None:
        """Make it, empty."""
        (self.root / self.folder).mkdir(parents=True)
        self._git("init", "--quiet", "--initial-branch=main")

    def commit(self, message: str, **manifests: dict[str, Any] | None) -> str:
        """Write these manifests, remove those that are None, and give the commit."""
        for name, manifest in manifests.items():
            path = self.root / self.folder / f"{name}.yaml"
            if manifest is None:
                path.unlink()
            else:
                path.write_text(json.dumps(manifest, indent=2))
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", f"--message={message}")
        return self._git("rev-parse", "HEAD")

    def _git(self, *arguments: str) -> str:
        command = ["git", *IDENTITY, *arguments]
        return subprocess.run(
            command, cwd=self.root, check=True, capture_output=True, text=True
        ).stdout.strip()
