"""Create: buys a new workspace. Evidence is an instance: by our token, by our tags, or by its
description."""

from datetime import UTC, datetime, timedelta
from typing import Final

from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.names import ORDER_TAG
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, FlinkWorkspaceOrderSpec
from flink_workspace_operator.api.parameters import WorkspaceParameters
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.identity import PurchaseTarget, signature_nonce
from flink_workspace_operator.core.facts.observed import Absent, Listing, SeenInstance, Unknown
from flink_workspace_operator.core.facts.ownership import (
    Foreign,
    Found,
    Ours,
    Unexplained,
    fits,
    made_after,
)
from flink_workspace_operator.core.facts.snapshot import bound_id
from flink_workspace_operator.core.ledger_case import LedgerCase
from flink_workspace_operator.core.orders.calls import PaidCall
from flink_workspace_operator.core.orders.evidence import OrderEvidence, Stranger
from flink_workspace_operator.core.orders.words import Words

STRANGERS: Final = ("NameTaken", "OwnedElsewhere")
"""Reasons of an instance that has our name and is not owned."""


HIDDEN_STRANGER: Final = Stranger(
    "NameTaken", "the cloud says that the name is taken, and shows no workspace of that name"
)
"""The owner of the name that the cloud's answer reported, until a list shows it."""

WORDS: Final = Words(
    announced="The purchase is announced; the call follows at once.",
    unknown="it is not known whether this was bought",
    done="Bought",
    delivered="Bought and seen running",
    gone="Bought, and gone from the cloud since",
    not_done="Not bought",
    absent="no list showed the workspace",
    if_absent="no list shows the workspace",
)


class Create:
    """The purchase of a workspace: one for each name."""

    name: Final = "Create"
    words: Final = WORDS
    api_call: Final = "foasconsole.CreateInstance"

    def price_question(
        self, workspace: FlinkWorkspace, orders: tuple[FlinkWorkspaceOrder, ...]
    ) -> WorkspaceParameters | None:
        """The resource's parameters, until an instance is bound."""
        return workspace.parameters if bound_id(workspace, orders) is None else None

    def wish(self, case: Case) -> WorkspaceParameters | None:
        """The resource's parameters, as long as no instance is bound or found."""
        is_bought = case.bound_id is not None or isinstance(case.found, Ours)
        return None if is_bought else case.workspace.parameters

    def written(self, spec: FlinkWorkspaceOrderSpec, block: ApiModel) -> FlinkWorkspaceOrderSpec:
        """The order's spec with the workspace to buy."""
        return spec.model_copy(update={"create": block})

    def evidence(self, case: LedgerCase, order: FlinkWorkspaceOrder) -> OrderEvidence:
        """The list's evidence about the order's instance."""
        listing = case.listing_for(order.spec.account_id, order.spec.region)
        is_bought = case.placed_beside(order)
        if isinstance(listing, Unknown):
            return OrderEvidence(exists=is_bought)
        found, bought = case.found_for(order), _bought_by(listing, order)
        contested = isinstance(found, Unexplained)
        return OrderEvidence(
            date=listing.date,
            proof=None if bought is None else bought.instance_id,
            is_delivered=bought is not None and bought.cluster_status == "RUNNING",
            exists=is_bought or isinstance(found, Ours),
            is_free=isinstance(found, Absent),
            contested=contested,
            described=(
                _described(case, order, found, listing.date)
                if isinstance(found, Unexplained)
                else None
            ),
            leftover=_leftover(case, order, found),
            stranger=_stranger(found),
            expected=HIDDEN_STRANGER if order.status.answer == HIDDEN_STRANGER.reason else None,
        )

    def nonce(self, case: Case, order: FlinkWorkspaceOrder) -> str:
        """By the workspace name, and the number of its purchases that are over without result."""
        spec = order.spec
        ended = sum(
            1 for each in case.orders if each.spec.action == spec.action and each.facts.ends_call
        )
        return signature_nonce(
            PurchaseTarget(spec.account_id, spec.region, spec.workspace_name), ended
        )

    def call(self, case: LedgerCase, order: FlinkWorkspaceOrder) -> PaidCall:
        """CreateInstance."""
        spec, status = order.spec, order.status
        if status.intent_time is None or status.nonce is None:
            raise LookupError("an announced order has its date and nonce: the CRD's rule says so")
        return PaidCall(
            target=PurchaseTarget(spec.account_id, spec.region, spec.workspace_name),
            block=spec.block,
            ownership=case.seen.owner.tags(spec.token),
            signed_at=status.intent_time,
            nonce=status.nonce,
        )


def _bought_by(listing: Listing, order: FlinkWorkspaceOrder) -> SeenInstance | None:
    """The instance with the order's id or token on its name.

    The first of two with our token, in a stable order: the cloud executed one call twice.
    """
    spec = order.spec
    near = listing.concerning(order.status.instance_id, spec.workspace_name)
    known = [each for each in near if each.instance_id == order.status.instance_id]
    mark = (spec.token, spec.workspace_name)
    marked = [each for each in near if (each.tags.get(ORDER_TAG), each.name) == mark]
    never = datetime.max.replace(tzinfo=UTC)
    return min(
        known or marked,
        key=lambda each: (each.create_time or never, each.instance_id),
        default=None,
    )


def _described(
    case: LedgerCase, order: FlinkWorkspaceOrder, found: Unexplained, at: datetime
) -> str | None:
    """The only instance of this name, as described, untagged although tags must be listed."""
    instance, wanted = found.instances[0], order.spec.block
    if (
        len(found.instances) > 1
        or not isinstance(wanted, WorkspaceParameters)
        or instance.create_time is None
    ):
        return None
    if (instance.vpc_id, instance.bucket) != (wanted.network.vpc_id, wanted.storage.oss.bucket):
        return None
    visible = instance.create_time + timedelta(seconds=case.settings.longest_visibility_seconds)
    return instance.instance_id if at > visible else None


def _leftover(case: LedgerCase, order: FlinkWorkspaceOrder, found: Found) -> str | None:
    """An owned instance that can only be this order's, though its token is lost or edited."""
    if not isinstance(found, Ours) or case.placed_beside(order):
        return None
    instance, tokens = found.instance, {each.spec.token for each in case.seen.orders}
    if ORDER_TAG not in instance.tags:
        return instance.instance_id
    is_ours = (
        instance.tags[ORDER_TAG] not in tokens
        and made_after(order, instance)
        and fits(order, instance)
    )
    return instance.instance_id if is_ours else None


def _stranger(found: Found) -> Stranger | None:
    is_one = isinstance(found, Foreign) and found.reason in STRANGERS
    return Stranger(found.reason, found.message) if isinstance(found, Foreign) and is_one else None
