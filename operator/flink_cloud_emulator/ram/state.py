"""What RAM knows about one account."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

_LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)

SYSTEM_POLICIES = {
    "AliyunStreamAsiDefaultRolePolicy": "What the Flink service may do in the name of the account.",
    "AliyunDLFFullAccess": "All of Data Lake Formation.",
    "AliyunOSSFullAccess": "All of Object Storage Service.",
    "AliyunVPCFullAccess": "All of Virtual Private Cloud.",
    "AliyunStreamFullAccess": "All of Realtime Compute for Apache Flink.",
    "AliyunStreamReadOnlyAccess": "Reading in Realtime Compute for Apache Flink.",
}
"""System policies that every account has, with a description; of the long real list those near a
Flink workspace.
"""


@dataclass
class Role:
    """A RAM role and the names of its policies."""

    name: str
    policies: list[tuple[str, str]] = field(default_factory=list)
    """(type, name), type is System or Custom."""
    trust: str = "{}"
    """The AssumeRolePolicyDocument, JSON text."""
    description: str = ""
    max_session_seconds: int = 3600
    created: datetime = _LONG_AGO
    changed: datetime = _LONG_AGO
    """When it was made or a policy was last attached."""


@dataclass(frozen=True)
class OidcProvider:
    """An identity provider whose tokens roles may trust."""

    name: str
    issuer: str
    client_ids: tuple[str, ...]
    """Audiences that a token may be for."""
    public_key: str
    """PEM of the RSA key that it signs with."""


@dataclass
class RamState:
    """Roles and identity providers by name."""

    roles: dict[str, Role] = field(default_factory=dict)
    oidc_providers: dict[str, OidcProvider] = field(default_factory=dict)
