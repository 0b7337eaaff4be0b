"""One manifest in Git that is kept in sync with a cluster, as Argo CD does it."""

import copy
import json
from dataclasses import dataclass
from typing import Any

from flink_local.cluster import Cluster
from tests.gitops import three_way
from tests.gitops.kstatus import Wire

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
        found: Wire = json.loads(self._kubectl("get", f"{self.manifest['kind']}/{self.name}", "--show-managed-fields"))
        return found

    def sync(self, *how: str) -> None:
        """Apply it: client-side, which is the default, or `--server-side`."""
        self._kubectl("apply", "--filename=-", *how)

    def differences(self) -> dict[str, Any]:
        """What is out of sync, by the name of the comparison; empty if nothing is."""
        live, predicted = self.live, self._predicted()
        by_server = {part: (live_part, then) for part, (live_part, then) in _parts(live, predicted).items()}
        told = {"server-side": {part: pair for part, pair in by_server.items() if pair[0] != pair[1]}}
        told["client-side"] = {"live": (live, self.target)} if three_way.differs(self.target, live) else {}
        return {name: found for name, found in told.items() if found}

    def _predicted(self) -> Wire:
        """What a server-side apply would make of the live object."""
        how = ("--server-side", "--dry-run=server", "--force-conflicts", f"--field-manager={MANAGER}")
        predicted: Wire = json.loads(self._kubectl("apply", "--filename=-", *how))
        return predicted

    def _kubectl(self, verb: str, *arguments: str) -> str:
        told = json.dumps(self.target)
        return self.local.kubectl(verb, f"--namespace={self.namespace}", "--output=json", *arguments, stdin=told)


def _parts(live: Wire, predicted: Wire) -> dict[str, tuple[Any, Any]]:
    """What a server-side comparison looks at. Not at the status, nor at who manages what."""
    sides = [
        {"spec": each["spec"], **{part: each["metadata"].get(part) for part in ("labels", "annotations")}}
        for each in (live, predicted)
    ]
    return {part: (sides[0][part], sides[1][part]) for part in sides[0]}
