"""What an answer of an RPC service stands for."""

import json
from datetime import UTC, datetime

import pytest

from flink_workspace_operator.adapters.alibaba.session import Reply, read_answer
from flink_workspace_operator.adapters.alibaba.transport import HttpAnswer
from flink_workspace_operator.core.failures import CredentialsRefused, Garbled, ServerError, Throttled, UnpaidOrder

CALL = "foasconsole.CreateInstance"
XML = "<Error><RequestId>1-2</RequestId><Code>InvalidAccessKeyId.NotFound</Code></Error>"


def test_a_reply_has_body_and_date() -> None:
    """The date of the gateway, and the id to ask support with."""
    headers = {"date": "Mon, 23 Nov 2026 09:00:00 GMT"}
    reply = read_answer(CALL, HttpAnswer(200, headers, b'{"RequestId": "1-2"}'))
    assert isinstance(reply, Reply)
    assert (reply.request_id, reply.dated()) == ("1-2", datetime(2026, 11, 23, 9, 0, tzinfo=UTC))


def test_a_refusal_may_come_with_http_200() -> None:
    """As `Success=false`."""
    body = {"Success": False, "Code": "ORDER.INST_HAS_UNPAID_ORDER"}
    assert isinstance(read_answer(CALL, HttpAnswer(200, {}, json.dumps(body).encode())), UnpaidOrder)


def test_a_refusal_may_come_as_xml() -> None:
    """Where the gateway refuses before it looks at what the caller accepts."""
    refused = read_answer(CALL, HttpAnswer(404, {"content-type": "text/xml;charset=utf-8"}, XML.encode()))
    assert isinstance(refused, CredentialsRefused)
    assert (refused.request_id, refused.fate) == ("1-2", "CopyRefused")


def test_throttling_may_say_when_to_come_back() -> None:
    """In a header of the gateway's."""
    answer = HttpAnswer(400, {"x-acs-retry-after": "2500"}, b'{"Code": "Throttling.User"}')
    throttled = read_answer(CALL, answer)
    assert isinstance(throttled, Throttled)
    assert throttled.retry_after == 2.5


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"<html>", "Unreadable"),
        (200, b"", "Unreadable"),
        (200, b"[]", "Unreadable"),
        (200, b"\xff", "Unreadable"),
        (200, b"[" * 100_000, "Unreadable"),
        (200, b'{"Success": "no"}', "Success is no boolean"),
        (204, b"", "HTTP204"),
        (307, b"", "HTTP307"),
        (307, b'{"Code": "InvalidParameter"}', "HTTP307"),
        (403, b"<html>", "HTTP403"),
        (407, b"", "HTTP407"),
        (400, b"{}", "HTTP400"),
    ],
)
def test_what_makes_no_sense_is_garbled(status: int, body: bytes, code: str) -> None:
    """Its HTTP status is kept, its text never."""
    failure = read_answer(CALL, HttpAnswer(status, {}, body))
    assert isinstance(failure, Garbled)
    assert (failure.code, failure.fate) == (code, "Unknown")


def test_a_refusal_inside_the_cloud_is_no_refusal() -> None:
    """Whatever code comes with it."""
    assert isinstance(read_answer(CALL, HttpAnswer(503, {}, b'{"Code": "InvalidParameter"}')), ServerError)
