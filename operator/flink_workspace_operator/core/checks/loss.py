"""The loss of a workspace: it was seen before, and lists lack it now."""

from datetime import datetime, timedelta

from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.observed import Absent


def was_seen(case: Case) -> bool:
    """True if a list showed the workspace before, by the status or the ledger."""
    shown = case.workspace.status.instance
    was_shown = shown is not None and shown.cluster_status is not None
    return was_shown or any(order.facts.is_delivered for order in case.orders)


def missing_since(case: Case) -> datetime | None:
    """Time of the first list without the workspace. None: this list has it, or none is known."""
    if case.known_id is None or not isinstance(case.found, Absent) or not was_seen(case):
        return None
    return case.seen.remembered.missing_since or case.cloud_time


def is_lost(case: Case) -> bool:
    """True if two complete lists lack it, at least the visibility delay apart."""
    since, delay = missing_since(case), timedelta(seconds=case.settings.longest_visibility_seconds)
    return since is not None and case.cloud_time - since >= delay
