"""The report of a pass: the whole status."""

from collections.abc import Iterable
from datetime import datetime

from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.parameters import WorkspaceParameters
from flink_workspace_operator.api.status import (
    FlinkWorkspaceStatus,
    Instance,
    NetworkStatus,
    OrderSummary,
    Provisioning,
    RamRoleStatus,
    StorageStatus,
)
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.adoption import announced_after
from flink_workspace_operator.core.checks.loss import is_lost
from flink_workspace_operator.core.checks.outputs import default_namespace, outputs_after
from flink_workspace_operator.core.facts.observed import (
    Absent,
    Bucket,
    Role,
    SeenInstance,
    SeenNetwork,
    Unknown,
)
from flink_workspace_operator.core.facts.ownership import Ours
from flink_workspace_operator.core.orders.price import price
from flink_workspace_operator.core.orders.windows import window_end
from flink_workspace_operator.core.plan import Verdict
from flink_workspace_operator.core.prerequisites import capacity
from flink_workspace_operator.core.reporting.conditions import ConditionDraft, drafts
from flink_workspace_operator.core.reporting.paid_time import expires_in
from flink_workspace_operator.core.reporting.quote import quote_after
from flink_workspace_operator.core.reporting.summary import summary

MESSAGE_LENGTH = 1024


def report(case: Case, verdict: Verdict) -> FlinkWorkspaceStatus:
    """The whole status after a pass; the case holds the orders as they are after it.

    The same facts give the same status, to the last letter.
    """
    workspace, now = case.workspace, case.seen.now
    before = workspace.status
    previous = {condition.type: condition for condition in before.conditions}
    drafted = (*summary(case, verdict, previous, now), *drafts(case))
    return before.model_copy(
        update={
            "observed_generation": workspace.metadata.generation,
            "conditions": (
                *dated(drafted, previous, workspace.metadata.generation, now),
                *_others(drafted, previous),
            ),
            "instance": (
                _instance(case, case.found.instance)
                if isinstance(case.found, Ours)
                else _known(case)
            ),
            "account_id": case.recorded_account or _account(case),
            "last_handled_reconcile_at": _handled(case),
            "network": _network(case) or before.network,
            "ram_role": _role(case) or before.ram_role,
            "storage": _storage(case) or before.storage,
            "outputs": outputs_after(case, verdict),
            "adoption": announced_after(case, verdict),
            "quote": quote_after(case),
            "order": case.left_the_ledger or _order(case) or before.order,
        }
    )


def _others(
    drafted: Iterable[ConditionDraft], previous: dict[str, Condition]
) -> tuple[Condition, ...]:
    """Conditions of other controllers, kept: the list is a map by type, and these are theirs."""
    ours = {draft.type for draft in drafted}
    return tuple(condition for type_, condition in previous.items() if type_ not in ours)


def dated(
    drafted: Iterable[ConditionDraft],
    previous: dict[str, Condition],
    generation: int,
    now: datetime,
) -> tuple[Condition, ...]:
    """Conditions as stored; `previous` ones give the transition times."""
    return tuple(_date(draft, previous.get(draft.type), generation, now) for draft in drafted)


def _date(
    draft: ConditionDraft, was: Condition | None, generation: int, now: datetime
) -> Condition:
    """A dated condition. Its transition time changes only with its status."""
    if was is not None and draft.keeps_previous and was.reason != "NotChecked":
        return was.model_copy(update={"observed_generation": generation})
    unmoved = was is not None and was.status == draft.status
    return Condition(
        type=draft.type,
        status=draft.status,
        reason=draft.reason,
        message=" ".join(draft.message.split())[:MESSAGE_LENGTH],
        last_transition_time=was.last_transition_time if was is not None and unmoved else now,
        observed_generation=generation,
    )


def _known(case: Case) -> Instance | None:
    """The instance as last reported, at least its id: an id is never dropped before it is given
    up."""
    if case.known_id is None or case.given_up:
        return None
    shown = case.workspace.status.instance
    known = (
        shown
        if shown is not None and shown.instance_id == case.known_id
        else Instance(instance_id=case.known_id)
    )
    # Not beside an annotation that is there already: the next pass would take it for an agreement
    # to this loss.
    is_news = is_lost(case) and not case.is_reported_lost and not case.is_named_for_replacement
    return known.model_copy(update={"lost_since": case.cloud_time}) if is_news else known


