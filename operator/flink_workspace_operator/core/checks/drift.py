"""Drift between the resource and its workspace in the cloud: values of the spec, ownership tags."""

from datetime import datetime, timedelta

from flink_workspace_operator.api.workspace import FlinkWorkspaceSpec
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.observed import SeenInstance
from flink_workspace_operator.core.facts.ownership import NO_ADOPTION


def differences(spec: FlinkWorkspaceSpec, instance: SeenInstance) -> list[str]:
    """Fields that differ between spec and cloud, a sentence each; unreported values do not."""
    wanted: dict[str, tuple[object, object]] = {
        "chargeType": (spec.charge_type, instance.charge_type),
        "network.vpcId": (spec.network.vpc_id, instance.vpc_id),
        "network.vSwitchIds": (
            sorted(spec.network.v_switch_ids),
            sorted(instance.v_switch_ids) or None,
        ),
        "storage.oss.bucket": (spec.storage.oss.bucket, instance.bucket),
    }
    if spec.resources is not None:
        wanted["resources.cu"] = (spec.resources.cu, instance.cu)
    if spec.adoption is not None and spec.adoption.instance_id is not None:
        wanted["adoption.instanceId"] = (spec.adoption.instance_id, instance.instance_id)
    return [
        f"{path} is {_shown(theirs)} in the cloud, {_shown(ours)} in the spec"
        for path, (ours, theirs) in wanted.items()
        if theirs is not None and ours != theirs
    ]


def _shown(value: object) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)


def marks_shown_by(case: Case, instance: SeenInstance) -> datetime:
    """The time by which every list must show an instance with its tags."""
    return (instance.create_time or case.cloud_time) + timedelta(
        seconds=case.settings.longest_visibility_seconds
    )


def missing_marks(case: Case, instance: SeenInstance) -> dict[str, str]:
    """Ownership tags that an owned instance lacks, once it is old enough for lists to show them."""
    if case.cloud_time <= marks_shown_by(case, instance):
        return {}
    made = [order for order in case.orders if order.spec.makes_instance]
    bought_by = [order for order in made if order.status.instance_id == instance.instance_id]
    owner = case.seen.owner
    wanted = owner.tags(bought_by[-1].spec.token) if bought_by else owner.marks
    if not bought_by and not _is_known_by_more_than_status(case, instance):
        return {}
    return {key: value for key, value in wanted.items() if instance.tags.get(key) != value}


def _is_known_by_more_than_status(case: Case, instance: SeenInstance) -> bool:
    """True if a tag or the spec proves ownership: a status can be edited to name any instance."""
    adoption = case.workspace.spec.adoption or NO_ADOPTION
    marked = any(instance.tags.get(key) == value for key, value in case.seen.owner.marks.items())
    by_name = adoption.policy == "IfNameMatches" and instance.name == case.workspace.workspace_name
    return marked or by_name or adoption.instance_id == instance.instance_id
