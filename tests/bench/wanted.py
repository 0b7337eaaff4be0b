"""Workspaces as a user applies them: the sample under many names, spread over namespaces."""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

import yaml

from flink_local.trial import SAMPLES
from flink_workspace_operator.adapters.kubernetes.collection import JSON_PATCH
from flink_workspace_operator.api.names import GROUP, ORDERS, VERSION, WORKSPACES
from tests.bench.stage import Stage

SAMPLE: Final[dict[str, Any]] = yaml.safe_load((SAMPLES / "pay-as-you-go.yaml").read_text())
WAVE: Final = "wave"
"""Label of those that were applied together."""
IN_FLIGHT: Final = 32
"""Requests of ours at once, wherever many are made."""

T = TypeVar("T")
R = TypeVar("R")


def manifest(name: str, wave: str) -> dict[str, Any]:
    """The sample under another name, as one of a wave."""
    return {**copy.deepcopy(SAMPLE), "metadata": {"name": name, "labels": {WAVE: wave}}}


async def apply(
    stage: Stage, wave: str, number: int, namespaces: Sequence[str] | None = None
) -> list[tuple[str, str]]:
    """Create so many, the namespaces in turn. Gives where and under which name."""
    among = namespaces or stage.namespaces
    places = [(among[each % len(among)], f"{wave}-{each:05}") for each in range(number)]

    async def create(place: tuple[str, str]) -> None:
        body = manifest(place[1], wave)
        await stage.custom.create_namespaced_custom_object(
            GROUP, VERSION, place[0], WORKSPACES, body
        )

    await side_by_side(create, places)
    return places


async def side_by_side(
    act: Callable[[T], Awaitable[R]], each: Iterable[T], in_flight: int = IN_FLIGHT
) -> list[R]:
    """Do it with each, so many at once."""
    places = asyncio.Semaphore(in_flight)

    async def one(item: T) -> R:
        async with places:
            return await act(item)

    return await asyncio.gather(*(one(item) for item in each))


def condition(workspace: dict[str, Any], kind: str) -> dict[str, Any]:
    """A condition of a stored workspace; empty where it is not told yet."""
    told = workspace.get("status", {}).get("conditions", [])
    return next((each for each in told if each["type"] == kind), {})


async def stored(stage: Stage, wave: str) -> list[dict[str, Any]]:
    """All workspaces of a wave. The others are not read, or reading them would be what is
    measured."""
    asked: dict[str, Any] = {"label_selector": f"{WAVE}={wave}"}
    listed: Any = await stage.custom.list_cluster_custom_object(GROUP, VERSION, WORKSPACES, **asked)
    items: list[dict[str, Any]] = listed["items"]
    return items


async def count(stage: Stage) -> int:
    """How many workspaces there are."""
    listed: Any = await stage.custom.list_cluster_custom_object(GROUP, VERSION, WORKSPACES, limit=1)
    return len(listed["items"]) + int(listed["metadata"].get("remainingItemCount", 0))


async def clear(stage: Stage, namespace: str) -> None:
    """Remove all resources and orders of a namespace, whatever holds them. The operator does not
    run."""
    for plural in (WORKSPACES, ORDERS):
        listed: Any = await stage.custom.list_namespaced_custom_object(
            GROUP, VERSION, namespace, plural
        )

        async def remove(name: str, plural: str = plural) -> None:
            where = (GROUP, VERSION, namespace, plural, name)
            held_by_nobody = [{"op": "add", "path": "/metadata/finalizers", "value": []}]
            await stage.custom.patch_namespaced_custom_object(
                *where, held_by_nobody, _content_type=JSON_PATCH
            )
            await stage.custom.delete_namespaced_custom_object(*where)

        await side_by_side(remove, [each["metadata"]["name"] for each in listed["items"]])


async def ready(stage: Stage, wave: str) -> int:
    """How many of a wave are Ready."""
    return sum(
        condition(each, "Ready").get("status") == "True" for each in await stored(stage, wave)
    )
