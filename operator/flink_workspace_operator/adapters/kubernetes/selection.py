"""Objects of a namespace that one field of their spec chooses, out of a kind that is kept for ever.

The API server is asked for them by the field, which never changes. One that does not know how to,
as before Kubernetes 1.31, refuses, and is asked for all of the namespace from then on.
"""

import logging
from collections.abc import AsyncIterator

from flink_workspace_operator.adapters.kubernetes.collection import Collection, NotUnderstood, Wire

log = logging.getLogger(__name__)


class Selection:
    """Reads them, uncached."""

    def __init__(self, collection: Collection, field: str) -> None:
        self._collection = collection
        self._field = field
        self._selects = True

    async def of(self, namespace: str, value: str) -> AsyncIterator[Wire]:
        """The objects with this value, and others: whoever ignores the selector gives all of the
        namespace. Raises `ClusterFailure`."""
        selected = await self._select(namespace, value) if self._selects else None
        if selected is None:
            async for wire in self._collection.list(namespace):
                yield wire
        else:
            for wire in selected:
                yield wire

    async def _select(self, namespace: str, value: str) -> list[Wire] | None:
        """None if the API server does not know how to."""
        try:
            return await self._collection.select(namespace, f"{self._field}={value}")
        except NotUnderstood as refusal:
            self._selects = False
            log.info(
                "%s are listed by namespace, which takes longer with each: %s",
                self._collection.plural,
                refusal,
            )
            return None
