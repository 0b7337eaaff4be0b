"""What the object storage knows about one account."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5

_LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class StoredObject:
    """The newest version of an object; older ones are not kept."""

    body: bytes = b""
    content_type: str = "application/octet-stream"
    modified: datetime = _LONG_AGO

    @property
    def etag(self) -> str:
        """The quoted upper-case MD5 of the body."""
        return f'"{md5(self.body, usedforsecurity=False).hexdigest().upper()}"'


@dataclass(frozen=True)
class WormPolicy:
    """A retention policy: while it lasts, objects can be neither overwritten nor deleted."""

    retention_days: int
    state: str = "Locked"
    """InProgress (can still be given up) or Locked."""
    id: str = "1666E2CFB2B3418A8A9B3D2E1F4A5B6C"
    created: datetime = _LONG_AGO


@dataclass
class Bucket:
    """A bucket and its objects by key."""

    name: str
    region: str
    versioning: str | None = None
    """Enabled, Suspended, or None where it never was on."""
    worm: WormPolicy | None = None
    created: datetime = _LONG_AGO
    objects: dict[str, StoredObject] = field(default_factory=dict)


@dataclass
class OssState:
    """Buckets by name. Names are global in the real cloud; here each account has its own."""

    opened: bool = True
    buckets: dict[str, Bucket] = field(default_factory=dict)
