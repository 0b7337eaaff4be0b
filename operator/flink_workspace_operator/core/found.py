"""What a complete look says about one workspace: ours, somebody else's, or nothing."""

from dataclasses import dataclass

from flink_workspace_operator.api.names import CLUSTER_TAG, ORDER_TAG, WORKSPACE_TAG
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.identity import Owner, Subject
from flink_workspace_operator.core.observed import Absent, Listing, SeenInstance, Unknown


@dataclass(frozen=True)
class Ours:
    """The workspace exists and is ours."""

    instance: SeenInstance


@dataclass(frozen=True)
class Foreign:
    """Something stands in the way that we may neither bind nor ignore; waiting does not help."""

    instance: SeenInstance
    reason: str
    message: str


@dataclass(frozen=True)
class Unexplained:
    """Without marks, and an order that may have been sent may have bought it: no word about it can be trusted yet.

    More than one of this name: evidence contradicts itself, and a person must decide.
    """

    instances: tuple[SeenInstance, ...]


Found = Ours | Foreign | Unexplained | Absent | Unknown


def classify(
    listing: Listing | Unknown,
    subject: Subject,
    owner: Owner,
    orders: tuple[FlinkWorkspaceOrder, ...],
    bound_id: str | None,
) -> Found:
    """Say whose the instance is. `orders` are those of the subject; `bound_id` is an instance known to be ours."""
    if isinstance(listing, Unknown):
        return listing
    # Sorted, so that the same instances give the same words whatever order the cloud lists them in.
    instances = sorted(listing.instances, key=lambda instance: instance.instance_id)
    ours = [instance for instance in instances if _is_ours(instance, subject, owner, orders, bound_id)]
    if len({instance.instance_id for instance in ours}) > 1:
        ids = ", ".join(sorted(instance.instance_id for instance in ours))
        return Foreign(
            ours[0],
            "Twin",
            f"two instances carry our marks: {ids}; nothing is bought or deleted: release the wrong one",
        )
    if ours:
        return Ours(ours[0])
    namesakes = tuple(instance for instance in instances if instance.name == subject.workspace_name)
    if any(_may_have_bought(order, instance) for order in orders for instance in namesakes):
        return Unexplained(namesakes)
    strangers = (_stranger(instance, subject, owner) for instance in instances)
    return next((stranger for stranger in strangers if stranger is not None), Absent())


def _is_ours(
    instance: SeenInstance,
    subject: Subject,
    owner: Owner,
    orders: tuple[FlinkWorkspaceOrder, ...],
    bound_id: str | None,
) -> bool:
    if bound_id is not None and instance.instance_id == bound_id:
        return True
    # A name never changes: a mark of ours on another name was put there by a hand.
    by_token = instance.tags.get(ORDER_TAG) in {order.spec.token for order in orders}
    return instance.name == subject.workspace_name and (by_token or _carries(instance, owner))


def _carries(instance: SeenInstance, owner: Owner) -> bool:
    tags = instance.tags
    return tags.get(CLUSTER_TAG) == owner.cluster_id and tags.get(WORKSPACE_TAG) == owner.workspace_tag


def _stranger(instance: SeenInstance, subject: Subject, owner: Owner) -> Foreign | None:
    """Why an instance that is not ours is in the way, None if it has nothing to do with the subject."""
    cluster = instance.tags.get(CLUSTER_TAG)
    if _carries(instance, owner):
        return Foreign(
            instance,
            "NameMismatch",
            f"this resource owns {instance.instance_id}, named '{instance.name}': set workspaceName to it in a new"
            " resource, or use another resource name for another workspace",
        )
    if instance.name != subject.workspace_name:
        return None
    if cluster is not None and cluster != owner.cluster_id:
        return Foreign(
            instance,
            "OwnedElsewhere",
            f"{instance.instance_id} of this name belongs to cluster '{cluster}': choose another workspaceName, or give"
            " this operator that cluster id if it replaces that cluster",
        )
    return Foreign(
        instance,
        "NameTaken",
        f"{instance.instance_id} has this name and is not this resource's: choose another workspaceName",
    )


def _may_have_bought(order: FlinkWorkspaceOrder, instance: SeenInstance) -> bool:
    """Without our marks, but as the order describes it, and made after it was announced."""
    intent, created = order.status.intent_time, instance.create_time
    if order.state not in ("Placing", "Uncertain") or intent is None or created is None or created < intent:
        return False
    if CLUSTER_TAG in instance.tags:
        return False
    wanted = order.spec.parameters
    # What the cloud does not show yet contradicts nothing.
    return instance.vpc_id in (None, wanted.network.vpc_id) and instance.bucket in (None, wanted.storage.oss.bucket)
