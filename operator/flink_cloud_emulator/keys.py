"""Access keys of an account: of the account itself, of its users, and temporary ones of its
roles.
"""

from dataclasses import dataclass, field
from datetime import datetime
from zlib import crc32


@dataclass(frozen=True)
class KeyPair:
    """An access key of an account, or of one of its RAM users."""

    id: str
    secret: str = field(repr=False)
    active: bool = True
    user: str | None = None
    """The RAM user that has it; None for the account itself."""

    @property
    def caller(self) -> str:
        """Whose calls it signs."""
        return f"user/{self.user}" if self.user else "root"


@dataclass(frozen=True, kw_only=True)
class TemporaryKey(KeyPair):
    """A key of a RAM role that STS gave out.

    It is good only together with its token, and only until it expires.
    """

    token: str = field(repr=False)
    expires: datetime
    role: str
    session: str

    @property
    def caller(self) -> str:
        """Whose calls it signs."""
        return f"role/{self.role}"


def role_id(name: str) -> str:
    """A number that stays the same for a role or user of this name, as long as the real ones
    are.
    """
    return _numbered("3", name)


def user_id(name: str) -> str:
    """The same for a RAM user."""
    return _numbered("2", name)


def _numbered(first: str, name: str) -> str:
    return f"{first}{crc32(name.encode()):017d}"
