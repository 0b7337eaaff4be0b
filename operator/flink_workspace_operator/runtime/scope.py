"""The managed namespaces: all, or those of the listed ones in which no right is missing.

A refused watch would end the process, and with it the work in all other namespaces. So rights are
checked first, and a namespace without them is left out and logged. Once it has them the process
ends, to begin anew.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from flink_workspace_operator.core.facts.failures import ClusterFailure, ClusterRefused

log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0


@dataclass
class Scope:
    """The listed namespaces; None: all of the cluster."""

    listed: tuple[str, ...] | None
    missing: Callable[[str], Awaitable[str]]
    """The missing rights in a namespace; empty if none. Raises `ClusterFailure`."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _logged: dict[str, str] = field(default_factory=dict)
    """Missing rights by namespace, as logged last."""

    async def settle(self) -> tuple[str, ...] | None:
        """The namespaces to watch; None: all. Raises `ClusterFailure`, also if there is none."""
        if self.listed is None:
            return None
        served = await self._served(self.listed)
        if not served:
            raise ClusterRefused(
                "there is no listed namespace in which the operator has all the rights that it"
                " needs"
            )
        log.info("looking after the namespaces %s", ", ".join(served))
        return served

    async def keep_looking(self, served: tuple[str, ...] | None) -> None:
        """Return once there are other namespaces to watch than these; never, if all are watched."""
        while True:
            await self.sleep(LOOK_SECONDS)
            try:
                changed = self.listed is not None and await self._served(self.listed) != served
            except ClusterFailure as failure:
                log.warning("what may be done in which namespace is not known: %s", failure)
                continue
            if changed:
                log.warning(
                    "rights in namespaces came or went: the process ends, to begin anew with what"
                    " there is now"
                )
                return

    async def _served(self, listed: tuple[str, ...]) -> tuple[str, ...]:
        """The listed namespaces in which no right is missing."""
        missing = {namespace: await self.missing(namespace) for namespace in listed}
        self._log_missing({namespace: rights for namespace, rights in missing.items() if rights})
        return tuple(namespace for namespace, rights in missing.items() if not rights)

    def _log_missing(self, missing: dict[str, str]) -> None:
        """Log missing rights, once until they change."""
        for namespace, rights in missing.items():
            if self._logged.get(namespace) != rights:
                log.error(
                    "namespace %s is left out: the operator may not %s there; bind the ClusterRole"
                    " flink-workspace-operator in it by a RoleBinding",
                    namespace,
                    rights,
                )
        self._logged = missing
