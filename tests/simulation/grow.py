"""Grow: a paid action that exists in the tests only: another number of CU for a workspace.

Its evidence is a number that moved: nothing on the instance says which order, or which person,
moved it. So the order names the number that it starts from and the one that it leads to, and it is
sent only while a list shows the first.

An annotation says what is wished. It is followed once: nobody who changes the number later is
fought."""

import hashlib
from typing import Final

from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, FlinkWorkspaceOrderSpec
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.identity import PurchaseTarget
from flink_workspace_operator.core.facts.observed import SeenInstance, Unknown
from flink_workspace_operator.core.facts.ownership import Ours
from flink_workspace_operator.core.facts.snapshot import bound_id
from flink_workspace_operator.core.orders.calls import PaidCall
from flink_workspace_operator.core.orders.evidence import OrderEvidence
from flink_workspace_operator.core.orders.words import Words

GROW: Final = "Grow"
GROW_TO: Final = "test/grow-to"
"""The annotation with the number that is wished."""


class Growth(ApiModel):
    """The block of an order: a starting point and a target, never a difference."""

    instance_id: str
    """The instance."""
    from_cu: int
    """The number that a list showed."""
    to_cu: int
    """The number that is paid for."""


class GrowOrderSpec(FlinkWorkspaceOrderSpec):
    """An order's spec as a version would have it that knows this action."""

    grow: Growth | None = None
    """What is paid for; only and always with action Grow."""

    @property
    def block(self) -> ApiModel:
        """The block that says what is paid for."""
        return self.grow or super().block


def growth_of(order: FlinkWorkspaceOrder) -> Growth | None:
    """The block of an order of this action; None for any other order."""
    return order.spec.grow if isinstance(order.spec, GrowOrderSpec) else None


def price_of(growth: Growth) -> str:
    """Another price for each starting point and target."""
    return f"{120 * (growth.to_cu - growth.from_cu)}.00"


def target_of(workspace: FlinkWorkspace) -> int | None:
    """The number that the resource wishes."""
    wished = workspace.metadata.annotations.get(GROW_TO)
    return None if wished is None else int(wished)


