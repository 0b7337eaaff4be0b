"""The ConfigMap with the workspace's ids: written before Ready is True, then kept correct.

A foreign ConfigMap is never written; it blocks the purchase.
"""

from dataclasses import replace
from typing import Final

from flink_workspace_operator.api.names import API_VERSION, ARTIFACTS, GROUP, JOBS, LOGS, SAVEPOINTS
from flink_workspace_operator.api.outputs import Outputs
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.config_map import ConfigMap, Content, Reference, Unread
from flink_workspace_operator.core.facts.failures import OutputsRefused
from flink_workspace_operator.core.facts.observed import SeenInstance
from flink_workspace_operator.core.pace import OUTSIDE
from flink_workspace_operator.core.plan import (
    DeleteOutputs,
    OutputsStep,
    Plan,
    Verdict,
    WriteOutputs,
)
from flink_workspace_operator.core.verdicts import outputs_refused

LABELS: Final = {"app.kubernetes.io/managed-by": "flink-workspace-operator"}
PATHS: Final = {
    "artifactsPath": ARTIFACTS,
    "jobsPath": JOBS,
    "savepointsPath": SAVEPOINTS,
    "logsPath": LOGS,
}
KIND: Final = "FlinkWorkspace"


def stop_without_outputs(case: Case) -> Plan | None:
    """Report before the purchase what would keep the ConfigMap from being written."""
    verdict = obstacle(case)
    return None if verdict is None else Plan(verdict=verdict, requeue=OUTSIDE)


def obstacle(case: Case) -> Verdict | None:
    """The reason why the ConfigMap cannot be written or removed, if it is known beforehand."""
    wanted, seen = _wanted(case), case.seen.outputs
    if wanted is None and _written(case) is None:
        return None
    if isinstance(seen, Unread):
        return outputs_refused(
            seen.refusal or OutputsRefused("ConfigMaps were not read in this pass")
        )
    in_the_way = None if wanted is None else _found(case, wanted)
    if in_the_way is None or _belongs(case, in_the_way):
        return None
    message = (
        f"ConfigMap '{wanted}' is not this resource's, and is not overwritten: choose another name"
        " in spec.outputs.configMapName, or delete that ConfigMap"
    )
    return Verdict("Stalled", "OutputsTaken", message)


def hand_over(case: Case, instance: SeenInstance, plan: Plan) -> Plan:
    """The plan of a bound workspace, with steps that write the ConfigMap before Ready is True."""
    if plan.verdict is None or plan.verdict.kind == "Stalled":
        return plan
    why = obstacle(case)
    if why is not None:
        return replace(plan, verdict=why, requeue=OUTSIDE)
    if plan.verdict.kind != "Running":
        return plan
    return replace(plan, steps=(*plan.steps, *_write(case, instance), *_remove_former(case)))


def owes_outputs(case: Case) -> bool:
    """True if a wanted ConfigMap was never written: then Ready must not stay True."""
    return _wanted(case) not in (None, _written(case))


def outputs_after(case: Case, verdict: Verdict) -> Outputs | None:
    """The written ConfigMap for the status. It changes only after all writes and deletions."""
    before = case.workspace.status.outputs
    return case.workspace.spec.outputs if verdict.kind == "Running" else before


def default_namespace(instance: SeenInstance) -> str:
    """The namespace for jobs that the cloud makes with a workspace."""
    return f"{instance.name}-default"


def _wanted(case: Case) -> str | None:
    outputs = case.workspace.spec.outputs
    return None if outputs is None else outputs.config_map_name


def _written(case: Case) -> str | None:
    outputs = case.workspace.status.outputs
    return None if outputs is None else outputs.config_map_name


def _write(case: Case, instance: SeenInstance) -> tuple[OutputsStep, ...]:
    name = _wanted(case)
    if name is None:
        return ()
    found = _found(case, name)
    content = _content(case, instance, found)
    if found is not None and found.content == content:
        return ()
    corrects = name == _written(case) or (found is not None and _is_ours(case, found))
    return (WriteOutputs(name, content, found, corrects),)


def _remove_former(case: Case) -> tuple[OutputsStep, ...]:
    """Delete the ConfigMap that the spec named before, if it is owned by this resource."""
    written = _written(case)
    if written in (None, _wanted(case)):
        return ()
    found = _found(case, written)
    return (DeleteOutputs(found),) if found is not None and _is_ours(case, found) else ()


def _content(case: Case, instance: SeenInstance, found: ConfigMap | None) -> Content:
    """The content to write. Labels of others stay, and owners but former resources of our name."""
    labels = {} if found is None else found.content.labels
    owners = () if found is None else found.content.owners
    others = tuple(owner for owner in owners if not _is_namesake(case, owner))
    return Content(_data(case, instance), {**labels, **LABELS}, (*others, _reference(case)))


def _data(case: Case, instance: SeenInstance) -> dict[str, str]:
    """The known values only: a key that exists has a value."""
    bucket = instance.bucket or case.workspace.spec.storage.oss.bucket
    ids = {
        "instanceId": instance.instance_id,
        "workspaceId": instance.workspace_id,
        "region": instance.region,
        "namespace": default_namespace(instance),
        "endpoint": f"ververica.{instance.region}.aliyuncs.com",
        "bucket": bucket,
    }
    paths = {key: f"oss://{bucket}/{directory}" for key, directory in PATHS.items()}
    return {key: value for key, value in {**ids, **paths}.items() if value}


def _reference(case: Case) -> Reference:
    """The owner reference, as controller so that no other adopts it; blocks nobody's deletion."""
    metadata = case.workspace.metadata
    return Reference(API_VERSION, KIND, metadata.name, metadata.uid, controller=True)


def _found(case: Case, name: str | None) -> ConfigMap | None:
    seen = case.seen.outputs
    return (
        None
        if isinstance(seen, Unread)
        else next((each for each in seen if each.name == name), None)
    )


def _belongs(case: Case, found: ConfigMap) -> bool:
    """True if this resource owns it, or a former one of its name did.

    By the owner reference alone: labels prove nothing, and one without it was given away, or made
    manually.
    """
    return any(_is_namesake(case, owner) for owner in found.content.owners)


def _is_ours(case: Case, found: ConfigMap) -> bool:
    return any(owner.uid == case.workspace.metadata.uid for owner in found.content.owners)


def _is_namesake(case: Case, owner: Reference) -> bool:
    group = owner.api_version.partition("/")[0]
    return (group, owner.kind, owner.name) == (GROUP, KIND, case.workspace.metadata.name)
