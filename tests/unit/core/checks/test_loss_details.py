"""When an instance counts as seen, and since when it is missing."""

import pytest

from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.checks.loss import missing_since, was_seen
from flink_workspace_operator.core.facts.snapshot import Remembered
from tests.builders import (
    ID,
    NOW,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    minutes,
)


def shown(instance_id: str | None = ID, cluster_status: str | None = "RUNNING") -> FlinkWorkspace:
    """A resource with this instance in its status."""
    status = FlinkWorkspaceStatus(
        instance=Instance(instance_id=instance_id, cluster_status=cluster_status)
    )
    return a_workspace(status=status)


def test_an_instance_was_seen_if_the_status_has_its_state_or_the_ledger_its_end() -> None:
    """An id alone came with the answer to the call."""
    assert was_seen(a_case(shown()))
    assert was_seen(a_case(shown(cluster_status=None), an_order("Fulfilled")))
    assert not was_seen(a_case(shown(cluster_status=None), an_order("Placed")))


def test_what_is_missing_is_missing_since_the_first_list_without_it() -> None:
    """That one may have been read in an earlier pass."""
    assert missing_since(a_case(shown())) == NOW
    earlier = Remembered(missing_since=NOW - minutes(3))
    assert missing_since(a_case(shown(), remembered=earlier)) == NOW - minutes(3)


@pytest.mark.parametrize(
    ("workspace", "is_listed"),
    [(shown(None), False), (shown(cluster_status=None), False), (shown(), True)],
    ids=["nothing known", "never seen", "listed"],
)
def test_nothing_else_is_missing(workspace: FlinkWorkspace, is_listed: bool) -> None:
    """A purchase that no list has shown yet is waited for."""
    cloud = a_cloud(a_listing(an_instance())) if is_listed else a_cloud()
    assert missing_since(a_case(workspace, cloud=cloud)) is None
