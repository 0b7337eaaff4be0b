"""The countdown to the end of the paid time: days in the status, and an event at each rung."""

import math
from datetime import datetime, timedelta
from typing import Final

from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance
from flink_workspace_operator.api.workspace import FlinkWorkspaceSpec
from flink_workspace_operator.core.checks.lifecycle import KEPT_DAYS
from flink_workspace_operator.core.facts.times import utc
from flink_workspace_operator.core.plan import Event

RUNGS: Final = (1, 3, 7, 14, 30)
"""Days before the end at which an event says so."""
AT_FIRST_SIGHT: Final = 7
"""An end that is farther away is no news of a workspace that was just bought, or adopted."""
RENEWED_DAYS: Final = 9
"""Days before the end at which the cloud renews by itself: its page "Renewal policy"."""


def expires_in(end: datetime, now: datetime) -> str:
    """Days until the end to read, counting the one that has begun; 0d once it is over."""
    return f"{max(0, math.ceil((end - now) / timedelta(days=1)))}d"


def countdown(
    spec: FlinkWorkspaceSpec, before: FlinkWorkspaceStatus, after: FlinkWorkspaceStatus
) -> Event | None:
    """The event of the rung that was passed since the last report, the nearest to the end."""
    instance = after.instance
    if instance is None or instance.expire_time is None:
        return None
    left, was = _days_in(after, instance.instance_id), _days_in(before, instance.instance_id)
    if left is None:
        return None
    if left == 0:
        return _ended(instance, instance.expire_time) if was != 0 else None
    rung = next((days for days in RUNGS if left <= days), None)
    if rung is None or (rung > AT_FIRST_SIGHT if was is None else was <= rung):
        return None
    renews = spec.subscription is not None and spec.subscription.renewal.mode == "Automatic"
    if renews and rung >= RENEWED_DAYS:
        return None
    what_to_do = (
        f"its automatic renewal was due {RENEWED_DAYS} days before the end: see in the console why"
        " it is not renewed"
        if renews
        else "renew it in the console"
    )
    days = "1 day" if left == 1 else f"{left} days"
    end = utc(instance.expire_time)
    message = f"{instance.instance_id} is paid for another {days}, until {end}; {what_to_do}"
    return Event("Warning" if rung <= AT_FIRST_SIGHT else "Normal", "ExpiresSoon", message)


def _ended(instance: Instance, end: datetime) -> Event:
    message = (
        f"the paid time of {instance.instance_id} ended at {utc(end)}; renew it in the console"
        f" before {utc(end + timedelta(days=KEPT_DAYS))}, when its data are deleted"
    )
    return Event("Warning", "Expired", message)


def _days_in(status: FlinkWorkspaceStatus, instance_id: str | None) -> int | None:
    """The days that a status has for this instance; None if it has another one, or no end."""
    known = status.instance
    if known is None or known.instance_id != instance_id or known.expires_in is None:
        return None
    return int(known.expires_in.removesuffix("d"))
