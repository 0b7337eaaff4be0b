"""Whose account it is, and keys that are held to one account."""

import asyncio
from datetime import timedelta

from alibabacloud_credentials.models import CredentialModel

from flink_workspace_operator.adapters.alibaba import wire
from flink_workspace_operator.adapters.alibaba.credentials import FetchedKey, Keys
from flink_workspace_operator.adapters.alibaba.products import GET_CALLER_IDENTITY
from flink_workspace_operator.adapters.alibaba.session import Session
from flink_workspace_operator.adapters.sharing import SingleFlight
from flink_workspace_operator.core.facts.failures import CloudFailure, CredentialsRefused
from flink_workspace_operator.core.facts.identity import Caller
from flink_workspace_operator.core.facts.key_failures import KeyUnavailable


class Identity:
    """The account behind the key in use. Keys are rotated, but one key never changes its account.

    `seconds`: how long the fetch of a key may take.
    """

    def __init__(self, session: Session, keys: Keys, seconds: float) -> None:
        self._session = session
        self._keys = keys
        self._seconds = seconds
        self._callers: dict[str, SingleFlight[Caller]] = {}

    async def identify(self) -> tuple[Caller, CredentialModel]:
        """The caller, asked for once for each key, and the key. Raises `CloudFailure`."""
        key = await self._fetch()
        if isinstance(key, CloudFailure):
            raise key
        key_id = str(key.access_key_id)
        if key_id not in self._callers:
            self._callers = {
                key_id: SingleFlight(lambda: self._ask(key))
            }  # the keys before it are not used again
        return await self._callers[key_id].take(timedelta.max), key

    async def _ask(self, key: CredentialModel) -> Caller:
        reply = await self._session.signed_with(FetchedKey(key)).call(GET_CALLER_IDENTITY, {})
        told = reply.read(wire.Caller)
        return Caller(told.account_id, told.arn)

    async def _fetch(self) -> CredentialModel | CloudFailure:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._keys.get_credential_async()
        except CloudFailure as failure:
            return failure
        except TimeoutError:
            return KeyUnavailable(
                GET_CALLER_IDENTITY.name, "DeadlineExceeded", why="it took too long"
            )


class AccountGuard:
    """The key in use as long as it is one of this account.

    Whoever gives out keys may give one of another account from one call to the next. What is absent
    there says nothing about this account, and a purchase there would be a second one.
    """

    def __init__(self, identity: Identity, account_id: str) -> None:
        self._identity = identity
        self._account_id = account_id

    async def get_credential_async(self) -> CredentialModel:
        """The key. Raises `CloudFailure`."""
        caller, key = await self._identity.identify()
        if caller.account_id != self._account_id:
            raise CredentialsRefused(GET_CALLER_IDENTITY.name, "AccountChanged", fate="NothingSent")
        return key
