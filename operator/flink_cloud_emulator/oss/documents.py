"""The XML documents OSS answers with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree import ElementTree

from flink_cloud_emulator.oss.state import Bucket, WormPolicy

Content = str | Sequence["Element"]
Element = tuple[str, Content]


def write_document(root: str, content: Content) -> bytes:
    """Nested (tag, content) pairs as an XML document."""
    document: bytes = ElementTree.tostring(
        _element(root, content), encoding="utf-8", xml_declaration=True
    )
    return document


def describe_bucket(bucket: Bucket, owner_id: str) -> bytes:
    """Answer of GetBucketInfo. Location is `oss-<region>`, not the region itself."""
    host = f"oss-{bucket.region}"
    versioning: list[Element] = [("Versioning", bucket.versioning)] if bucket.versioning else []
    fields: list[Element] = [
        ("Name", bucket.name),
        ("Location", host),
        ("CreationDate", _write_time(bucket.created)),
        ("ExtranetEndpoint", f"{host}.aliyuncs.com"),
        ("IntranetEndpoint", f"{host}-internal.aliyuncs.com"),
        ("StorageClass", "Standard"),
        ("DataRedundancyType", "LRS"),
        *versioning,
        ("BlockPublicAccess", "true"),
        ("AccessControlList", [("Grant", "private")]),
        ("Owner", [("ID", owner_id), ("DisplayName", owner_id)]),
    ]
    return write_document("BucketInfo", [("Bucket", fields)])


def describe_worm(policy: WormPolicy) -> bytes:
    """Answer of GetBucketWorm for a bucket that has a retention policy."""
    return write_document(
        "WormConfiguration",
        [
            ("WormId", policy.id),
            ("State", policy.state),
            ("RetentionPeriodInDays", str(policy.retention_days)),
            ("CreationDate", _write_time(policy.created)),
        ],
    )


@dataclass(frozen=True)
class Page:
    """What ListObjectsV2 was asked for, and the keys that fit."""

    prefix: str
    keys: Sequence[str]
    max_keys: int
    encoded: bool
    """Names are percent-encoded only for clients that ask for it (encoding-type)."""

    def write(self, name: str) -> str:
        return quote(name) if self.encoded else name


def list_keys(bucket: Bucket, page: Page) -> bytes:
    """Answer of ListObjectsV2: keys in order, cut off after `max_keys`."""
    shown = page.keys[: page.max_keys]
    truncated = len(page.keys) > len(shown)
    token: list[Element] = (
        [("NextContinuationToken", page.write(shown[-1]))] if truncated and shown else []
    )
    encoding: list[Element] = [("EncodingType", "url")] if page.encoded else []
    fields: list[Element] = [
        ("Name", bucket.name),
        ("Prefix", page.write(page.prefix)),
        ("MaxKeys", str(page.max_keys)),
        *encoding,
        ("IsTruncated", str(truncated).lower()),
        ("KeyCount", str(len(shown))),
        *token,
        *[("Contents", _describe_object(bucket, key, page.write(key))) for key in shown],
    ]
    return write_document("ListBucketResult", fields)


def _describe_object(bucket: Bucket, key: str, name: str) -> list[Element]:
    newest = bucket.objects[key]
    return [
        ("Key", name),
        ("LastModified", _write_time(newest.modified)),
        ("ETag", newest.etag),
        ("Type", "Normal"),
        ("Size", str(len(newest.body))),
        ("StorageClass", "Standard"),
    ]


def _write_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _element(tag: str, content: Content) -> ElementTree.Element:
    element = ElementTree.Element(tag)
    if isinstance(content, str):
        element.text = content
    else:
        element.extend(_element(name, inner) for name, inner in content)
    return element
