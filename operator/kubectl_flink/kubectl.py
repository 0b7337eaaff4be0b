"""Runs kubectl. What may be expected to fail gives a Failure, as a value."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from kubectl_flink.exits import Exit

Wire = Mapping[str, Any]
PROGRAM: Final = "kubectl"
_PAGE: Final = 500

_SIGNS: Final = (
    (
        Exit.NO_CLUSTER,
        (
            "unable to connect to the server",
            "the connection to the server",
            "no configuration has been provided",
            "error loading config",
            "no such file or directory",
            "does not exist in kubeconfig",
            "context was not found",
            'context "',
            "no such host",
            "dial tcp",
            "i/o timeout",
            "context deadline exceeded",
            "request canceled",
            "x509:",
        ),
    ),
    (
        Exit.NO_RIGHT,
        ("(forbidden)", "(unauthorized)", "must be logged in", "getting credentials"),
    ),
    (
        Exit.NO_DEFINITIONS,
        (
            "doesn't have a resource type",
            "could not find the requested resource",
            "field label not supported",
        ),
    ),
    (Exit.NOT_FOUND, ("(notfound)",)),
    (
        Exit.REFUSED,
        ("(conflict)", "(invalid)", "denied", " is invalid:", "(badrequest)", "(alreadyexists)"),
    ),
)
"""Words of kubectl's standard error, in small letters, and what they mean. The first counts."""


@dataclass(frozen=True)
class Failure:
    """A command that did not succeed: its kind, and the words for people."""

    kind: Exit
    message: str


def failure_of(said: str) -> Failure:
    """The failure that kubectl told on its standard error."""
    lines = [line for line in said.strip().splitlines() if not _is_noise(line)]
    message = "\n".join(lines) or "kubectl failed without a word"
    small = message.lower()
    for kind, signs in _SIGNS:
        if any(sign in small for sign in signs):
            return Failure(kind, message)
    return Failure(Exit.FAILED, message)


def _is_noise(line: str) -> bool:
    """A line of kubectl's log, which repeats what the last line says."""
    return line[:1] in "EWI" and line[1:5].isdigit()


@dataclass(frozen=True)
class Place:
    """The context, its server and its namespace, for messages."""

    context: str = ""
    server: str = ""
    namespace: str = "default"

    def __str__(self) -> str:
        if not self.context:
            return f"server {self.server}" if self.server else "no kubeconfig was found"
        return f"context {self.context}, server {self.server or 'unknown'}"


@dataclass(frozen=True)
class Kubectl:
    """kubectl, with the flags that the user gave."""

    flags: tuple[str, ...] = ()

    def run(self, *arguments: str) -> str | Failure:
        """The standard output, or how it failed."""
        try:
            done = subprocess.run(
                self.command(*arguments), capture_output=True, text=True, check=False,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except OSError as missing:
            return not_runnable(missing)
        return done.stdout if done.returncode == 0 else failure_of(done.stderr)

    def create(self, manifest: Wire, namespace: str) -> str | Failure:
        """The name of the object that was made, or how it failed. One that is there is no success."""
        command = self.command(
            "create", f"--namespace={namespace}", "--filename=-", "--output=name"
        )
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, input=json.dumps(manifest)
            )
        except OSError as missing:
            return not_runnable(missing)
        return done.stdout if done.returncode == 0 else failure_of(done.stderr)

    def read(self, *arguments: str) -> Wire | Failure:
        """The object that `kubectl get` shows, or how it failed."""
        said = self.run("get", *arguments, "--output=json")
        if isinstance(said, Failure):
            return said
        found: Wire = json.loads(said)
        return found

    def items(self, *arguments: str) -> list[Wire] | Failure:
        """The objects of the list that `kubectl get` shows, or how it failed."""
        found = self.read(*arguments)
        return found if isinstance(found, Failure) else list(found.get("items") or ())

    def everywhere(self, path: str) -> list[Wire] | Failure:
        """The objects of all namespaces, page by page, as the API server writes them. Of a thousand
        kubectl's own list takes more than a second, for it writes each of them anew."""
        found: list[Wire] = []
        following = ""
        while True:
            said = self.run("get", f"--raw=/{path}?limit={_PAGE}{following}")
            if isinstance(said, Failure):
                return said
            page = json.loads(said)
            found += page.get("items") or ()
            if not (token := page["metadata"].get("continue")):
                return found
            following = f"&continue={quote(token)}"

    def watch(self, *arguments: str) -> "subprocess.Popen[bytes] | Failure":
        """A `kubectl get` that shows an object, and each change of it, as events."""
        command = self.command(
            "get", *arguments, "--output=json", "--watch", "--output-watch-events"
        )
        try:
            return subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
            )
        except OSError as missing:
            return not_runnable(missing)

    def place(self) -> Place:
        """The configuration as kubectl reads it; it asks no server."""
        said = self.run("config", "view", "--minify", "--output=json")
        if isinstance(said, Failure):
            return Place(self._given("context"), self._given("server"))
        view = json.loads(said)
        context = _first(view.get("contexts"))
        server = _first(view.get("clusters")).get("cluster", {}).get("server", "")
        return Place(
            context=view.get("current-context", ""),
            server=self._given("server") or server,
            namespace=context.get("context", {}).get("namespace") or "default",
        )

    def _given(self, flag: str) -> str:
        """The value of a flag that the user gave, which `config view` does not heed."""
        start = f"--{flag}="
        given = [each.removeprefix(start) for each in self.flags if each.startswith(start)]
        return given[-1] if given else ""

    def command(self, *arguments: str) -> Sequence[str]:
        """The whole command line."""
        return (PROGRAM, *arguments, *self.flags)


def not_runnable(missing: OSError) -> Failure:
    """The failure where there is no kubectl."""
    path = os.environ.get("PATH", "")
    return Failure(Exit.NO_CLUSTER, f"cannot run kubectl ({missing.strerror}); PATH is {path}")


def _first(found: Sequence[Mapping[str, Any]] | None) -> Mapping[str, Any]:
    return found[0] if found else {}
