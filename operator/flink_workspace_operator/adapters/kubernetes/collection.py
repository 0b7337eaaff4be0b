"""One kind of object at the API server, as plain JSON: every read uncached, every write
conditional."""

import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp
from kubernetes.aio import client
from kubernetes.aio.client.exceptions import ApiException
from kubernetes.aio.config import ConfigException

from flink_workspace_operator.core.facts.failures import (
    ClusterRefused,
    ClusterUnreachable,
    Conflict,
    Vanished,
)

FIELD_MANAGER = "flink-workspace-operator"
TIMEOUT_SECONDS = 15.0
PAGE = 200
"""Objects on a page of a kind that only the operator writes.

Reading one blocks the loop for some 10 ms.
"""
PAGE_OF_USERS = 20
"""Objects on a page of a kind that users write: each may have up to 1.5 MB."""
JSON_PATCH = "application/json-patch+json"
PASSING = (408, 410, 429)
"""Codes below 500 that do not refuse the request: too slow, list expired, too many requests."""

Wire = dict[str, Any]
T = TypeVar("T")


class NotUnderstood(ClusterRefused):
    """The API server does not know what it is asked for: it is too old, or a definition is."""


@dataclass
class OwnWrites:
    """Versions that our own writes made: their echoes wake no key. The oldest are forgotten.

    A purchase makes a dozen, and a watch may be late by thousands of purchases.
    """

    _versions: OrderedDict[str, None] = field(default_factory=OrderedDict)
    limit: int = 50_000

    def note(self, wire: Wire) -> None:
        """Remember the version of an object that we wrote."""
        self._versions[str(wire.get("metadata", {}).get("resourceVersion"))] = None
        while len(self._versions) > self.limit:
            self._versions.popitem(last=False)

    def __contains__(self, resource_version: str) -> bool:
        return resource_version in self._versions


@dataclass(frozen=True)
class Collection:
    """All objects of one kind. Raises `ClusterFailure`, and nothing else."""

    api: client.CustomObjectsApi
    group: str
    version: str
    plural: str
    own_writes: OwnWrites
    page: int = PAGE
    """Objects in one page of a list."""

    async def get(self, namespace: str, name: str) -> Wire | None:
        """One object; None if there is none."""
        try:
            return await _wire(
                self.api.get_namespaced_custom_object(
                    self.group,
                    self.version,
                    namespace,
                    self.plural,
                    name,
                    _request_timeout=TIMEOUT_SECONDS,
                )
            )
        except Vanished:
            return None

    async def select(self, namespace: str, field_selector: str) -> list[Wire]:
        """The objects of a namespace that a field selector chooses, which are few.

        Raises `NotUnderstood` too.

        In one answer: where pages are asked for, an API server of some age reads all there are to
        fill one.
        """
        chosen: dict[str, Any] = {
            "field_selector": field_selector,
            "_request_timeout": TIMEOUT_SECONDS,
        }
        page = await _wire_of_place(
            self.api.list_namespaced_custom_object(
                self.group, self.version, namespace, self.plural, **chosen
            )
        )
        items: list[Wire] = page["items"]
        return items

    async def list(
        self, namespace: str | None = None, label_selector: str | None = None
    ) -> AsyncIterator[Wire]:
        """All objects of a namespace, or of all, page by page of one consistent snapshot."""
        token = None
        while True:
            page = await _wire_of_place(self._page(namespace, label_selector, token))
            for item in page["items"]:
                yield item
            token = page["metadata"].get("continue")
            if not token:
                return

    def _page(
        self, namespace: str | None, label_selector: str | None, token: str | None
    ) -> Awaitable[object]:
        kind = (self.group, self.version)
        asked = {"label_selector": label_selector, "limit": self.page, "_continue": token}
        wait: dict[str, Any] = {**asked, "_request_timeout": TIMEOUT_SECONDS}
        if namespace is None:
            return self.api.list_cluster_custom_object(*kind, self.plural, **wait)
        return self.api.list_namespaced_custom_object(*kind, namespace, self.plural, **wait)

    async def create(self, namespace: str, body: Wire) -> Wire:
        """Create an object; Conflict if it exists, ClusterRefused if its namespace does not."""
        return self._noted(
            await _wire_of_place(
                self.api.create_namespaced_custom_object(
                    self.group,
                    self.version,
                    namespace,
                    self.plural,
                    body,
                    field_manager=FIELD_MANAGER,
                    _request_timeout=TIMEOUT_SECONDS,
                )
            )
        )

    async def put(self, read: Wire, path: str, value: object, *, status: bool = False) -> Wire:
        """Replace what is at `path` (a JSON pointer); Conflict unless the object is as it was
        read."""
        return await self.replace(read, {path: value}, status=status)

    async def replace(
        self, read: Wire, changes: Mapping[str, object], *, status: bool = False
    ) -> Wire:
        """Replace what is at several paths, all or nothing; Conflict unless the object is as it was
        read."""
        metadata = read["metadata"]
        place = [metadata["namespace"]] if "namespace" in metadata else []
        # Naming the version that was read makes the API server compare: a mismatch is a 409.
        lock = {
            "op": "replace",
            "path": "/metadata/resourceVersion",
            "value": metadata["resourceVersion"],
        }
        return self._noted(
            await _wire(
                self._patch(in_namespace=bool(place), status=status)(
                    self.group,
                    self.version,
                    *place,
                    self.plural,
                    metadata["name"],
                    [
                        lock,
                        *(
                            {"op": "add", "path": path, "value": value}
                            for path, value in changes.items()
                        ),
                    ],
                    field_manager=FIELD_MANAGER,
                    _content_type=JSON_PATCH,
                    _request_timeout=TIMEOUT_SECONDS,
                )
            )
        )

    def _patch(self, *, in_namespace: bool, status: bool) -> Callable[..., Awaitable[object]]:
        if in_namespace:
            return (
                self.api.patch_namespaced_custom_object_status
                if status
                else self.api.patch_namespaced_custom_object
            )
        return (
            self.api.patch_cluster_custom_object_status
            if status
            else self.api.patch_cluster_custom_object
        )

    async def delete(self, namespace: str, name: str, resource_version: str) -> None:
        """Delete an object, if it is as it was read; fine if it is gone."""
        condition = client.V1Preconditions(resource_version=resource_version)
        try:
            await _wire(
                self.api.delete_namespaced_custom_object(
                    self.group,
                    self.version,
                    namespace,
                    self.plural,
                    name,
                    body=client.V1DeleteOptions(preconditions=condition),
                    _request_timeout=TIMEOUT_SECONDS,
                )
            )
        except Vanished:
            return

    def _noted(self, wire: Wire) -> Wire:
        self.own_writes.note(wire)
        return wire


