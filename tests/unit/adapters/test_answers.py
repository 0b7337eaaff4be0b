"""What each answer of the API server means: a race, a refusal, or nothing about the request. Its
own words are kept."""

import json

import pytest
from kubernetes.aio.client.exceptions import ApiException

from flink_workspace_operator.adapters.kubernetes.collection import NotUnderstood, answer
from flink_workspace_operator.core.facts.failures import (
    ClusterFailure,
    ClusterRefused,
    ClusterUnreachable,
    Conflict,
    Vanished,
)

MEANING: dict[int, type[ClusterFailure]] = {
    400: NotUnderstood,
    401: ClusterRefused,
    403: ClusterRefused,
    404: Vanished,
    405: ClusterRefused,
    408: ClusterUnreachable,
    409: Conflict,
    410: ClusterUnreachable,
    413: ClusterRefused,
    415: ClusterRefused,
    422: ClusterRefused,
    429: ClusterUnreachable,
    500: ClusterUnreachable,
    502: ClusterUnreachable,
    503: ClusterUnreachable,
    504: ClusterUnreachable,
}
SENTENCE = 'Internal error occurred: failed calling webhook "policy.example.com"'


async def answered(status: int, body: str) -> None:
    error = ApiException(status=status, reason="Reason")
    error.body = body
    raise error


@pytest.mark.parametrize("status", MEANING)
async def test_status(status: int) -> None:
    """By its number; the sentence is the API server's."""
    with pytest.raises(ClusterFailure, match=SENTENCE) as raised:
        await answer(answered(status, json.dumps({"kind": "Status", "message": SENTENCE})))
    assert raised.type is MEANING[status]


async def test_a_page_of_a_proxy() -> None:
    """What is no Status is told as it is, on one line and cut."""
    with pytest.raises(ClusterUnreachable) as raised:
        await answer(answered(502, "<html>\n" + "x" * 10_000))
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 600
