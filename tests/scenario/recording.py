"""The cluster port that keeps what others got to see of each workspace, for the judgements of
`tests.gitops`."""

from kubernetes.aio import client

from flink_workspace_operator.adapters.kubernetes.cluster import KubernetesCluster
from flink_workspace_operator.adapters.kubernetes.reading import workspace_in
from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.api.workspace import FlinkWorkspace, PartialWorkspace
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.plan import Event
from flink_workspace_operator.ports import Reportable
from flink_workspace_operator.settings import Settings
from tests.gitops import flux
from tests.gitops.events import judge_event
from tests.gitops.kstatus import Wire
from tests.gitops.truth import judge, judge_argo_cd, judge_reasons


class RecordingCluster(KubernetesCluster):
    """Keeps every workspace as it was before its first status, and as it is stored after each write
    of a status."""

    def __init__(self, api_client: client.ApiClient, settings: Settings) -> None:
        super().__init__(api_client, settings)
        self.shown: list[Wire] = []
        self.events: list[Event] = []

    async def read_workspace(self, key: Key) -> FlinkWorkspace | None:
        """The workspace resource, None if there is none."""
        wire = await self._workspaces.get(key.namespace, key.name)
        if wire is None:
            return None
        if wire.get("status", {}).get("observedGeneration", -1) == -1:
            self.shown.append(wire)
        return workspace_in(wire)

    async def write_status(self, workspace: FlinkWorkspace, status: FlinkWorkspaceStatus) -> None:
        """Replace the status; conditional on what was read."""
        await super().write_status(workspace, status)
        wire = await self._workspaces.get(workspace.metadata.namespace, workspace.metadata.name)
        if wire is not None:
            self.shown.append(wire)

    async def write_conditions(
        self, partial: PartialWorkspace, conditions: tuple[Condition, ...]
    ) -> None:
        """Replace these conditions, and nothing else of the status; conditional on what was
        read."""
        await super().write_conditions(partial, conditions)
        wire = await self._workspaces.get(partial.metadata.namespace, partial.metadata.name)
        if wire is not None:
            self.shown.append(wire)

    async def post_event(self, about: Reportable, event: Event) -> None:
        """Say on the resource, or on the order, what happened."""
        await super().post_event(about, event)
        self.events.append(event)

    def judge_all(self) -> None:
        """Raises `Untrue` if any tool that waits was told what was not the case, or an event is not
        as it should be."""
        for wire in self.shown:
            judge(wire)
            judge_reasons(wire)
            judge_argo_cd(wire)
            flux.judge(wire)
        for event in self.events:
            judge_event(event)