async def answer(call: Awaitable[T]) -> T:
    """The API server's answer; any error becomes a `ClusterFailure`."""
    try:
        return await call
    except ApiException as error:
        raise _translated(error) from error
    except (
        TimeoutError,
        aiohttp.ClientError,
        OSError,
        ConfigException,
    ) as error:  # the last: half a token file
        raise ClusterUnreachable(
            f"the API server{_address(error)} did not answer ({type(error).__name__})"
        ) from error


def _address(error: Exception) -> str:
    """The address of a connection that failed, for a message: KUBECONFIG may name a wrong one."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return f" at {error.host}:{error.port}"
    return ""


async def _wire(call: Awaitable[object]) -> Wire:
    answered = await answer(call)
    if not isinstance(answered, dict):
        raise ClusterUnreachable("the API server answered what is no object")
    return answered


async def _wire_of_place(call: Awaitable[object]) -> Wire:
    """The answer to a call that names no object: a 404 means the kind or namespace is missing."""
    try:
        return await _wire(call)
    except Vanished as missing:
        raise ClusterRefused(f"{missing}, so the namespace or the CRD is missing") from missing


def _translated(error: ApiException) -> Exception:
    said = f"the API server answered {error.status} {error.reason} (“{_message(error)}”)"
    if error.status == 409:
        return Conflict(said)
    if error.status == 404:
        return Vanished(said)
    if error.status in PASSING or not 400 <= (error.status or 0) < 500:
        return ClusterUnreachable(said)
    return NotUnderstood(said) if error.status == 400 else ClusterRefused(said)


def _message(error: ApiException) -> str:
    """The API server's sentence on a refusal: a message of our CEL rules, or a missing right."""
    body = str(error.body or "")
    with suppress(ValueError, AttributeError):
        body = str(json.loads(body).get("message") or body)
    return " ".join(body.split())[:500]
