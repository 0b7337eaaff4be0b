"""Rest: of what is suspended and was never ordered, the cloud is asked until all is told, and then after a change only.

    applied, changed ──► looked at ──► all is told ──► rests ──► changed, or a new process: looked at

A resource costs nothing as long as it is suspended, so anybody may have hundreds. Nothing rests of which an order, an
instance or an account is known: what is open is looked after as ever, suspended or not.
"""

import hashlib
import json
from types import NoneType

from flink_workspace_operator.api.names import GROUP
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, Quote
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.failures import ParametersRefused
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.facts.snapshot import Remembered, Seen, is_untouched
from flink_workspace_operator.core.plan import Plan, Requeue
from flink_workspace_operator.core.verdicts import SUSPENDED_BY_USER


def rest(case: Case) -> Plan | None:
    """Nothing was asked, so nothing new is said."""
    if not case.seen.rests:
        return None
    return Plan(verdict=None, requeue=Requeue(case.settings.resync))


def rests(workspace: FlinkWorkspace | None, orders: tuple[FlinkWorkspaceOrder, ...], remembered: Remembered) -> bool:
    """True if all that there is to tell of the resource, as it is now, was told by this process."""
    if workspace is None or not remembered.rests_as or not is_untouched(workspace, orders):
        return False
    is_open = remembered.intent is not None or remembered.answers
    return not is_open and remembered.rests_as == as_written(workspace)


def rests_after(seen: Seen, plan: Plan) -> str:
    """What `Remembered.rests_as` is to be after a pass that said its say: empty if there may be more to say."""
    workspace = seen.workspace
    if workspace is None or not is_untouched(workspace, seen.orders) or plan.steps or plan.retry is not None:
        return ""
    cloud = seen.cloud
    looks = (cloud.account_id, cloud.listing, cloud.regions, cloud.zones, cloud.role, cloud.network, cloud.storage)
    if any(isinstance(look, Unknown) for look in looks) or _is_unanswered(cloud.quote):
        return ""
    return as_written(workspace) if _is_last_word(workspace, plan) else ""


def _is_unanswered(quote: Quote | Unknown) -> bool:
    """That something can't be bought as described is an answer too."""
    return isinstance(quote, Unknown) and not isinstance(quote.failure, ParametersRefused | NoneType)


def _is_last_word(workspace: FlinkWorkspace, plan: Plan) -> bool:
    """A missing prerequisite counts as on its way at first: only what is told as stalled stays so."""
    if plan.verdict is None or plan.verdict.kind != "Missing":
        return plan.verdict == SUSPENDED_BY_USER
    said = {condition.type: condition for condition in workspace.status.conditions}.get("Stalled")
    return said is not None and (said.status, said.reason) == ("True", plan.verdict.reason)


def as_written(workspace: FlinkWorkspace) -> str:
    """What people wrote into the resource that we act upon, as a hash: annotations may be long."""
    metadata = workspace.metadata
    ours = {name: value for name, value in metadata.annotations.items() if name.startswith(f"{GROUP}/")}
    written = json.dumps([metadata.uid, metadata.generation, ours], sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()
