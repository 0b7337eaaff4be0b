"""Answers of the cloud, made by hand."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flink_workspace_operator.adapters.alibaba.reply import Reply

DATE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def reply(body: Mapping[str, Any], date: datetime | None = DATE) -> Reply:
    """An answer with HTTP 200."""
    return Reply("foasconsole.DescribeInstances", dict(body), date, "request-1")


def instance(instance_id: str, **changes: object) -> dict[str, object]:
    """An entry of DescribeInstances with only what must be there."""
    return {"InstanceId": instance_id, "InstanceName": f"name-of-{instance_id}", **changes}
