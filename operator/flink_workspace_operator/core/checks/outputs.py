"""What comes next gets the workspace's ids in a ConfigMap: written before Ready is True, and kept true from then on.

One that belongs to somebody else is never touched; nothing is bought while one stands in the way.
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
from flink_workspace_operator.core.plan import DeleteOutputs, OutputsStep, Plan, Verdict, WriteOutputs
from flink_workspace_operator.core.verdicts import outputs_refused

LABELS: Final = {"app.kubernetes.io/managed-by": "flink-workspace-operator"}
PATHS: Final = {"artifactsPath": ARTIFACTS, "jobsPath": JOBS, "savepointsPath": SAVEPOINTS, "logsPath": LOGS}
KIND: Final = "FlinkWorkspace"


def stop_without_outputs(case: Case) -> Plan | None:
    """Nobody buys into a conflict: what keeps the ConfigMap from being written is told before the purchase."""
    verdict = obstacle(case)
    return None if verdict is None else Plan(verdict=verdict, requeue=OUTSIDE)


def obstacle(case: Case) -> Verdict | None:
    """Why the ConfigMap can't be written or removed, as far as can be told without trying. None: nothing is known."""
    wanted, seen = _wanted(case), case.seen.outputs
    if wanted is None and _written(case) is None:
        return None
    if isinstance(seen, Unread):
        return outputs_refused(seen.refusal or OutputsRefused("ConfigMaps were not read in this pass"))
    in_the_way = None if wanted is None else _found(case, wanted)
    if in_the_way is None or _belongs(case, in_the_way):
        return None
    message = (
        f"ConfigMap '{wanted}' is not this resource's, and is not overwritten: choose another name in"
        " spec.outputs.configMapName, or delete that ConfigMap"
    )
    return Verdict("Stalled", "OutputsTaken", message)


def hand_over(case: Case, instance: SeenInstance, plan: Plan) -> Plan:
    """A bound workspace's plan, with what it takes to have the ConfigMap right before Ready is told."""
    if plan.verdict is None or plan.verdict.kind == "Stalled":
        return plan
    why = obstacle(case)
    if why is not None:
        return replace(plan, verdict=why, requeue=OUTSIDE)
    if plan.verdict.kind != "Running":
        return plan
    return replace(plan, steps=(*plan.steps, *_write(case, instance), *_remove_former(case)))


def owes_outputs(case: Case) -> bool:
    """Whether a ConfigMap is wanted that was never written: Ready may not go on being True for a wish that is new."""
    return _wanted(case) not in (None, _written(case))


def outputs_after(case: Case, verdict: Verdict) -> Outputs | None:
    """What the status records. It changes only where everything was written and removed."""
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
    """The resource has named another ConfigMap, or none, since it was written: only our own is removed."""
    written = _written(case)
    if written in (None, _wanted(case)):
        return ()
    found = _found(case, written)
    return (DeleteOutputs(found),) if found is not None and _is_ours(case, found) else ()


def _content(case: Case, instance: SeenInstance, found: ConfigMap | None) -> Content:
    """Labels and owners that others have put on it stay. Owners but us and our former lives, that is."""
    labels = {} if found is None else found.content.labels
    owners = () if found is None else found.content.owners
    others = tuple(owner for owner in owners if not _is_namesake(case, owner))
    return Content(_data(case, instance), {**labels, **LABELS}, (*others, _reference(case)))


def _data(case: Case, instance: SeenInstance) -> dict[str, str]:
    """Only what is known: a key that is there has a value."""
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
    """As controller: one object has one, so no other takes it for its own. Nobody's deletion waits for it."""
    metadata = case.workspace.metadata
    return Reference(API_VERSION, KIND, metadata.name, metadata.uid, controller=True)


def _found(case: Case, name: str | None) -> ConfigMap | None:
    seen = case.seen.outputs
    return None if isinstance(seen, Unread) else next((each for each in seen if each.name == name), None)


def _belongs(case: Case, found: ConfigMap) -> bool:
    """Whether it is this resource's, or was that of a former one of its name, of which there is at most one at a time.

    By the reference alone: labels say nothing, and one without a reference was given away or made by hand.
    """
    return any(_is_namesake(case, owner) for owner in found.content.owners)


def _is_ours(case: Case, found: ConfigMap) -> bool:
    return any(owner.uid == case.workspace.metadata.uid for owner in found.content.owners)


def _is_namesake(case: Case, owner: Reference) -> bool:
    group = owner.api_version.partition("/")[0]
    return (group, owner.kind, owner.name) == (GROUP, KIND, case.workspace.metadata.name)
