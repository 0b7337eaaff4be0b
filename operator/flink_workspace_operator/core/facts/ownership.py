"""Classifies the instances of a complete list: owned, adoptable, foreign, or unexplained."""

from dataclasses import dataclass
from datetime import UTC
from typing import Final

from flink_workspace_operator.api.names import CLUSTER_TAG, ORDER_TAG, WORKSPACE_TAG
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.parameters import WorkspaceParameters
from flink_workspace_operator.api.workspace import Adoption
from flink_workspace_operator.core.facts.identity import Owner, PurchaseTarget
from flink_workspace_operator.core.facts.observed import Absent, Listing, SeenInstance, Unknown

NO_ADOPTION: Final = Adoption()


@dataclass(frozen=True)
class Ours:
    """The workspace exists, and this resource owns it."""

    instance: SeenInstance


@dataclass(frozen=True)
class Adoptable:
    """Not owned yet; the spec allows its adoption."""

    instance: SeenInstance


@dataclass(frozen=True)
class Foreign:
    """An instance blocks the name that we may neither own nor ignore; waiting does not help."""

    instance: SeenInstance
    reason: str
    message: str


@dataclass(frozen=True)
class Unexplained:
    """No ownership tags, and an order that may have been sent may have bought it: undecided.

    Also more than one of this name: evidence contradicts itself, and a person must decide.
    """

    instances: tuple[SeenInstance, ...]


Found = Ours | Adoptable | Foreign | Unexplained | Absent | Unknown


@dataclass(frozen=True)
class Ownership:
    """The proofs of ownership: `orders` of the target, and `bound_id` that was bound before."""

    target: PurchaseTarget
    owner: Owner
    orders: tuple[FlinkWorkspaceOrder, ...] = ()
    bound_id: str | None = None

    def covers(self, instance: SeenInstance) -> bool:
        """True if owned: by the ledger, by our token, or by our tags on the name they were put
        on."""
        if self.is_marked_by_another(instance):
            return False
        if self.bound_id is not None and instance.instance_id == self.bound_id:
            return True
        # A name never changes: our tags on another name are a manual edit.
        by_token = instance.tags.get(ORDER_TAG) in {order.spec.token for order in self.orders}
        return instance.name == self.target.workspace_name and (by_token or self.marked(instance))

    def marked(self, instance: SeenInstance) -> bool:
        """True if it has our ownership tags."""
        return all(instance.tags.get(key) == value for key, value in self.owner.marks.items())

    def is_marked_by_another(self, instance: SeenInstance) -> bool:
        """True if it has another owner's tags, moved on purpose or edited: the ledger can't know.

        A missing tag proves nothing.
        """
        return any(
            instance.tags.get(key, value) != value for key, value in self.owner.marks.items()
        )


def classify(
    listing: Listing | Unknown, ownership: Ownership, adoption: Adoption = NO_ADOPTION
) -> Found:
    """Classify the instance that a target has in the list."""
    if isinstance(listing, Unknown):
        return listing
    who = (ownership.target.workspace_name, ownership.owner.workspace_tag)
    near = listing.concerning(*who, ownership.bound_id, adoption.instance_id)
    # Sorted, so that messages do not change with the order in which the cloud lists instances.
    instances = sorted(near, key=lambda instance: instance.instance_id)
    ours = [instance for instance in instances if ownership.covers(instance)]
    # A purchase was executed twice, or somebody copied tags: only a person can tell which to keep.
    if len({instance.instance_id for instance in ours}) > 1:
        both = " and ".join(_described(instance, ownership) for instance in ours)
        message = (
            f"{both} carry this resource's tags, so nothing is bought or deleted: release the wrong"
            " one in the console"
        )
        return Foreign(ours[0], "DuplicateInstance", message)
    if ours:
        return Ours(ours[0])
    namesakes = tuple(
        instance for instance in instances if instance.name == ownership.target.workspace_name
    )
    # An untagged one may be the purchase whose answer was lost. Adopting it for another order, or
    # calling it a stranger's, would forget what was bought.
    if any(
        _may_have_bought(order, instance) for order in ownership.orders for instance in namesakes
    ):
        return Unexplained(tuple(each for each in namesakes if CLUSTER_TAG not in each.tags))
    # No order of ours explains it, and the spec allows to take it over.
    wanted = _to_adopt(instances, namesakes, adoption, ownership.bound_id)
    if wanted is not None:
        return _adopted(wanted, ownership)
    # It is somebody else's: it only matters if it blocks the name.
    strangers = (_stranger(instance, ownership) for instance in instances)
    return next((stranger for stranger in strangers if stranger is not None), Absent())


