"""Answers of the cloud's RPC services: replies to be read, and failures."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from alibabacloud_tea_openapi.utils import Utils
from darabonba.utils.xml import XML
from pydantic import BaseModel, ValidationError

from flink_workspace_operator.adapters.alibaba.clock import read_date
from flink_workspace_operator.adapters.alibaba.errors import (
    ErrorAnswer,
    classify,
    readable_request_id,
)
from flink_workspace_operator.adapters.alibaba.transport import HttpAnswer
from flink_workspace_operator.core.facts.failures import CloudFailure, Garbled

_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,60}")
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Reply:
    """An answer that is no refusal.

    The body can hold secrets, so it is never shown; `read` takes out what is known.
    """

    call: str
    body: dict[str, Any] = field(repr=False)
    date: datetime | None
    request_id: str | None
    doubt: str | None = None
    """Why the date is not believed."""

    def read(self, model: type[M]) -> M:
        """The body as a model.

        Raises `Garbled`, which names the place in the body and never its content.
        """
        try:
            return model.model_validate(self.body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False, include_context=False)[0]
            place = ".".join(str(part) for part in first["loc"])
        raise self.garbled(f"{place}{_row_at(self.body, first['loc'])} is {first['type']}")

    def dated(self) -> datetime:
        """When the cloud answered, by its clock. Raises `Garbled`."""
        if self.doubt is not None:
            raise self.garbled(self.doubt)
        if self.date is None:
            raise self.garbled("no Date")
        return self.date

    def garbled(self, what: str) -> Garbled:
        """The failure for an answer that makes no sense."""
        return Garbled(self.call, what[:100], self.request_id)


def _row_at(body: dict[str, Any], place: tuple[int | str, ...]) -> str:
    """The id of the instance that a place in a list belongs to: its number on a page means
    nothing to people.
    """
    try:
        instance_id = body[str(place[0])][place[1]]["InstanceId"]
    except (KeyError, IndexError, TypeError):
        return ""
    return (
        f" of {instance_id}" if isinstance(instance_id, str) and _ID.fullmatch(instance_id) else ""
    )


def read_answer(call: str, answer: HttpAnswer, ahead: float | None = None) -> Reply | CloudFailure:
    """The reply, or the failure that the answer stands for.

    `ahead`: of this node's clock, in seconds.
    """
    body = _read_body(answer)
    if body is None:
        code = "Unreadable" if answer.status == 200 else f"HTTP{answer.status}"
        return Garbled(call, code, proxy=answer.proxy)
    return (
        _read_reply(call, body, answer)
        if answer.status == 200
        else _read_refusal(call, body, answer, ahead)
    )


def _read_refusal(
    call: str, body: dict[str, Any], answer: HttpAnswer, ahead: float | None
) -> CloudFailure:
    details = body.get("AccessDeniedDetail")
    return classify(
        ErrorAnswer(
            call=call,
            status=answer.status,
            code=body.get("Code"),
            request_id=body.get("RequestId"),
            auth_action=details.get("AuthAction") if isinstance(details, dict) else None,
            retry_after_ms=Utils.get_throttling_time_left(answer.headers),
            ahead=ahead,
        )
    )


def _read_reply(call: str, body: dict[str, Any], answer: HttpAnswer) -> Reply | CloudFailure:
    """An answer with HTTP 200. It is a refusal all the same where it says `Success=false`."""
    request_id = readable_request_id(body.get("RequestId"))
    success = body.get("Success", True)
    if success is False:
        return classify(ErrorAnswer(call, answer.status, body.get("Code"), request_id))
    if success is not True:
        return Garbled(call, "Success is no boolean", request_id)
    return Reply(call, body, read_date(answer.headers), request_id)


def _read_body(answer: HttpAnswer) -> dict[str, Any] | None:
    """JSON, or the document of a refusal in XML; None for anything else."""
    try:
        if answer.status != 200 and answer.headers.get("content-type") == "text/xml;charset=utf-8":
            body = XML.parse_xml(answer.body.decode()).get("Error")
        else:
            body = json.loads(answer.body)
    except Exception:  # what is no document throws whatever the parser throws
        return None
    return body if isinstance(body, dict) else None
