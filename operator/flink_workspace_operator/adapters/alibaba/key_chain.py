"""The operator's own access key: fetched from the first source that has one, and used until it
really ends.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from alibabacloud_credentials.models import CredentialModel

from flink_workspace_operator.adapters.alibaba.calls import CallObserver
from flink_workspace_operator.adapters.alibaba.key_sources import CALL, Source, failure_of
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.key_failures import CredentialsRefused

RENEW_BEFORE: Final = 15 * 60.0
"""Seconds before its end at which another key is asked for, as the SDK does."""
PAUSE: Final = 30.0
"""Seconds between two tries while the key in hand is good: each may keep all calls waiting."""
FETCH_SECONDS: Final = 6.0
"""How long one source may take.

Two such waits in a row still fit into the wait for a call's answer.
"""


@dataclass(frozen=True)
class Held:
    """A key in hand, in seconds of the epoch. `ends` None: it does not end."""

    key: CredentialModel = field(repr=False)
    ends: float | None
    since: float
    renew_at: float


class KeyChain:
    """The first source that has a key is asked from then on, and no other.

    `clock` gives seconds of the epoch.
    """

    def __init__(
        self,
        places: tuple[Source, ...],
        clock: Callable[[], float] = time.time,
        seconds: float = FETCH_SECONDS,
    ) -> None:
        self._sources = places
        self._clock = clock
        self._seconds = seconds
        self._used: Source | None = None
        self._held: Held | None = None
        self._lasting: dict[Source, Any] = {}
        """The SDK's providers of keys without a known end: they know themselves when to read
        again.
        """

    async def get_credential_async(self) -> CredentialModel:
        """The key. Raises `CloudFailure`. One fetch at a time: its callers see to that."""
        held, now = self._held, self._clock()
        if held is not None and now < held.renew_at:
            return held.key
        outcome = await self._fetch()
        if isinstance(outcome, Held):
            self._held = outcome if outcome.ends is not None else None
            return outcome.key
        if held is None or held.ends is None or self._clock() >= held.ends:
            raise outcome
        self._held = replace(held, renew_at=min(held.ends, self._clock() + PAUSE))
        return held.key

    def hearing(self, calls: CallObserver) -> CallObserver:
        """The same observer.

        Where the cloud does not take a key, another one is fetched before this one ends.

        It may have been taken away, or this node's clock may be behind the cloud's.
        """

        def hear(
            call: str, failure: CloudFailure | None, seconds: float, ahead: float | None = None
        ) -> None:
            if isinstance(failure, CredentialsRefused) and failure.fate != "NothingSent":
                self._doubt()
            calls(call, failure, seconds, ahead)

        return hear

    def _doubt(self) -> None:
        held = self._held
        if held is not None:
            self._held = replace(held, renew_at=min(held.renew_at, held.since + PAUSE))

    async def _fetch(self) -> Held | CloudFailure:
        for source in self._sources if self._used is None else (self._used,):
            outcome = await self._ask(source)
            if isinstance(outcome, Held):
                self._used = source
                return outcome
            if outcome is not None and (source.required or source is self._used):
                return outcome
        return CredentialsRefused(CALL, "NoCredentials", fate="NothingSent", configured=False)

    async def _ask(self, source: Source) -> Held | CloudFailure | None:
        """A new provider for each key that ends: the SDK's own memory would drop a good key, or
        keep one that ended.
        """
        try:
            provider = self._lasting.pop(source, None) or source.open()
            async with asyncio.timeout(self._seconds):
                given = await provider.get_credentials_async()
        except Exception as error:  # the providers raise whatever they meet
            return failure_of(source, error)
        ends = given.get_expiration()
        if ends is None:
            self._lasting[source] = provider
        return self._held_until(ends, _model_of(given))

    def _held_until(self, ends: float | None, key: CredentialModel) -> Held:
        now = self._clock()
        renew_at = now if ends is None else min(ends, max(ends - RENEW_BEFORE, now + PAUSE))
        return Held(key, ends, now, renew_at)


def _model_of(given: Any) -> CredentialModel:  # noqa: ANN401 - the SDK is untyped
    return CredentialModel(
        access_key_id=given.get_access_key_id(),
        access_key_secret=given.get_access_key_secret(),
        security_token=given.get_security_token(),
        type="default",
        provider_name=f"default/{given.get_provider_name()}",
    )
