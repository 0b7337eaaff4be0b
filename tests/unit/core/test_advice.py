"""Whoever reads a refusal learns what to do about it."""

import pytest

from flink_workspace_operator.core.advice import describe
from flink_workspace_operator.core.failures import CloudFailure, PermissionMissing, Refused
from flink_workspace_operator.core.refusals import NEEDS_ANOTHER_SPEC, WAITS_FOR_SOMEONE

BY_REASON: dict[str, type[CloudFailure]] = {kind.__name__: kind for kind in Refused.__subclasses__()}


@pytest.mark.parametrize("reason", sorted((WAITS_FOR_SOMEONE | NEEDS_ANOTHER_SPEC) & set(BY_REASON)))
def test_what_lasts_until_somebody_acts_says_what_to_do(reason: str) -> None:
    """The failure is told, and after it an instruction, on one line."""
    failure = BY_REASON[reason]("foasconsole.CreateInstance", "SomeCode")
    if isinstance(failure, PermissionMissing):
        failure.action = "stream:CreateVvpInstance"
    told, _, instruction = describe(failure).partition(f"{failure}: ")
    assert (told, "\n" in instruction) == ("", False)
    assert len(instruction.split()) > 2
