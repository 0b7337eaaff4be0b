"""Whose account it is."""

import asyncio
from datetime import timedelta

from flink_workspace_operator.adapters.alibaba import wire
from flink_workspace_operator.adapters.alibaba.credentials import Keys, NoCredentials
from flink_workspace_operator.adapters.alibaba.products import GET_CALLER_IDENTITY
from flink_workspace_operator.adapters.alibaba.session import Session
from flink_workspace_operator.adapters.alibaba.sharing import SharedLook
from flink_workspace_operator.core.failures import CloudFailure, CredentialsRefused, Unreachable


class Identity:
    """The account behind the key in use. Keys are rotated, but one key never changes its account."""

    def __init__(self, session: Session, keys: Keys, timeout_seconds: float) -> None:
        self._session = session
        self._keys = keys
        self._timeout_seconds = timeout_seconds
        self._accounts: dict[str, SharedLook[str]] = {}

    async def identify(self) -> str:
        """The account id, asked for once for each key. Raises `CloudFailure`."""
        key_id = await self._key_id()
        if isinstance(key_id, CloudFailure):
            raise key_id
        if key_id not in self._accounts:
            self._accounts = {key_id: SharedLook(self._ask)}  # the keys before it are not used again
        return await self._accounts[key_id].take(timedelta.max)

    async def _ask(self) -> str:
        reply = await self._session.call(GET_CALLER_IDENTITY, {})
        return reply.read(wire.Caller).account_id

    async def _key_id(self) -> str | CloudFailure:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                key = await self._keys.get_credential_async()
        except NoCredentials:
            return CredentialsRefused(GET_CALLER_IDENTITY.name, "NoCredentials")
        except TimeoutError:
            return Unreachable(GET_CALLER_IDENTITY.name, "DeadlineExceeded")
        return str(key.access_key_id)
