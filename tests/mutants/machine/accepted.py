"""Survivors that can't matter: each says why no test can, or need, notice it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Accepted:
    """One change, in the words of the run, and the reason."""

    file: str
    function: str
    what: str
    reason: str

    @property
    def name(self) -> str:
        """As the change's."""
        return f"{self.file} {self.function}: {self.what}"


ACCEPTED: Final[tuple[Accepted, ...]] = ()