def _described(instance: SeenInstance, ownership: Ownership) -> str:
    """The instance with what tells it from another: its order, its age, its state."""
    by = [
        each.metadata.name
        for each in ownership.orders
        if each.status.instance_id == instance.instance_id
    ]
    created = instance.create_time
    at = "" if created is None else f", {created.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    order = f"order {by[-1]}" if by else "no order"
    return f"{instance.instance_id} ({order}{at}, {instance.cluster_status or 'no state'})"


def _to_adopt(
    instances: list[SeenInstance],
    namesakes: tuple[SeenInstance, ...],
    adoption: Adoption,
    bound_id: str | None,
) -> SeenInstance | None:
    """The instance that the spec allows to adopt: by id, or the only untagged one of the name.

    By name not while a bound instance is not listed: that may show up yet.
    """
    if adoption.policy == "ByInstanceId":
        return next((each for each in instances if each.instance_id == adoption.instance_id), None)
    by_name = adoption.policy == "IfNameMatches" and bound_id is None
    return (
        namesakes[0]
        if by_name and len(namesakes) == 1 and CLUSTER_TAG not in namesakes[0].tags
        else None
    )


def _adopted(instance: SeenInstance, ownership: Ownership) -> Adoptable | Foreign:
    wanted = ownership.target.workspace_name
    if instance.name == wanted:
        return Adoptable(instance)
    return Foreign(
        instance,
        "NameMismatch",
        f"adoption.instanceId is {instance.instance_id}, named '{instance.name}', not '{wanted}':"
        f" adopt it with a resource whose workspaceName is '{instance.name}'",
    )


def _stranger(instance: SeenInstance, ownership: Ownership) -> Foreign | None:
    """The reason why a foreign instance blocks, None if it has nothing to do with the target."""
    name, instance_id = instance.name, instance.instance_id
    if ownership.marked(instance):
        return Foreign(
            instance,
            "NameMismatch",
            f"this resource owns {instance_id}, named '{name}': set workspaceName to it in a new"
            " resource, or use another resource name for another workspace",
        )
    if name != ownership.target.workspace_name and instance_id != ownership.bound_id:
        return None
    cluster = instance.tags.get(CLUSTER_TAG)
    adopt = f"adopt it with policy ByInstanceId and instanceId {instance_id}"
    if cluster is not None and cluster != ownership.owner.cluster_id:
        return Foreign(
            instance,
            "OwnedElsewhere",
            f"{instance_id} of this name belongs to cluster '{cluster}': choose another"
            f" workspaceName, {adopt} to move it here, or give this operator that cluster id if it"
            " replaces that cluster",
        )
    whose = instance.tags.get(WORKSPACE_TAG)
    owner = f"belongs to {whose}" if whose else "is not this resource's"
    return Foreign(
        instance,
        "NameTaken",
        f"{instance_id} has this name and {owner}: choose another workspaceName, or {adopt}",
    )


def _may_have_bought(order: FlinkWorkspaceOrder, instance: SeenInstance) -> bool:
    """True if untagged, as the order describes it, and created after its announcement."""
    open_ = order.facts.may_be_under_way or order.outstanding
    if not open_ or CLUSTER_TAG in instance.tags:
        return False
    return made_after(order, instance) and fits(order, instance)


def made_after(order: FlinkWorkspaceOrder, instance: SeenInstance) -> bool:
    """True if the instance was created after the order was announced."""
    intent, created = order.status.intent_time, instance.create_time
    return intent is not None and created is not None and created >= intent


def fits(order: FlinkWorkspaceOrder, instance: SeenInstance) -> bool:
    """True if no reported value contradicts the order. A value not reported yet does not."""
    wanted = order.spec.block
    if not isinstance(wanted, WorkspaceParameters):
        return False
    return instance.vpc_id in (None, wanted.network.vpc_id) and instance.bucket in (
        None,
        wanted.storage.oss.bucket,
    )
