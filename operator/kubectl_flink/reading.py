"""Reads workspaces and orders, and says what failed, naming context and server."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kubectl_flink import names
from kubectl_flink.exits import Exit
from kubectl_flink.kubectl import Failure, Kubectl
from kubectl_flink.printing import complain
from kubectl_flink.target import EVERYWHERE
from kubectl_flink.workspace import Workspace

Wires = list[Any]


@dataclass
class Found:
    """Objects of several namespaces, and what could not be read."""

    wires: Wires = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def code(self) -> Exit:
        """The exit code: that of the first failure."""
        return self.failures[0].kind if self.failures else Exit.DONE


def read_all(kubectl: Kubectl, kind: str, scopes: Iterable[Sequence[str]], *more: str) -> Found:
    """All objects of a kind, in each of the scopes. A scope that fails stops no other."""
    found = Found()
    for scope in scopes:
        if scope == EVERYWHERE:
            items = kubectl.everywhere(f"{names.API}/{kind.partition('.')[0]}")
        else:
            items = kubectl.items(kind, *scope, *more)
        if isinstance(items, Failure):
            found.failures.append(items)
        else:
            found.wires += items
    return found


def read_one(kubectl: Kubectl, name: str, scope: Sequence[str]) -> Workspace | Failure:
    """One workspace; where there is none, with the names that were perhaps meant."""
    found = kubectl.read(names.WORKSPACES, name, *scope)
    if not isinstance(found, Failure):
        return Workspace(found)
    if found.kind is not Exit.NOT_FOUND:
        return found
    return not_found(kubectl, name, scope)


def not_found(kubectl: Kubectl, name: str, scope: Sequence[str]) -> Failure:
    """There is no such workspace; similar names are told if they may be read."""
    said = kubectl.run("get", names.WORKSPACES, *scope, "--output=name")
    known = [] if isinstance(said, Failure) else [line.partition("/")[2] for line in said.split()]
    place = scope[0].partition("=")[2] if scope else kubectl.place().namespace
    return Failure(
        Exit.NOT_FOUND,
        f"no FlinkWorkspace '{name}' in namespace {place}{did_you_mean(name, known)}",
    )


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that names what is similar; empty if nothing is."""
    close = difflib.get_close_matches(name, sorted(set(known)))
    return f"; did you mean {', '.join(close)}?" if close else ""


def tell(kubectl: Kubectl, *failures: Failure) -> None:
    """Say what failed, where, and what helps."""
    for failure in failures:
        complain(failure.message)
    complain(f"  ({kubectl.place()})")
    for kind in dict.fromkeys(failure.kind for failure in failures):
        if hint := _HINTS.get(kind):
            complain(f"  {hint}")


_HINTS = {
    Exit.NO_RIGHT: "docs/kubectl-flink.md names the rights of each verb; who binds the ClusterRole"
    " flink-workspace-viewer in the namespace gives those to read",
    Exit.NO_DEFINITIONS: "this cluster lacks the CRDs of FlinkWorkspaces, or has older ones"
    " than this command: have an administrator apply crds/ of the operator's release",
}
