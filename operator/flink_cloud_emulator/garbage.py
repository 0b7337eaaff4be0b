"""Answers that are no answers: what proxies, load balancers and bugs put in their place."""

import json
from typing import Any

from flink_cloud_emulator.http import Outgoing


def html_page(status: int) -> Outgoing:
    """The error page of a load balancer."""
    body = f"<body><center><h1>{status}</h1></center></body>"
    page = f"<html><head><title>{status}</title></head>{body}</html>"
    return Outgoing(status, page.encode(), {"Content-Type": "text/html"})


def garble(answer: Outgoing, kind: str) -> Outgoing:
    """The answer as it must not be; status and headers stay, but for HTML."""
    if kind == "html":
        return Outgoing(answer.status, html_page(answer.status).body, {"Content-Type": "text/html"})
    bodies = {
        "truncated": answer.body[: len(answer.body) // 2],
        "empty": b"",
        "not-json": b"upstream connect error or disconnect/reset before headers",
        "wrong-types": _with_wrong_types(answer.body),
    }
    return Outgoing(answer.status, bodies[kind], answer.headers, answer.code)


def _with_wrong_types(body: bytes) -> bytes:
    try:
        value = json.loads(body)
    except ValueError:  # XML of OSS
        return b"<Unexpected><Thing/></Unexpected>"
    return json.dumps(_twist(value)).encode()


def _twist(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same keys, each with a value of another type: what was text is a number, what was a
    list is text ...
    """
    if isinstance(value, dict):
        return {key: _twist_member(member) for key, member in value.items()}
    return _twist_member(value)


def _twist_member(value: Any) -> Any:  # noqa: ANN401 - any JSON
    match value:
        case bool():
            return "maybe"
        case str():
            return 42
        case int() | float():
            return {"number": str(value)}
        case list():
            return "a list"
        case _:
            return ["unexpected"]
