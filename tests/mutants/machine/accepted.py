"""Survivors that can't matter: each says why no test can, or need, notice it."""

from dataclasses import dataclass
from typing import Final

from tests.mutants.mutant import PACKAGE


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


CREATE: Final = f"{PACKAGE}/core/orders/actions/create.py"
_INCOMPLETE: Final = "status.intent_time is None or status.nonce is None"
_UNLIKE: Final = (
    "len(found.instances) > 1 or not isinstance(wanted, WorkspaceParameters) or instance.create_time is None"
)

ACCEPTED: Final = (
    Accepted(
        CREATE,
        "Create.call",
        f"drop `status.intent_time is None` of `{_INCOMPLETE}`",
        "tells the type checker what the API server's rule guarantees: Placing has both, and neither is ever removed",
    ),
    Accepted(
        CREATE,
        "Create.call",
        f"drop `status.nonce is None` of `{_INCOMPLETE}`",
        "as above",
    ),
    Accepted(
        CREATE,
        "_described",
        f"drop `not isinstance(wanted, WorkspaceParameters)` of `{_UNLIKE}`",
        "tells the type checker what the registry guarantees: this action meets only orders with its own block",
    ),
    Accepted(
        CREATE,
        "_described",
        f"drop `instance.create_time is None` of `{_UNLIKE}`",
        "an instance is contested only if it was made after the intent, so the only one has a time",
    ),
    Accepted(
        CREATE,
        "_stranger",
        "drop `isinstance(found, Foreign)` of `isinstance(found, Foreign) and is_one`",
        "repeats for the type checker what `is_one` says",
    ),
    Accepted(
        f"{PACKAGE}/core/orders/windows.py",
        "_found_announced",
        "drop `status.intent_time is None` of"
        " `isinstance(status, OrderSummary) or status.answer is not None or status.intent_time is None`",
        "tells the type checker what its only caller has ruled out",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/settlement.py",
        "_is_over",
        "drop `end is not None` of `end is not None and (not isinstance(listing, Unknown)) and (listing.date > end)`",
        "tells the type checker what holds of every order that is asked about: it is outstanding, so it has an end",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/settlement.py",
        "_call_is_over",
        "drop `intent is not None` of"
        " `intent is not None and moment > intent + 2 * timedelta(seconds=case.settings.purchase_timeout_seconds)`",
        "asked about announced orders only, which have the moment of their intent by the API server's rule",
    ),
)
