"""What a complete look says about one workspace: ours, somebody else's, one to adopt, or nothing."""

from dataclasses import dataclass
from typing import Final

from flink_workspace_operator.api.names import CLUSTER_TAG, ORDER_TAG, WORKSPACE_TAG
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.parameters import WorkspaceParameters
from flink_workspace_operator.api.workspace import Adoption
from flink_workspace_operator.core.facts.identity import Owner, Subject
from flink_workspace_operator.core.facts.observed import Absent, Listing, SeenInstance, Unknown

NO_ADOPTION: Final = Adoption()


@dataclass(frozen=True)
class Ours:
    """The workspace exists and is ours."""

    instance: SeenInstance


@dataclass(frozen=True)
class Adoptable:
    """Not ours yet, and the spec says that it may become ours."""

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


Found = Ours | Adoptable | Foreign | Unexplained | Absent | Unknown


@dataclass(frozen=True)
class Ownership:
    """By what an instance is known to be ours. `orders` are those of the subject; `bound_id` was bound before."""

    subject: Subject
    owner: Owner
    orders: tuple[FlinkWorkspaceOrder, ...] = ()
    bound_id: str | None = None

    def covers(self, instance: SeenInstance) -> bool:
        """Whether it is ours: by the ledger, by our token, or by our marks, on the name that they were put on."""
        if self.is_marked_by_another(instance):
            return False
        if self.bound_id is not None and instance.instance_id == self.bound_id:
            return True
        # A name never changes: a mark of ours on another name was put there by a hand.
        by_token = instance.tags.get(ORDER_TAG) in {order.spec.token for order in self.orders}
        return instance.name == self.subject.workspace_name and (by_token or self.marked(instance))

    def marked(self, instance: SeenInstance) -> bool:
        """Whether it carries our marks."""
        return all(instance.tags.get(key) == value for key, value in self.owner.marks.items())

    def is_marked_by_another(self, instance: SeenInstance) -> bool:
        """Whether it carries somebody else's marks: moved there on purpose, or by a hand. The ledger can't know.

        A mark that is missing says nothing.
        """
        return any(instance.tags.get(key, value) != value for key, value in self.owner.marks.items())


def classify(listing: Listing | Unknown, ownership: Ownership, adoption: Adoption = NO_ADOPTION) -> Found:
    """Say whose the instance is."""
    if isinstance(listing, Unknown):
        return listing
    # Sorted, so that the same instances give the same words whatever order the cloud lists them in.
    instances = sorted(listing.instances, key=lambda instance: instance.instance_id)
    ours = [instance for instance in instances if ownership.covers(instance)]
    if len({instance.instance_id for instance in ours}) > 1:
        ids = ", ".join(sorted(instance.instance_id for instance in ours))
        message = (
            f"two instances carry this resource's tags: {ids}; nothing is bought or deleted: release the wrong one"
        )
        return Foreign(ours[0], "Twin", message)
    if ours:
        return Ours(ours[0])
    namesakes = tuple(instance for instance in instances if instance.name == ownership.subject.workspace_name)
    if any(_may_have_bought(order, instance) for order in ownership.orders for instance in namesakes):
        return Unexplained(tuple(each for each in namesakes if CLUSTER_TAG not in each.tags))
    wanted = _to_adopt(instances, namesakes, adoption, ownership.bound_id)
    if wanted is not None:
        return _adopted(wanted, ownership)
    strangers = (_stranger(instance, ownership) for instance in instances)
    return next((stranger for stranger in strangers if stranger is not None), Absent())


def _to_adopt(
    instances: list[SeenInstance], namesakes: tuple[SeenInstance, ...], adoption: Adoption, bound_id: str | None
) -> SeenInstance | None:
    """What the spec lets us adopt: the named instance, or the only one of the name if no cluster marked it.

    By name not beside what is bound and not shown: that may show up yet, or whoever wants another one names it.
    """
    if adoption.policy == "ByInstanceId":
        return next((each for each in instances if each.instance_id == adoption.instance_id), None)
    by_name = adoption.policy == "IfNameMatches" and bound_id is None
    return namesakes[0] if by_name and len(namesakes) == 1 and CLUSTER_TAG not in namesakes[0].tags else None


def _adopted(instance: SeenInstance, ownership: Ownership) -> Adoptable | Foreign:
    wanted = ownership.subject.workspace_name
    if instance.name == wanted:
        return Adoptable(instance)
    return Foreign(
        instance,
        "NameMismatch",
        f"adoption.instanceId is {instance.instance_id}, named '{instance.name}', not '{wanted}': adopt it with a"
        f" resource whose workspaceName is '{instance.name}'",
    )


def _stranger(instance: SeenInstance, ownership: Ownership) -> Foreign | None:
    """Why an instance that is not ours is in the way, None if it has nothing to do with the subject."""
    name, instance_id = instance.name, instance.instance_id
    if ownership.marked(instance):
        return Foreign(
            instance,
            "NameMismatch",
            f"this resource owns {instance_id}, named '{name}': set workspaceName to it in a new resource, or use"
            " another resource name for another workspace",
        )
    if name != ownership.subject.workspace_name and instance_id != ownership.bound_id:
        return None
    cluster = instance.tags.get(CLUSTER_TAG)
    adopt = f"adopt it with policy ByInstanceId and instanceId {instance_id}"
    if cluster is not None and cluster != ownership.owner.cluster_id:
        return Foreign(
            instance,
            "OwnedElsewhere",
            f"{instance_id} of this name belongs to cluster '{cluster}': choose another workspaceName, {adopt} to move"
            " it here, or give this operator that cluster id if it replaces that cluster",
        )
    whose = instance.tags.get(WORKSPACE_TAG)
    owner = f"belongs to {whose}" if whose else "is not this resource's"
    return Foreign(
        instance, "NameTaken", f"{instance_id} has this name and {owner}: choose another workspaceName, or {adopt}"
    )


def _may_have_bought(order: FlinkWorkspaceOrder, instance: SeenInstance) -> bool:
    """Without our marks, but as the order describes it, and made after it was announced."""
    open_ = order.facts.may_be_under_way or order.outstanding
    if not open_ or CLUSTER_TAG in instance.tags:
        return False
    return made_after(order, instance) and fits(order, instance)


def made_after(order: FlinkWorkspaceOrder, instance: SeenInstance) -> bool:
    """Whether the instance was made after the order was announced."""
    intent, created = order.status.intent_time, instance.create_time
    return intent is not None and created is not None and created >= intent


def fits(order: FlinkWorkspaceOrder, instance: SeenInstance) -> bool:
    """Whether nothing that the cloud shows of it contradicts the order. What it does not show yet does not."""
    wanted = order.spec.block
    if not isinstance(wanted, WorkspaceParameters):
        return False
    return instance.vpc_id in (None, wanted.network.vpc_id) and instance.bucket in (None, wanted.storage.oss.bucket)
