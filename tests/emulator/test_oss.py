"""OSS of the emulator, driven by the official SDK."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager
from hashlib import md5

import alibabacloud_oss_v2 as oss
import pytest
from alibabacloud_oss_v2.aio import AsyncClient

from tests.emulator.clients import oss_config
from tests.emulator.tokens import temporary_key
from tests.emulator_fixture import EmulatedAccount

BUCKET = "flink-data"
DIRECTORY = "artifacts/"


@pytest.fixture
async def client(account: EmulatedAccount) -> AsyncIterator[AsyncClient]:
    """A client for cn-hangzhou, where the account has a bucket."""
    account.control.state({"buckets": [{"name": BUCKET, "region": "cn-hangzhou"}]})
    async with AsyncClient(oss_config(account)) as client:
        yield client


def put(
    client: AsyncClient, key: str = DIRECTORY, body: bytes = b"", **more: object
) -> Awaitable[oss.PutObjectResult]:
    result: Awaitable[oss.PutObjectResult] = client.put_object(
        oss.PutObjectRequest(BUCKET, key, body=body, **more)
    )
    return result


def head(
    client: AsyncClient, key: str = DIRECTORY, bucket: str = BUCKET
) -> Awaitable[oss.HeadObjectResult]:
    result: Awaitable[oss.HeadObjectResult] = client.head_object(oss.HeadObjectRequest(bucket, key))
    return result


def info(client: AsyncClient, bucket: str = BUCKET) -> Awaitable[oss.GetBucketInfoResult]:
    result: Awaitable[oss.GetBucketInfoResult] = client.get_bucket_info(
        oss.GetBucketInfoRequest(bucket)
    )
    return result


async def error_of(call: Awaitable[object]) -> oss.exceptions.ServiceError:
    with pytest.raises(oss.exceptions.OperationError) as caught:
        await call
    error = caught.value.unwrap()
    assert isinstance(error, oss.exceptions.ServiceError)
    return error


async def refusal(call: Awaitable[object]) -> tuple[int, str]:
    error = await error_of(call)
    return error.status_code, error.code


async def test_a_bucket_tells_where_it_is(client: AsyncClient) -> None:
    """Location is `oss-<region>`; Versioning is absent where it was never on."""
    bucket = (await info(client)).bucket_info
    assert (bucket.name, bucket.location, bucket.versioning) == (BUCKET, "oss-cn-hangzhou", None)
    assert bucket.extranet_endpoint == "oss-cn-hangzhou.aliyuncs.com"


async def test_a_directory_is_made_and_found(client: AsyncClient) -> None:
    """A directory is an empty object whose key ends in a slash; its checksum is 0."""
    assert await refusal(head(client)) == (404, "NoSuchKey")
    assert (await put(client)).hash_crc64 == "0"
    assert (await head(client)).content_length == 0


@pytest.mark.parametrize("key", ["x.txt", "a b+ü~!/(1)*'", "logs/2026/11"])
async def test_what_was_written_is_read(client: AsyncClient, key: str) -> None:
    """Body and content type survive, whatever the key looks like in the URL."""
    await put(client, key, b"hello", content_type="text/plain")
    answer = await client.get_object(oss.GetObjectRequest(BUCKET, key))
    assert await answer.body.read() == b"hello"
    assert ((await head(client, key)).content_length, answer.content_type) == (5, "text/plain")


async def test_a_connection_survives_chunked_uploads(client: AsyncClient) -> None:
    """Many calls in a row on one connection: every chunked body is read to its end."""
    for number in range(5):
        await put(client, f"{number}", b"x" * 70_000)
        assert (await head(client, f"{number}")).content_length == 70_000


async def test_keys_are_listed_page_by_page(client: AsyncClient) -> None:
    """ListObjectsV2 goes in order of the keys and says where to go on."""
    for key in ("logs/", "artifacts/", "logs/ü x"):
        await put(client, key)
    first = await client.list_objects_v2(oss.ListObjectsV2Request(BUCKET, max_keys=2))
    token = first.next_continuation_token
    second = await client.list_objects_v2(
        oss.ListObjectsV2Request(BUCKET, max_keys=2, continuation_token=token)
    )
    assert [entry.key for entry in first.contents + second.contents] == [
        "artifacts/",
        "logs/",
        "logs/ü x",
    ]
    assert (first.is_truncated, second.is_truncated) == (True, False)
    only_logs = await client.list_objects_v2(oss.ListObjectsV2Request(BUCKET, prefix="logs/"))
    assert only_logs.key_count == 2


async def test_overwriting_can_be_forbidden(client: AsyncClient) -> None:
    """The first upload succeeds, the second is FileAlreadyExists and changes nothing."""
    await put(client, "x", b"one", forbid_overwrite=True)
    error = await error_of(put(client, "x", b"second", forbid_overwrite=True))
    assert (error.status_code, error.code, error.ec) == (409, "FileAlreadyExists", "0026-00000002")
    assert (await head(client, "x")).content_length == 3


@pytest.mark.parametrize("versioning", ["Enabled", "Suspended"])
async def test_a_versioned_bucket_ignores_the_ban(
    account: EmulatedAccount, client: AsyncClient, versioning: str
) -> None:
    """There the same upload writes once more."""
    account.control.state(
        {"buckets": [{"name": BUCKET, "region": "cn-hangzhou", "versioning": versioning}]}
    )
    assert (await info(client)).bucket_info.versioning == versioning
    await put(client, "x", b"one", forbid_overwrite=True)
    await put(client, "x", b"second", forbid_overwrite=True)
    assert (await head(client, "x")).content_length == 6


async def test_a_missing_bucket_is_its_own_error(client: AsyncClient) -> None:
    """NoSuchBucket in the body, and for HEAD in the header x-oss-err."""
    assert await refusal(info(client, "not-there")) == (404, "NoSuchBucket")
    assert await refusal(head(client, bucket="not-there")) == (404, "NoSuchBucket")


async def test_a_bucket_elsewhere_names_its_endpoint(
    account: EmulatedAccount, client: AsyncClient
) -> None:
    """A call signed for another region than the bucket's is AccessDenied with the right
    Endpoint."""
    async with AsyncClient(oss_config(account, "cn-beijing")) as elsewhere:
        for call in (info(elsewhere), head(elsewhere), put(elsewhere)):
            error = await error_of(call)
            assert (error.status_code, error.code) == (403, "AccessDenied")
            assert error.error_fileds["Endpoint"] == "oss-cn-hangzhou.aliyuncs.com"
    assert await refusal(head(client)) == (404, "NoSuchKey")


async def test_oss_may_not_be_opened(account: EmulatedAccount, client: AsyncClient) -> None:
    """Then every call is UserDisable."""
    account.control.state({"ossOpened": False})
    for call in (info(client), head(client), put(client)):
        assert await refusal(call) == (403, "UserDisable")


async def test_a_bucket_without_retention_says_so(account: EmulatedAccount) -> None:
    """GetBucketWorm, which only the synchronous client has, is 404 without a policy."""
    account.control.state({"buckets": [{"name": BUCKET, "region": "cn-hangzhou"}]})
    with pytest.raises(oss.exceptions.OperationError) as caught:
        await get_worm(account)
    assert caught.value.unwrap().code == "NoSuchWORMConfiguration"


async def test_retention_protects_what_is_there(
    account: EmulatedAccount, client: AsyncClient
) -> None:
    """New objects can be written to a bucket with a retention policy, but not replaced."""
    account.control.state(
        {"buckets": [{"name": BUCKET, "region": "cn-hangzhou", "retentionDays": 30}]}
    )
    worm = (await get_worm(account)).worm_configuration
    assert (worm.state, worm.retention_period_in_days) == ("Locked", 30)
    await put(client)
    assert await refusal(put(client)) == (409, "FileImmutable")


async def test_wrong_keys_are_refused(account: EmulatedAccount, client: AsyncClient) -> None:
    """An unknown key, a wrong secret and a disabled key; HEAD tells the same as GET."""
    async with client_with(account, "nobody", "secret") as unknown:
        assert await refusal(info(unknown)) == (403, "InvalidAccessKeyId")
        assert await refusal(head(unknown)) == (403, "InvalidAccessKeyId")
    async with client_with(account, account.access_key_id, "wrong") as forged:
        assert await refusal(put(forged)) == (403, "SignatureDoesNotMatch")
    account.control.state(
        {
            "accessKeys": [
                {"id": account.access_key_id, "secret": account.access_key_secret, "active": False}
            ]
        }
    )
    assert await refusal(info(client)) == (403, "InvalidAccessKeyId")


async def test_a_temporary_key_needs_its_token(
    account: EmulatedAccount, client: AsyncClient
) -> None:
    """And no longer than it is good. A permanent key has none."""
    key, other = temporary_key(account), temporary_key(account)
    async with client_with(account, key.id, key.secret, key.token) as temporary:
        await put(temporary)
        assert (await head(temporary)).content_length == 0
        account.control.advance(3601)
        assert await refusal(head(temporary)) == (403, "InvalidAccessKeyId")
    refused = {
        None: "InvalidAccessKeyId",
        "x": "InvalidSecurityToken",
        other.token: "AccessKeyIdAndSecurityTokenNotMatch",
    }
    for token, code in refused.items():
        async with client_with(account, key.id, key.secret, token) as temporary:
            assert await refusal(info(temporary)) == (403, code)
    async with client_with(
        account, account.access_key_id, account.access_key_secret, "x"
    ) as permanent:
        assert await refusal(info(permanent)) == (403, "InvalidSecurityToken")


async def test_signature_1_is_refused(account: EmulatedAccount) -> None:
    """As OSS does by now; the finer number says what to read."""
    config = oss_config(account)
    config.signature_version = "v1"
    async with AsyncClient(config) as old:
        error = await error_of(info(old))
    assert (error.status_code, error.code, error.ec) == (403, "AccessDenied", "0002-00000080")


async def test_a_body_is_held_against_its_digest(
    account: EmulatedAccount, client: AsyncClient
) -> None:
    """Content-MD5 is optional; where it is given, it must fit, or nothing is written."""
    await put(
        client,
        body=b"text",
        content_md5=b64encode(md5(b"text", usedforsecurity=False).digest()).decode(),
    )
    for wrong in (b64encode(bytes(16)).decode(), "no digest"):
        assert await refusal(put(client, "other", b"text", content_md5=wrong)) == (
            400,
            "InvalidDigest",
        )
    assert account.control.state()["buckets"][-1]["keys"] == [DIRECTORY]


@pytest.mark.parametrize(
    ("asked", "told"), [({}, "a b/中"), ({"encoding-type": "url"}, "a%20b/%E4%B8%AD")]
)
async def test_keys_are_encoded_only_for_who_asks(
    client: AsyncClient, asked: dict[str, str], told: str
) -> None:
    """The official SDKs ask; others read the names as they stand."""
    await put(client, "a b/中")
    listing = oss.OperationInput(
        "ListObjectsV2", "GET", bucket=BUCKET, parameters={"list-type": "2", **asked}
    )
    answer = (await client.invoke_operation(listing)).http_response
    assert f"<Key>{told}</Key>" in (await answer.read()).decode()


async def test_an_old_signature_is_refused(account: EmulatedAccount, client: AsyncClient) -> None:
    """A signature that is valid for a microsecond is too old when it arrives."""
    account.control.settings(signatureValiditySeconds=0.000001)
    assert await refusal(info(client)) == (403, "RequestTimeTooSkewed")


async def test_denied_actions_are_denied(account: EmulatedAccount, client: AsyncClient) -> None:
    """HeadObject needs oss:GetObject, PutObject needs oss:PutObject."""
    account.control.state({"deniedActions": ["oss:PutObject"]})
    assert await refusal(put(client)) == (403, "AccessDenied")
    assert await refusal(head(client)) == (404, "NoSuchKey")
    account.control.state({"deniedActions": ["oss:GetObject"]})
    assert await refusal(head(client)) == (403, "AccessDenied")


async def test_anonymous_calls_are_denied(account: EmulatedAccount) -> None:
    """Nothing is public."""
    config = oss_config(account)
    config.credentials_provider = oss.credentials.AnonymousCredentialsProvider()
    async with AsyncClient(config) as client:
        assert await refusal(info(client)) == (403, "AccessDenied")


async def test_calls_are_counted(account: EmulatedAccount, client: AsyncClient) -> None:
    """Under service `oss` and the name of the action, by status."""
    await info(client)
    await put(client)
    with pytest.raises(oss.exceptions.OperationError):
        await head(client, "not/there")
    counters = account.control.counters()
    assert counters == {
        "oss.GetBucketInfo": {"200": 1},
        "oss.PutObject": {"200": 1},
        "oss.HeadObject": {"404": 1},
    }


def client_with(
    account: EmulatedAccount, key_id: str, secret: str, token: str | None = None
) -> AbstractAsyncContextManager[AsyncClient]:
    config = oss_config(account)
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(key_id, secret, token)
    client: AbstractAsyncContextManager[AsyncClient] = AsyncClient(config)
    return client


async def get_worm(account: EmulatedAccount) -> oss.GetBucketWormResult:
    client = oss.Client(oss_config(account))
    return await asyncio.to_thread(client.get_bucket_worm, oss.GetBucketWormRequest(BUCKET))
