"""What the operator's own calls show of its rights: a call that worked proves one, a refusal denies
one."""

from flink_workspace_operator.adapters.alibaba.calls import both
from flink_workspace_operator.adapters.alibaba.own_calls import OwnCalls
from flink_workspace_operator.core.facts.failures import (
    BalanceTooLow,
    CloudFailure,
    PermissionMissing,
    Unreachable,
)
from tests.builders import NOW

GET_ROLE, CREATE = "ram.GetRole", "foasconsole.CreateInstance"


def verdicts(*calls: tuple[str, CloudFailure | None]) -> dict[str, str]:
    """The verdicts that are other than not tried."""
    own = OwnCalls(lambda: NOW)
    for call, failure in calls:
        own(call, failure, 0.1)
    return {each.action: each.verdict for each in own.actions if each.verdict != "NotTried"}


def test_nothing_is_tried_at_first() -> None:
    """Each action is told, also one that was never needed."""
    actions = OwnCalls(lambda: NOW).actions
    assert {each.verdict for each in actions} == {"NotTried"}
    assert {"stream:CreateVvpInstance", "oss:PutObject"} < {each.action for each in actions}


def test_an_answer_proves_and_a_refusal_denies() -> None:
    """The latest counts: a right may be granted, and taken away."""
    denied = PermissionMissing(GET_ROLE, "NoPermission", action="ram:GetRole")
    assert verdicts((GET_ROLE, None)) == {"ram:GetRole": "Proven"}
    assert verdicts((GET_ROLE, None), (GET_ROLE, denied)) == {"ram:GetRole": "Denied"}
    assert verdicts((GET_ROLE, denied), (GET_ROLE, None)) == {"ram:GetRole": "Proven"}


def test_what_says_nothing_about_a_right_is_no_evidence() -> None:
    """No connection, a refusal for another reason, a call without a known action."""
    assert verdicts(
        (GET_ROLE, Unreachable(GET_ROLE, "NoConnection")),
        (CREATE, BalanceTooLow(CREATE, "InsufficientBalance")),
        ("sts.GetCallerIdentity", None),
    ) == {}  # fmt: skip


def test_since_when_is_kept_while_nothing_changes() -> None:
    """Else each call would change the report."""
    times = iter((NOW.replace(hour=1), NOW.replace(hour=2)))
    own = OwnCalls(lambda: next(times))
    for _ in range(3):
        own(GET_ROLE, None, 0.1)
    [proven] = [each for each in own.actions if each.verdict == "Proven"]
    assert proven.since == NOW.replace(hour=1)


def test_the_clock_is_that_of_the_last_dated_answer() -> None:
    """An answer without a Date changes nothing."""
    own = OwnCalls(lambda: NOW)
    others = list[str]()
    observer = both(lambda call, *_: others.append(call), own)
    observer(GET_ROLE, None, 0.1, 12.0)
    observer(CREATE, None, 0.1, None)
    assert own.ahead == 12.0
    assert others == [GET_ROLE, CREATE]
