"""Where the operator's own access key comes from: the official SDK's sources, in the order of its
chain.

The chain itself tells nobody why it has no key, drops a good key 15 minutes before its end when no
other can be had, and goes on to the node's identity when STS does not answer once. So its sources
are asked here, one by one, and which they are can be chosen.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import ClientError
from alibabacloud_credentials import provider as sdk
from alibabacloud_credentials.utils import auth_util

from flink_workspace_operator.adapters.alibaba.errors import ErrorAnswer, classify
from flink_workspace_operator.adapters.alibaba.transport import cause_of
from flink_workspace_operator.core.facts.failures import CloudFailure, NoAnswer, Throttled
from flink_workspace_operator.core.facts.key_failures import KeyRefused, KeyUnavailable
from flink_workspace_operator.settings import Identity

CALL: Final = "credentials.Fetch"
"""What failures name in place of a call."""


class NotGiven(Exception):
    """A source answered with another HTTP status than 200.

    Has no text: an answer might hold a key.
    """

    def __init__(self, status: int, code: object) -> None:
        super().__init__()
        self.status = status
        self.code = code


@dataclass(frozen=True)
class Source:
    """One place that may have a key. `name` is for people.

    `required`: it is set up, so where it fails no other is asked: that would be another identity.
    `asks`: it asks somebody by HTTP; else it reads what is on this machine.
    """

    name: str
    open: Callable[[], Any]
    required: bool = True
    asks: bool = True


KEY: Final = Source("the environment", sdk.EnvironmentVariableCredentialsProvider, asks=False)


def sources(identity: Identity | None = None) -> tuple[Source, ...]:
    """The sources of the identity that was chosen, else those of the SDK's chain that are set up.

    The node's is there only by choice: whatever runs on a node may be of another account, or may do
    more.
    """
    if identity == "key":
        return (KEY,)
    if identity == "rrsa":
        return _rrsa()
    if identity == "node":
        return _node()
    found = (
        KEY,
        *_rrsa(),
        Source("the profile of the command line", sdk.CLIProfileCredentialsProvider, asks=False),
        Source("the profile", sdk.ProfileCredentialsProvider, asks=False),
    )
    if not auth_util.environment_credentials_uri:
        return found
    return (*found, Source("ALIBABA_CLOUD_CREDENTIALS_URI", sdk.URLCredentialsProvider))


def _rrsa() -> tuple[Source, ...]:
    return (Source("STS", _role_by_oidc),) if auth_util.enable_oidc_credential else ()


def _node() -> tuple[Source, ...]:
    if auth_util.environment_ecs_metadata_disabled.lower() == "true":
        return ()
    return (Source("the metadata service of ECS", _role_of_node),)


def _role_by_oidc() -> Any:  # noqa: ANN401 - the SDK is untyped
    """The SDK takes the endpoint as an argument only; ACK's webhook sets the variable."""
    return sdk.OIDCRoleArnCredentialsProvider(
        sts_endpoint=os.environ.get("ALIBABA_CLOUD_STS_ENDPOINT")
    )


def _role_of_node() -> Any:  # noqa: ANN401 - the SDK is untyped
    """Without the SDK's own thread, which would ask by a sender that follows redirects."""
    return sdk.EcsRamRoleCredentialsProvider(async_update_enabled=False)


def failure_of(source: Source, error: Exception) -> CloudFailure | None:
    """Why there is no key, in words of ours; None where the source is not set up.

    By class, status and code alone: a text of the SDK's may hold an answer with keys, or a token.
    """
    if isinstance(error, NotGiven):
        return _not_given(source, error)
    if isinstance(error, ClientError):
        return _unavailable(cause_of(error), f"{source.name} did not answer")
    if isinstance(error, TimeoutError):
        return _unavailable("DeadlineExceeded", f"{source.name} did not answer in time")
    if not source.asks:
        return None
    if isinstance(error, FileNotFoundError):
        return _unavailable("TokenFileMissing", "the token file does not exist")
    if isinstance(error, OSError):
        return _unavailable("TokenFileUnreadable", "the token file can't be read")
    return _unavailable("Unreadable", f"{source.name} answered what makes no sense")


def _not_given(source: Source, answer: NotGiven) -> CloudFailure:
    failure = classify(ErrorAnswer(CALL, answer.status, answer.code))
    if isinstance(failure, Throttled) or answer.status == 429:
        return _unavailable(failure.code, f"{source.name} was asked too often")
    # Only STS says by a code that it was STS who refused: another answer may be of something on the
    # way.
    refused = 400 <= answer.status < 500 and source.name != "STS"
    if isinstance(failure, NoAnswer) and not refused:
        return _unavailable(failure.code, f"{source.name} gave no usable answer")
    return KeyRefused(CALL, failure.code, giver=source.name)


def _unavailable(code: str, why: str) -> KeyUnavailable:
    return KeyUnavailable(CALL, code, why=why)
