"""One kind of resource on the real API server, and what the server says when it refuses."""

import copy
import json
from dataclasses import dataclass
from typing import Any, cast

from kubernetes import client

from flink_workspace_operator.api import names

Wire = dict[str, Any]


@dataclass(frozen=True)
class Refused:
    """A refusal: the server's words by field, or its one message where it names no field."""

    status: int
    causes: tuple[tuple[str, str], ...]
    message: str

    def says(self, field: str, text: str) -> bool:
        """Whether one of its words is about this field and holds this text."""
        return any(at == field and text in said for at, said in self.causes)


@dataclass(frozen=True)
class Kind:
    """All calls are strict, as kubectl's are: a field that the schema does not know is refused."""

    api: client.CustomObjectsApi
    namespace: str
    plural: str

    def create(self, body: Wire, *, dry_run: bool = False) -> Wire | Refused:
        """Create an object, or only ask whether it could be."""
        return self._ask(self.api.create_namespaced_custom_object, (), body, dry_run)

    def read(self, name: str) -> Wire:
        """The object as stored."""
        found = self.api.get_namespaced_custom_object(
            names.GROUP, names.VERSION, self.namespace, self.plural, name
        )
        return cast(Wire, found)

    def replace(self, body: Wire, *, dry_run: bool = False) -> Wire | Refused:
        """Write the whole object but for its status."""
        return self._ask(
            self.api.replace_namespaced_custom_object, (body["metadata"]["name"],), body, dry_run
        )

    def replace_status(
        self, body: Wire, status: Wire | None, *, dry_run: bool = False
    ) -> Wire | Refused:
        """Write the status; None leaves it out of the object that is sent."""
        sent = {key: value for key, value in body.items() if key != "status"}
        sent |= {} if status is None else {"status": status}
        return self._ask(
            self.api.replace_namespaced_custom_object_status,
            (body["metadata"]["name"],),
            sent,
            dry_run,
        )

    def _ask(self, call: Any, name: tuple[str, ...], body: Wire, dry_run: bool) -> Wire | Refused:  # noqa: ANN401 - the client has no types
        where = (names.GROUP, names.VERSION, self.namespace, self.plural, *name)
        extra = {"dry_run": "All"} if dry_run else {}
        try:
            accepted: Wire = call(*where, body, field_validation="Strict", **extra)
        except client.ApiException as error:
            answer = json.loads(error.body or "{}")
            causes = answer.get("details", {}).get("causes", [])
            return Refused(
                error.status,
                tuple((c.get("field", ""), c["message"]) for c in causes),
                answer["message"],
            )
        return accepted


def accepted(answer: Wire | Refused) -> Wire:
    """The object as stored; fails the test if it was refused."""
    assert not isinstance(answer, Refused), answer
    return answer


def refused(answer: Wire | Refused) -> Refused:
    """The refusal; fails the test if there was none."""
    assert isinstance(answer, Refused), answer
    return answer


REMOVED: Any = object()
"""Leaves the field out."""


def changed(body: Wire, path: str, value: Any) -> Wire:  # noqa: ANN401 - any JSON value
    """A copy with one field set or left out; the path as the server writes it, for example
    `spec.tags[0].key`."""
    changed_body = copy.deepcopy(body)
    node: Any = changed_body
    *parents, last = [
        int(part) if part.isdigit() else part
        for part in path.replace("[", ".").replace("]", "").split(".")
    ]
    for part in parents:
        node = node[part] if isinstance(part, int) else node.setdefault(part, {})
    if value is REMOVED:
        del node[last]
    else:
        node[last] = value
    return changed_body
