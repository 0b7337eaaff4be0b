"""One manifest in Git that is kept in sync with a cluster, as Argo CD does it."""

import copy
import json
from dataclasses import dataclass
from typing import Any

from flink_local.cluster import Cluster
from tests.gitops import three_way
from tests.gitops.kstatus import Wire
from tests.objects import Objects

MANAGER = "argocd-controller"


@dataclass(frozen=True)
class Synced:
    """The manifest, and where it goes."""

    local: Cluster
    namespace: str
    manifest: Wire

    @property
    def name(self) -> str:
        """Of the resource."""
        return str(self.manifest["metadata"]["name"])

    @property
    def path(self) -> str:
        """Of the resource, in its namespace."""
        return f"{self.manifest['kind'].lower()}s/{self.name}"

    @property
    def target(self) -> Wire:
        """The manifest as Argo CD applies it: with the mark by which it knows its own."""
        target = copy.deepcopy(self.manifest)
        group = self.manifest["apiVersion"].partition("/")[0]
        mark = f"app:{group}/{self.manifest['kind']}:{self.namespace}/{self.name}"
        target["metadata"].setdefault("annotations", {})["argocd.argoproj.io/tracking-id"] = mark
        return target

    @property
    def live(self) -> Wire:
        """The object as it is, with who manages which field."""
        return Objects.of(self.local, self.namespace).get(self.path)

    def sync(self, *how: str) -> None:
        """Apply it: client-side, which is the default, or `--server-side`."""
        where = (f"--namespace={self.namespace}", "--filename=-")
        self.local.kubectl("apply", *where, *how, stdin=json.dumps(self.target))

    def differences(self) -> dict[str, Any]:
        """What is out of sync, by the name of the comparison; empty if nothing is."""
        live, predicted = (
            self.live,
            Objects.of(self.local, self.namespace).predict(self.target, MANAGER),
        )
        by_server = {
            part: (live_part, then) for part, (live_part, then) in _parts(live, predicted).items()
        }
        told = {
            "server-side": {part: pair for part, pair in by_server.items() if pair[0] != pair[1]}
        }
        told["client-side"] = (
            {"live": (live, self.target)} if three_way.differs(self.target, live) else {}
        )
        return {name: found for name, found in told.items() if found}


def _parts(live: Wire, predicted: Wire) -> dict[str, tuple[Any, Any]]:
    """What a server-side comparison looks at. Not at the status, nor at who manages what."""
    sides = [
        {
            "spec": each["spec"],
            **{part: each["metadata"].get(part) for part in ("labels", "annotations")},
        }
        for each in (live, predicted)
    ]
    return {part: (sides[0][part], sides[1][part]) for part in sides[0]}
