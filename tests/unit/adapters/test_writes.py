"""What the API server is asked to write: always on the condition that nobody else wrote since it
was read."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from kubernetes.aio.client.exceptions import ApiException

from flink_workspace_operator.adapters.kubernetes.collection import Collection, OwnWrites
from flink_workspace_operator.core.facts.failures import Conflict

READ: dict[str, Any] = {"metadata": {"namespace": "team", "name": "demo", "resourceVersion": "7"}}


class Server:
    """One object at version `version`. It compares versions where it is asked to, and only
    there."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.deleted = False
        self.patched: list[str] = []

    async def patch_namespaced_custom_object(self, *args: Any, **_: object) -> dict[str, Any]:  # noqa: ANN401 - any value
        """As the API server applies a JSON patch."""
        for operation in args[-1]:
            if (
                operation["path"] == "/metadata/resourceVersion"
                and operation["value"] != self.version
            ):
                raise ApiException(status=409)
            self.patched.append(operation["path"])
        return READ

    patch_namespaced_custom_object_status = patch_namespaced_custom_object

    async def delete_namespaced_custom_object(
        self,
        *_: object,
        body: Any,  # noqa: ANN401 - any value
        **__: object,
    ) -> dict[str, Any]:
        """As the API server deletes."""
        if body.preconditions.resource_version not in (None, self.version):
            raise ApiException(status=409)
        self.deleted = True
        return READ


def collection(server: Server) -> Collection:
    return Collection(server, "g", "v1", "orders", OwnWrites())  # type: ignore[arg-type]  # as much of it as is used


def written(asked: Coroutine[Any, Any, object]) -> None:
    asyncio.run(asked)


@pytest.mark.parametrize("status", [False, True])
def test_a_write_on_what_was_read_is_made(status: bool) -> None:
    """The object is as it was."""
    server = Server("7")
    written(collection(server).put(READ, "/status", {}, status=status))
    assert server.patched == ["/metadata/resourceVersion", "/status"]


@pytest.mark.parametrize("status", [False, True])
def test_a_write_on_what_was_overtaken_is_refused(status: bool) -> None:
    """Counterexamples 2 and 6: two processes read the same order, and only one may go on from
    it."""
    server = Server("8")
    with pytest.raises(Conflict):
        written(collection(server).put(READ, "/status", {}, status=status))
    assert server.patched == []


def test_only_what_was_read_is_deleted() -> None:
    """A dead claim that somebody took over meanwhile is his."""
    server = Server("8")
    with pytest.raises(Conflict):
        written(collection(server).delete("team", "claim", "7"))
    assert not server.deleted
    written(collection(server).delete("team", "claim", "8"))
    assert server.deleted
