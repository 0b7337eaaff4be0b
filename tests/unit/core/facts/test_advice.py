"""Whoever reads a refusal learns what to do about it."""

import pytest

from flink_workspace_operator.core.facts.advice import CAUSES, describe, describe_call
from flink_workspace_operator.core.facts.failure_kinds import KINDS, page_advice_of
from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    PermissionMissing,
    Refused,
    Unreachable,
)

LASTING = [kind for kind in KINDS.values() if issubclass(kind, Refused) and kind.turn != "Nobody"]


@pytest.mark.parametrize("kind", KINDS.values())
def test_every_failure_has_an_instruction_for_the_pages(kind: type[CloudFailure]) -> None:
    """It stands with the failure, so a new one has it too."""
    assert len(page_advice_of(kind).split()) > 2


@pytest.mark.parametrize("kind", LASTING)
def test_what_lasts_until_somebody_acts_says_what_to_do(kind: type[CloudFailure]) -> None:
    """The failure is told, and after it an instruction, on one line."""
    failure = kind("foasconsole.CreateInstance", "SomeCode")
    if isinstance(failure, PermissionMissing):
        failure.action = "stream:CreateVvpInstance"
    told, _, instruction = describe(failure).partition(f"{failure}: ")
    assert (told, "\n" in instruction) == ("", False)
    assert len(instruction.split()) > 2


@pytest.mark.parametrize("code", [*CAUSES, "ProxyRefused403"])
def test_what_kept_a_request_from_its_answer_is_named_with_what_to_check(code: str) -> None:
    """Certificate, name, proxy, connection and time are told apart; of a purchase nobody reads that
    it is repeated."""
    failure = Unreachable("foasconsole.CreateInstance", code)
    assert (
        "check" in describe(failure)
        or "SSL_CERT_FILE" in describe(failure)
        or "allow" in describe(failure)
    )
    assert describe(failure).endswith("asked again within a minute")
    assert "again" not in describe_call(failure)
