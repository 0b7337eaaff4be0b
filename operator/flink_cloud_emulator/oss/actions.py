"""What OSS can do here: the calls an operator of Flink workspaces makes on buckets and small
objects.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import md5

from flink_cloud_emulator.http import Outgoing
from flink_cloud_emulator.oss import documents, errors
from flink_cloud_emulator.oss.state import Bucket, StoredObject

_DEFAULT_KEYS, _MOST_KEYS = 100, 1000


@dataclass(frozen=True)
class ActionCall:
    """A verified call on a bucket that exists in the region it was signed for."""

    bucket: Bucket
    key: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    owner_id: str
    now: datetime


@dataclass(frozen=True)
class Action:
    """A call by its name, the RAM action it needs, and what carries it out."""

    name: str
    permission: str
    carry_out: Callable[[ActionCall], Outgoing]


def find_action(method: str, key: str, query: Mapping[str, str]) -> Action | None:
    """The action of a request to a bucket (empty key) or an object; None for what is not
    implemented.
    """
    if key:
        return _OBJECT_ACTIONS.get(method)
    if method != "GET":
        return None
    return next((action for mark, action in _BUCKET_ACTIONS.items() if mark in query), None)


def _get_bucket_info(call: ActionCall) -> Outgoing:
    return _xml(documents.describe_bucket(call.bucket, call.owner_id))


def _get_bucket_worm(call: ActionCall) -> Outgoing:
    if call.bucket.worm is None:
        raise errors.no_worm_configuration()
    return _xml(documents.describe_worm(call.bucket.worm))


def _list_objects(call: ActionCall) -> Outgoing:
    if call.query.get("delimiter"):
        raise errors.not_implemented()
    after = max(call.query.get("continuation-token", ""), call.query.get("start-after", ""))
    prefix = call.query.get("prefix", "")
    keys = sorted(key for key in call.bucket.objects if key.startswith(prefix) and key > after)
    encoding = call.query.get("encoding-type")
    if encoding not in (None, "url"):
        raise errors.invalid_argument("Argument encoding-type must be url.")
    page = documents.Page(prefix, keys, _read_max_keys(call.query), encoded=encoding == "url")
    return _xml(documents.list_keys(call.bucket, page))


def _read_max_keys(query: Mapping[str, str]) -> int:
    text = query.get("max-keys", str(_DEFAULT_KEYS))
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_KEYS:
        raise errors.invalid_argument("Argument max-keys must be an integer between 1 and 1000.")
    return int(text)


def _get_object(call: ActionCall) -> Outgoing:
    newest = call.bucket.objects.get(call.key)
    if newest is None:
        raise errors.no_such_key(call.key)
    headers = {
        "Content-Type": newest.content_type,
        "Last-Modified": format_datetime(newest.modified, usegmt=True),
        "x-oss-object-type": "Normal",
        "x-oss-storage-class": "Standard",
        **_fingerprint(newest),
    }
    return Outgoing(200, newest.body, headers)


def _head_object(call: ActionCall) -> Outgoing:
    answer = _get_object(call)
    # Without a body the server would leave the length of an empty object out.
    return Outgoing(answer.status, b"", {**answer.headers, "Content-Length": str(len(answer.body))})


def _put_object(call: ActionCall) -> Outgoing:
    digest = call.headers.get("Content-MD5")
    if (
        digest is not None
        and digest != b64encode(md5(call.body, usedforsecurity=False).digest()).decode()
    ):
        raise errors.invalid_digest(digest)
    forbid = call.headers.get("x-oss-forbid-overwrite", "false").lower()
    if forbid not in ("true", "false"):
        raise errors.invalid_argument("The x-oss-forbid-overwrite header must be true or false.")
    exists = call.key in call.bucket.objects
    # OSS ignores the header in a bucket whose versioning is or was on: another version is written.
    if exists and forbid == "true" and not call.bucket.versioning:
        raise errors.file_exists()
    if exists and call.bucket.worm is not None:
        raise errors.file_immutable()
    content_type = call.headers.get("Content-Type", "application/octet-stream")
    stored = StoredObject(call.body, content_type, call.now)
    call.bucket.objects[call.key] = stored
    return Outgoing(200, b"", _fingerprint(stored))


def _fingerprint(stored: StoredObject) -> dict[str, str]:
    # The SDK compares the checksum only where it is present; that of nothing is 0.
    checksum = {} if stored.body else {"x-oss-hash-crc64ecma": "0"}
    return {"ETag": stored.etag, **checksum}


def _xml(document: bytes) -> Outgoing:
    return Outgoing(200, document, {"Content-Type": "application/xml"})


_BUCKET_ACTIONS = {
    "bucketInfo": Action("GetBucketInfo", "oss:GetBucketInfo", _get_bucket_info),
    "worm": Action("GetBucketWorm", "oss:GetBucketWorm", _get_bucket_worm),
    "list-type": Action("ListObjectsV2", "oss:ListObjects", _list_objects),
}
_OBJECT_ACTIONS = {
    "GET": Action("GetObject", "oss:GetObject", _get_object),
    "HEAD": Action("HeadObject", "oss:GetObject", _head_object),
    "PUT": Action("PutObject", "oss:PutObject", _put_object),
}
