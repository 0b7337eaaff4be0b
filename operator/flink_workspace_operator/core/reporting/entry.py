"""One reason in the catalogue of reasons, and words that several share."""

from dataclasses import dataclass
from typing import Final

NOTHING: Final = "nothing"
BY_ITSELF: Final = "wait: it continues by itself"
SEE_READY: Final = "what Ready's message says"


@dataclass(frozen=True)
class Entry:
    """One reason. `status`: of the condition, or the condition that turns True beside Ready."""

    status: str
    meaning: str
    advice: str = NOTHING
