"""The operator's report, published for people: written when it changes, and never in the way."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from flink_workspace_operator import __version__
from flink_workspace_operator.adapters.alibaba.own_calls import OwnCalls
from flink_workspace_operator.adapters.alibaba.products import hosts
from flink_workspace_operator.adapters.alibaba.proxy import proxies_in
from flink_workspace_operator.core.facts.failures import ClusterFailure
from flink_workspace_operator.core.operator_report import OperatorFacts, Process, text_of
from flink_workspace_operator.runtime.orphan_watch import OrphanWatch
from flink_workspace_operator.settings import Settings

log = logging.getLogger(__name__)

SECONDS = 5.0
"""Seconds from one comparison to the next, and so at least between two writes."""


def process_of(settings: Settings, leader: str, cluster_id: str) -> Process:
    """The facts of this process."""
    proxies = tuple(proxies_in(os.environ))
    return Process(__version__, leader, cluster_id, settings, hosts(settings.endpoint), proxies)


def facts_of(process: Process, watch: OrphanWatch, own_calls: OwnCalls) -> OperatorFacts:
    """All that is known at this moment. The clock counts in whole seconds: fractions differ from
    call to call."""
    ahead = None if own_calls.ahead is None else int(own_calls.ahead)
    return OperatorFacts(process, watch.surveyed, watch.failure, own_calls.actions, ahead)


@dataclass
class Publishing:
    """`facts` gathers what is known at this moment, without I/O; `write` replaces the report."""

    facts: Callable[[], OperatorFacts]
    write: Callable[[str], Awaitable[None]]
    seconds: float = SECONDS
    _written: OperatorFacts | None = None
    _problem: str = ""

    async def keep_publishing(self) -> None:
        """Publish for as long as the process leads, whatever fails."""
        while True:
            try:
                await self.publish()
            except Exception:  # no purchase depends on it: a bug in it must not end it for good
                log.exception("the report was not published")
            await asyncio.sleep(self.seconds)

    async def publish(self) -> None:
        """Write the report if anything changed. Not before a survey has ended: until then the
        report of the former leader says more."""
        facts = self.facts()
        if facts == self._written or (facts.surveyed is None and facts.failure is None):
            return
        try:
            await self.write(text_of(facts))
        except ClusterFailure as failure:
            self._tell(f"the report was not published: {failure}")
            return
        self._written, self._problem = facts, ""

    def _tell(self, problem: str) -> None:
        """Log a problem once, not every few seconds."""
        if problem != self._problem:
            log.warning("%s", problem)
        self._problem = problem