class Grow:
    """Pays for another number of CU."""

    name: Final = GROW
    api_call: Final = "foasconsole.ModifyInstanceSpec"
    words: Final = Words(
        announced="The growth is announced; the call follows at once.",
        unknown="it is not known whether it grew",
        refused="the cloud refused the growth",
        done="Grown {it}",
        delivered="Grown {it} and seen",
        gone="Grown {it}, which is gone from the cloud",
        not_done="Not grown",
        absent="no list showed the number",
        if_absent="no list shows the number",
    )

    def price_question(
        self, workspace: FlinkWorkspace, orders: tuple[FlinkWorkspaceOrder, ...]
    ) -> Growth | None:
        """By the number that the status shows: the list of this pass is still to come."""
        shown, target = workspace.status.instance, target_of(workspace)
        if (
            shown is None
            or shown.instance_id is None
            or shown.instance_id != bound_id(workspace, orders)
        ):
            return None
        if (
            shown.cu in (None, target)
            or target is None
            or _is_followed(shown.instance_id, target, orders)
        ):
            return None
        return Growth(instance_id=shown.instance_id, from_cu=shown.cu or 0, to_cu=target)

    def wish(self, case: Case) -> Growth | None:
        """Another number than the list shows, of an instance that runs, and that nothing was paid
        for."""
        target, found = target_of(case.workspace), case.found
        if target is None or not isinstance(found, Ours) or case.bound_id is None:
            return None
        instance = found.instance
        if instance.cluster_status != "RUNNING" or instance.cu in (None, target):
            return None
        if _is_followed(instance.instance_id, target, case.orders) or _is_hidden(case, instance):
            return None
        if _was_overtaken(instance, target, case.orders):
            return None
        return Growth(instance_id=instance.instance_id, from_cu=instance.cu or 0, to_cu=target)

    def written(self, spec: FlinkWorkspaceOrderSpec, block: ApiModel) -> FlinkWorkspaceOrderSpec:
        """The order's spec with the growth."""
        return GrowOrderSpec(
            **{name: getattr(spec, name) for name in type(spec).model_fields}, grow=block
        )

    def evidence(self, case: Case, order: FlinkWorkspaceOrder) -> OrderEvidence:
        """The number that the list shows. An instance that is not shown is none, until it is given
        up."""
        growth, listing = _block(order), case.listing_for(order.spec.account_id, order.spec.region)
        if isinstance(listing, Unknown):
            return OrderEvidence()
        shown = {each.instance_id: each.cu for each in listing.instances}.get(growth.instance_id)
        if shown is None:
            return OrderEvidence(date=listing.date if _is_given_up(case, growth) else None)
        # This process knows that it sent nothing: whatever moved the number, it was not this order.
        may_be_sent = order.facts.may_be_under_way and order is not case.announced_order
        is_reached = shown == growth.to_cu
        return OrderEvidence(
            date=listing.date,
            proof=growth.instance_id if is_reached and (may_be_sent or order.outstanding) else None,
            is_delivered=is_reached,
            exists=is_reached,
            is_free=shown == growth.from_cu,
        )

    def nonce(self, case: Case, order: FlinkWorkspaceOrder) -> str:
        """By what was observed, and how many calls from there are over and came to nothing."""
        growth, spec = _block(order), order.spec
        ended = sum(1 for each in case.orders if growth_of(each) == growth and each.facts.ends_call)
        parts = (spec.account_id, spec.region, spec.action, growth.model_dump_json(), str(ended))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def call(self, case: Case, order: FlinkWorkspaceOrder) -> PaidCall:
        """The call, which carries no tag. The owner's tags go along for the books of the tests
        alone."""
        spec, status = order.spec, order.status
        assert status.intent_time is not None
        assert status.nonce is not None
        return PaidCall(
            target=PurchaseTarget(spec.account_id, spec.region, spec.workspace_name),
            block=spec.block,
            ownership=case.seen.owner.tags(spec.token),
            signed_at=status.intent_time,
            nonce=status.nonce,
        )


def _block(order: FlinkWorkspaceOrder) -> Growth:
    growth = growth_of(order)
    assert growth is not None
    return growth


def _of(
    instance_id: str, orders: tuple[FlinkWorkspaceOrder, ...]
) -> list[tuple[Growth, FlinkWorkspaceOrder]]:
    """The growths of an instance, oldest first."""
    known = ((growth_of(order), order) for order in orders)
    return [
        (growth, order)
        for growth, order in known
        if growth is not None and growth.instance_id == instance_id
    ]


def _is_followed(instance_id: str, target: int, orders: tuple[FlinkWorkspaceOrder, ...]) -> bool:
    """The last number that was paid for is the one that is wished: what it is now, others
    decided."""
    paid = [growth for growth, order in _of(instance_id, orders) if order.facts.is_paid]
    return bool(paid) and paid[-1].to_cu == target


def _is_hidden(case: Case, instance: SeenInstance) -> bool:
    """A number that was paid for is not shown yet: the one that is shown is no starting point."""
    paid = [
        order for _, order in _of(instance.instance_id, case.orders) if order.facts.awaits_delivery
    ]
    return any(not case.window_is_over(order) for order in paid)


def _was_overtaken(
    instance: SeenInstance, target: int, orders: tuple[FlinkWorkspaceOrder, ...]
) -> bool:
    """Somebody moved the number while the last call for this target was open, so nobody knows its
    fate."""
    unknown = [
        growth
        for growth, order in _of(instance.instance_id, orders)
        if order.facts.is_fruitless and not order.facts.is_refused
    ]
    return bool(unknown) and unknown[-1].to_cu == target and unknown[-1].from_cu != instance.cu


def _is_given_up(case: Case, growth: Growth) -> bool:
    return any(
        order.facts.is_given_up and order.status.instance_id == growth.instance_id
        for order in case.seen.orders
    )
