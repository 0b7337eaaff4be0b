"""What a refusal keeps of the cloud's words."""

import pytest

from flink_workspace_operator.adapters.alibaba.errors import (
    OWN_CODES,
    TABLE,
    ErrorAnswer,
    classify,
    known_code,
)
from flink_workspace_operator.core.facts.failures import (
    PermissionMissing,
    ServerError,
    SignatureExpired,
    Throttled,
)

BUY = "foasconsole.CreateInstance"


@pytest.mark.parametrize("code", [*sorted(OWN_CODES), "HTTP502", "ProxyRefused407"])
def test_our_own_codes_are_known(code: str) -> None:
    """They stand for answers that are none."""
    assert known_code(code) == code


def test_a_code_of_the_cloud_is_known_by_its_row() -> None:
    """Any other could be anything, and is not repeated."""
    assert known_code("Throttling.User") == TABLE[0].code
    assert {known_code(code) for code in ("Something.New", "HTTP999", "HTTP502x")} == {"Other"}


def test_only_a_code_for_throttling_refuses_a_copy() -> None:
    """HTTP 429 alone is throttling too, and proves nothing; nor does it refuse by another code."""
    by_code = classify(ErrorAnswer(BUY, 400, "Throttling.User", retry_after_ms=1500))
    assert by_code == Throttled(BUY, "Throttling.User", None, "CopyRefused", 1.5)
    by_status = classify(ErrorAnswer(BUY, 429, "InvalidParameter", retry_after_ms=1500))
    assert by_status == Throttled(BUY, "InvalidParameter", None, "Unknown", 1.5)


def test_a_fault_of_the_cloud_is_no_refusal_whatever_its_code() -> None:
    """It may have happened after everything was booked."""
    failure = classify(ErrorAnswer(BUY, 503, "InvalidParameter", "request-1"))
    assert (type(failure), failure.code, failure.fate) == (
        ServerError,
        "InvalidParameter",
        "Unknown",
    )


def test_a_date_that_is_refused_says_by_how_much_the_clock_is_wrong() -> None:
    """So that a person can correct it."""
    failure = classify(ErrorAnswer(BUY, 400, "InvalidTimeStamp.Expired", ahead=1200.0))
    assert isinstance(failure, SignatureExpired)
    assert failure.ahead == 1200.0


def test_the_action_to_grant_is_the_one_that_the_refusal_names() -> None:
    """It knows better than our list."""
    failure = classify(ErrorAnswer(BUY, 403, "NoPermission", auth_action="stream:SomethingElse"))
    assert isinstance(failure, PermissionMissing)
    assert failure.action == "stream:SomethingElse"