def _instance(case: Case, seen: SeenInstance) -> Instance:
    running = seen.cluster_status == "RUNNING"
    progress = Provisioning(stage=seen.stage, percent=seen.percent, message=seen.message)
    return Instance(
        instance_id=seen.instance_id,
        workspace_id=seen.workspace_id,
        name=seen.name,
        zone_id=seen.zone_id or _zone_of_network(case, seen),
        charge_type=seen.charge_type,
        cu=seen.cu,
        vpc_id=seen.vpc_id,
        v_switch_ids=tuple(sorted(set(seen.v_switch_ids))) or None,
        bucket=seen.bucket,
        create_time=seen.create_time,
        expire_time=seen.expire_time,
        expires_in=_expires_in(case, seen),
        cluster_status=seen.cluster_status,
        order_state=seen.order_state,
        default_namespace=default_namespace(seen) if running else None,
        load_balancer=seen.load_balancer,
        monitoring=seen.monitoring,
        provisioning=None if running else progress,
    )


def _expires_in(case: Case, seen: SeenInstance) -> str | None:
    """None where nothing ends: what is billed by use may show an end all the same."""
    charged = seen.charge_type or case.workspace.spec.charge_type
    if charged == "PayAsYouGo" or seen.expire_time is None:
        return None
    return expires_in(seen.expire_time, case.cloud_time)


def _zone_of_network(case: Case, seen: SeenInstance) -> str | None:
    """The zone of its vSwitches, which is its own: the cloud's list may leave it out."""
    network, known = case.seen.cloud.network, case.workspace.status.instance
    if isinstance(network, SeenNetwork):
        zones = {
            v_switch.zone_id for v_switch in network.v_switches if v_switch.id in seen.v_switch_ids
        }
        return zones.pop() if len(zones) == 1 else None
    return known.zone_id if known is not None and known.instance_id == seen.instance_id else None


def _account(case: Case) -> str | None:
    """The recorded account: only from the first order or instance on, since it may change
    before."""
    return (
        case.target.account_id if case.target is not None and isinstance(case.found, Ours) else None
    )


def _handled(case: Case) -> str | None:
    """The handled request. One for a retry after a refusal counts only once the retry can be
    made; one for a re-read only once the cloud has answered."""
    workspace = case.workspace
    before = workspace.status.last_handled_reconcile_at
    if isinstance(case.found, Unknown) and case.found.failure is not None:
        return before
    waiting = (
        isinstance(case.found, Unknown | Absent) and case.bound_id is None and case.order is None
    )
    if waiting and any(
        order.facts.is_fruitless or not order.facts.next_follows for order in case.orders
    ):
        return before
    return case.request or before


def _network(case: Case) -> NetworkStatus | None:
    network = case.seen.cloud.network
    if not isinstance(network, SeenNetwork):
        return None
    in_order = sorted(network.v_switches, key=lambda v_switch: v_switch.id)
    return NetworkStatus(
        v_switches=tuple(capacity(v_switch, case.settings) for v_switch in in_order)
    )


def _role(case: Case) -> RamRoleStatus | None:
    role = case.seen.cloud.role
    return RamRoleStatus(name=role.name, arn=role.arn) if isinstance(role, Role) else None


def _storage(case: Case) -> StorageStatus | None:
    bucket = case.seen.cloud.storage
    if not isinstance(bucket, Bucket):
        return None
    return StorageStatus(bucket=bucket.name, directories=tuple(sorted(bucket.directories)))


def _order(case: Case) -> OrderSummary | None:
    if not case.seen.orders:
        return None
    newest = case.seen.orders[-1]
    open_until = (
        window_end(newest.status, case.settings)
        if newest.facts.may_be_under_way
        else newest.status.outstanding_until
    )
    return OrderSummary(
        name=newest.metadata.name,
        state=newest.state,
        intent_time=newest.status.intent_time,
        settled_not_before=open_until,
        digest=newest.status.digest,
        price=_price(case, newest),
    )


def _price(case: Case, order: FlinkWorkspaceOrder) -> str | None:
    """The order's price; with what it was for, once the instance has another size since."""
    paid, block, found = price(order.status.quote, order.spec.block), order.spec.block, case.found
    if paid is None or not isinstance(found, Ours) or not isinstance(block, WorkspaceParameters):
        return paid
    bought = None if block.resources is None else block.resources.cu
    resized = None not in (bought, found.instance.cu) and bought != found.instance.cu
    return f"{paid} (bought with {bought} CU)" if resized else paid
