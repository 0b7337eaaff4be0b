"""OSS: the bucket, and the directories that Flink keeps its files in."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import alibabacloud_oss_v2 as oss
from aiohttp import ClientError
from alibabacloud_oss_v2 import aio, exceptions

from flink_workspace_operator.adapters.alibaba.calls import CallObserver, unobserved
from flink_workspace_operator.adapters.alibaba.clock import seconds_ahead
from flink_workspace_operator.adapters.alibaba.connections import Connections
from flink_workspace_operator.adapters.alibaba.credentials import Keys
from flink_workspace_operator.adapters.alibaba.errors import ErrorAnswer, classify
from flink_workspace_operator.adapters.alibaba.oss_sending import OssSender
from flink_workspace_operator.adapters.alibaba.transport import cause_of, proxy_of
from flink_workspace_operator.adapters.sharing import SingleFlights
from flink_workspace_operator.core.facts import failures
from flink_workspace_operator.core.facts.failures import CloudFailure, Garbled
from flink_workspace_operator.core.facts.observed import (
    Absent,
    Bucket,
    BucketElsewhere,
    OssNotActivated,
)
from flink_workspace_operator.settings import Settings

_GET_BUCKET_INFO, _HEAD_OBJECT, _PUT_OBJECT = "oss.GetBucketInfo", "oss.HeadObject", "oss.PutObject"
_LOCATION: Final = re.compile(r"oss-([a-z0-9-]{2,40})")
_ENDPOINT: Final = re.compile(r"oss-([a-z0-9-]{2,40}?)(-internal)?\.aliyuncs\.com")

Operation = Callable[[aio.AsyncClient], Awaitable[Any]]
SeenBucket = Bucket | BucketElsewhere | OssNotActivated | Absent


@dataclass(frozen=True)
class _Wanted:
    """What is asked of a bucket."""

    region: str
    bucket: str
    directories: tuple[str, ...]


class ObjectStorage:
    """Buckets, as one identity sees them.

    What is known of one serves all who ask soon, until we change it.
    """

    def __init__(
        self,
        settings: Settings,
        keys: Keys,
        connections: Connections,
        calls: CallObserver = unobserved,
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._connections = connections
        self._calls = calls
        self._key: Any = None
        self._clients: dict[str, aio.AsyncClient] = {}
        self._max_age = timedelta(seconds=settings.listing_max_age_seconds)
        self._looks: SingleFlights[_Wanted, SeenBucket] = SingleFlights(self._look)

    async def describe_bucket(
        self, region: str, bucket: str, directories: tuple[str, ...]
    ) -> SeenBucket:
        """The bucket, and which of the directories it has. Raises `CloudFailure`."""
        return await self._looks.take(_Wanted(region, bucket, directories), self._max_age)

    async def _look(self, wanted: _Wanted) -> SeenBucket:
        region, bucket = wanted.region, wanted.bucket
        info = await self._send(
            _GET_BUCKET_INFO,
            region,
            lambda client: client.get_bucket_info(oss.GetBucketInfoRequest(bucket=bucket)),
        )
        if isinstance(info, exceptions.ServiceError):
            return _bucket_not_shown(bucket, info)
        location = _read_region(_LOCATION, getattr(info.bucket_info, "location", None))
        if location is None:
            raise Garbled(_GET_BUCKET_INFO, "Location is missing")
        if location != region:
            return BucketElsewhere(bucket, location)
        found = [key for key in wanted.directories if await self._exists(region, bucket, key)]
        return Bucket(bucket, frozenset(found))

    async def create_directory(self, region: str, bucket: str, key: str) -> bool:
        """Write a zero-byte object, never over an existing one. Raises `CloudFailure`.

        OSS ignores the header that forbids it where the bucket keeps versions, so the object is
        looked for first.
        """
        if await self._exists(region, bucket, key):
            return False
        try:
            return await self._write_directory(region, bucket, key)
        finally:  # whatever the answer says, it may have been written
            self._looks.forget(lambda wanted: (wanted.region, wanted.bucket) == (region, bucket))

    async def _write_directory(self, region: str, bucket: str, key: str) -> bool:
        request = oss.PutObjectRequest(bucket=bucket, key=key, body=b"", forbid_overwrite="true")
        written = await self._send(_PUT_OBJECT, region, lambda client: client.put_object(request))
        if isinstance(written, exceptions.ServiceError):
            failure = _failure_of(_PUT_OBJECT, written)
            if isinstance(failure, failures.AlreadyExists):
                return False
            raise failure
        if not written.etag:
            raise Garbled(_PUT_OBJECT, "ETag is missing")
        return True

    async def _exists(self, region: str, bucket: str, key: str) -> bool:
        request = oss.HeadObjectRequest(bucket=bucket, key=key)
        seen = await self._send(_HEAD_OBJECT, region, lambda client: client.head_object(request))
        if not isinstance(seen, exceptions.ServiceError):
            if not seen.etag:
                raise Garbled(_HEAD_OBJECT, "ETag is missing")
            return True
        if seen.code == "NoSuchKey" or _is_bare_404(seen):
            return False
        raise _failure_of(_HEAD_OBJECT, seen)

    async def _send(self, call: str, region: str, operation: Operation) -> Any:  # noqa: ANN401 - the SDK is untyped
        """Ask once: the SDK's result, or OSS's error.

        Raises `CloudFailure` where there is neither.
        """
        clock = asyncio.get_running_loop()
        began = clock.time()
        outcome = await self._attempt(call, region, operation)
        self._calls(call, _failure_in(call, outcome), clock.time() - began)
        if isinstance(outcome, CloudFailure):
            # Out here, so that it carries no trace of the SDK's exception and the texts in it.
            raise outcome
        return outcome

    async def _attempt(self, call: str, region: str, operation: Operation) -> Any:  # noqa: ANN401 - the SDK is untyped
        try:
            async with asyncio.timeout(self._settings.read_timeout_seconds):
                self._key = await self._keys.get_credential_async()
                async with self._connections.opened():
                    return await operation(self._client(region))
        except CloudFailure as failure:
            return failure
        except TimeoutError:
            return failures.Unreachable(call, "DeadlineExceeded")
        except exceptions.OperationError as error:
            return _outcome_of(call, error.unwrap())
        except OSError as error:  # before the SDK was asked: the authorities can't be used
            return _outcome_of(call, error)
        except Exception:  # reading what is no XML throws whatever the parser throws
            return Garbled(call, "Unreadable")

    def _client(self, region: str) -> aio.AsyncClient:
        if region not in self._clients:
            self._clients[region] = aio.AsyncClient(self._config(region))
        return self._clients[region]

    def _config(self, region: str) -> oss.config.Config:
        config = oss.config.load_default()
        config.region = region
        config.credentials_provider = oss.credentials.CredentialsProviderFunc(self._latest_key)
        config.retry_max_attempts = 1
        config.http_client = OssSender(self._connections, self._settings.read_timeout_seconds)
        if self._settings.endpoint is not None:
            config.endpoint = self._settings.endpoint
            config.use_path_style = True
        return config

    def _latest_key(self) -> oss.credentials.Credentials:
        """The SDK asks for it while it signs and cannot wait; it was fetched just before."""
        key = self._key
        return oss.credentials.Credentials(
            key.access_key_id, key.access_key_secret, key.security_token
        )


def _bucket_not_shown(bucket: str, error: Any) -> BucketElsewhere | OssNotActivated | Absent:  # noqa: ANN401 - untyped
    """Why OSS does not show the bucket, where that is known. Raises the failure otherwise."""
    fields = error.error_fileds if isinstance(error.error_fileds, dict) else {}
    if error.code == "AccessDenied" and "Endpoint" in fields:
        return BucketElsewhere(bucket, _read_region(_ENDPOINT, fields["Endpoint"]))
    failure = _failure_of(_GET_BUCKET_INFO, error)
    if isinstance(failure, failures.ServiceNotActivated):
        return OssNotActivated()
    if isinstance(failure, failures.NotFound):
        return Absent()
    raise failure


def _outcome_of(call: str, error: Exception) -> Any:  # noqa: ANN401 - the SDK is untyped
    if isinstance(error, exceptions.ServiceError):
        return error
    if isinstance(error, exceptions.BucketNameInvalidError | exceptions.ObjectNameInvalidError):
        return failures.ParametersRefused(call, "InvalidName")
    if isinstance(error, exceptions.RequestError | exceptions.ResponseError):
        error = error.unwrap() or error
    if isinstance(error, ClientError | OSError):
        return failures.Unreachable(call, cause_of(error), proxy=proxy_of(error))
    return Garbled(call, "Unreadable")


def _is_bare_404(error: Any) -> bool:  # noqa: ANN401 - the SDK is untyped
    """An answer to HEAD has no body; where OSS puts no error document into a header, the 404 is
    all there is.
    """
    is_bare = error.code == "BadErrorResponse" and error.status_code == 404
    return is_bare and bool(error.headers.get("x-oss-request-id"))


def _failure_in(call: str, outcome: Any) -> CloudFailure | None:  # noqa: ANN401 - the SDK is untyped
    """What is told to whoever counts calls; None for an answer."""
    if not isinstance(outcome, exceptions.ServiceError):
        return outcome if isinstance(outcome, CloudFailure) else None
    return (
        failures.NotFound(call, "NoSuchKey")
        if _is_bare_404(outcome)
        else _failure_of(call, outcome)
    )


def _failure_of(call: str, error: Any) -> CloudFailure:  # noqa: ANN401 - the SDK is untyped
    code = None if error.code == "BadErrorResponse" else error.code
    headers, now = {name.lower(): value for name, value in error.headers.items()}, datetime.now(UTC)
    ahead = seconds_ahead(headers, now, now)
    return classify(ErrorAnswer(call, error.status_code, code, error.request_id, ahead=ahead))


def _read_region(pattern: re.Pattern[str], text: object) -> str | None:
    found = pattern.fullmatch(text) if isinstance(text, str) else None
    return found[1] if found else None
