"""The one table of the cloud's codes."""

import pytest

from flink_workspace_operator.adapters.alibaba.errors import (
    RAM_ACTIONS,
    TABLE,
    ErrorAnswer,
    Row,
    classify,
    find_row,
)
from flink_workspace_operator.core.facts.failures import (
    Garbled,
    PermissionMissing,
    ServerError,
    Throttled,
    Unexplained,
)

OF_THE_CONTENT = {
    "IncompleteSignature",
    "InvalidAction.NotFound",
    "InvalidApi.NotFound",
    "InvalidParameter",
    "InvalidProduct.NotFound",
    "InvalidSignatureMethod",
    "InvalidTimeStamp.Format",
    "Missing*",
    "MissingParameter",
    "UnsupportedHTTPMethod",
}
OF_THE_MOMENT = {
    "Throttl*",
    "Rejected.Throttl*",
    "TooManyRequests",
    "InvalidAccessKeyId.*",
    "InvalidSecurityToken.*",
    "MissingAccessKeyId",
    "MissingSecurityToken",
    "SignatureDoesNotMatch",
    "InvalidTimeStamp.Expired",
    "NoPermission",
    "Forbidden",
    "Forbidden.RAM",
}


def test_the_allow_list_is_this_one() -> None:
    """A code added to it lets money be spent again: it is added here too, and on purpose."""
    assert {row.code for row in TABLE if row.fate == "CallRefused"} == OF_THE_CONTENT
    assert {row.code for row in TABLE if row.fate == "CopyRefused"} == OF_THE_MOMENT
    assert {row.fate for row in TABLE} == {"Unknown", "CallRefused", "CopyRefused"}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.code)
def test_every_row_counts(row: Row) -> None:
    """None is hidden by one before it, each has a source, and stars stand at the end only."""
    assert find_row(row.code.replace("*", "Something")) is row
    assert row.source
    assert "*" not in row.code[:-1]


def test_codes_are_compared_without_case() -> None:
    """The spelling of the cloud differs between its actions."""
    assert find_row("THROTTLING.USER") is TABLE[0]


@pytest.mark.parametrize("status", [200, 302, 500, 503])
def test_only_http_4xx_refuses_a_call(status: int) -> None:
    """Whatever the code says."""
    refusals = (
        ErrorAnswer("foasconsole.CreateInstance", status, row.code.replace("*", "x"))
        for row in TABLE
    )
    assert {classify(refusal).fate for refusal in refusals} == {"Unknown"}


def test_a_redirect_is_no_answer() -> None:
    """Whatever it says beside."""
    failure = classify(ErrorAnswer("foasconsole.CreateInstance", 307, "InvalidParameter"))
    assert (type(failure), failure.code) == (Garbled, "HTTP307")


@pytest.mark.parametrize(
    "code", [None, 42, "", "None", "<html>", "a secret text", "x" * 200, ["NoPermission"]]
)
def test_what_is_no_code_is_no_refusal(code: object) -> None:
    """It tells nothing, and its text is not kept."""
    failure = classify(ErrorAnswer("ram.GetRole", 400, code))
    assert (type(failure), failure.code) == (Garbled, "HTTP400")
    assert type(classify(ErrorAnswer("ram.GetRole", 502, code))) is ServerError


@pytest.mark.parametrize("request_id", [None, 42, "", "two words", "x" * 200])
def test_what_is_no_request_id_is_left_out(request_id: object) -> None:
    """It may be anything."""
    assert classify(ErrorAnswer("ram.GetRole", 400, "NoPermission", request_id)).request_id is None


@pytest.mark.parametrize("action", [None, 42, "", "no action", "ram:" + "x" * 200])
def test_the_action_to_grant_is_known_where_it_is_not_told(action: object) -> None:
    """By the call."""
    failure = classify(ErrorAnswer("ram.GetRole", 403, "NoPermission", auth_action=action))
    assert isinstance(failure, PermissionMissing)
    assert failure.action == RAM_ACTIONS["ram.GetRole"]


def test_http_429_is_throttling_whatever_the_code() -> None:
    """But only a known code refuses a call."""
    failure = classify(ErrorAnswer("ram.GetRole", 429, "Something.New", retry_after_ms=1500))
    assert isinstance(failure, Throttled)
    assert (failure.retry_after, failure.fate) == (1.5, "Unknown")


def test_an_unknown_code_explains_nothing_and_proves_nothing() -> None:
    """Most business codes are not published."""
    failure = classify(ErrorAnswer("foasconsole.CreateInstance", 400, "Something.New"))
    assert (type(failure), failure.fate) == (Unexplained, "Unknown")
