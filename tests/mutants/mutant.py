"""A mutant: the operator's code without one of its safeguards, and the tests that must notice."""

from dataclasses import dataclass
from typing import Final

PACKAGE: Final = "operator/flink_workspace_operator"


class Outdated(AssertionError):
    """The code is not what the mutant was written for."""


@dataclass(frozen=True)
class Mutant:
    """`fact` holds because of the text `old` in `file`, and not with `new` in its place.

    `file` is a path in the package, or one of the definitions in `crds/`, whose rules the API
    server keeps for us."""

    name: str
    fact: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    """What must notice: few and fast, as pytest is told."""

    @property
    def path(self) -> str:
        """The file, from the root of the repository."""
        return self.file if self.file.startswith("crds/") else f"{PACKAGE}/{self.file}"

    def applied_to(self, source: str) -> str:
        """The file's text without the safeguard. Raises `Outdated`."""
        found = source.count(self.old)
        if found != 1:
            raise Outdated(
                f"the mutant '{self.name}' must be adapted: the text that it replaces stands {found} times and not"
                f" once in {self.path}:\n{self.old}"
            )
        return source.replace(self.old, self.new)
