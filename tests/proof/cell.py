"""One cell of the fault matrix: what goes wrong in it, how the cloud is otherwise, and how it
ended."""

from dataclasses import dataclass, replace
from typing import Any, Final, Self

from tests.proof.faults import Fault

CREATE: Final = "foasconsole.CreateInstance"
LONGEST_COMMIT: Final = 28.0
LONGEST_VISIBILITY: Final = 55.0
"""Seconds: little less than what the operator's settings assume."""


@dataclass(frozen=True)
class Cell:
    """What goes wrong, how often, and how the cloud is otherwise. Times in seconds, within what
    Settings assume."""

    call: str
    fault: Fault
    times: int | None = 1
    """How often in a row; None: it lasts, and is then lifted."""
    after: int = 0
    """How many calls go well before."""
    visible: float = 0
    commit: float = 1
    style: str = "http"
    names: str = "account"
    tags: str = "kept"
    """kept, late (shown later than the workspace) or lost."""
    answer: str = "arrives"
    """What becomes of the purchase's answer where another call is what goes wrong: see ANSWERS."""
    others: int = 0
    """Instances that others have in the region."""

    def updated(self, **factors: Any) -> Self:  # noqa: ANN401 - any field of this class
        """The same with other factors."""
        return replace(self, **factors)

    def __str__(self) -> str:
        how_often = "lasting" if self.times is None else f"{self.times}x after {self.after}"
        cloud = f"visible {self.visible:g}, commit {self.commit:g}, {self.style}, names {self.names}, tags {self.tags}"
        others = f"; beside {self.others}" if self.others else ""
        return f"{self.call}: {self.fault.name} {how_often}; {cloud}; answer {self.answer}{others}"


ANSWERS: Final[dict[str, dict[str, Any] | None]] = {
    "arrives": None,
    "lost": {"fault": "drop-after-commit"},
    "late": {"fault": "commit-late"},
    "never sent": {"fault": "server-error", "html": True},
}


@dataclass(frozen=True)
class Outcome:
    """How a cell ended. `wrong` lists every promise that was broken."""

    cell: Cell
    said: str
    """The reason under a fault that lasts; that of the end else."""
    purchases: int
    refused: bool
    """Whether an order was refused for certain."""
    wrong: tuple[str, ...]
