"""Who is told how every call to the cloud ends."""

from typing import Protocol

from flink_workspace_operator.core.failures import CloudFailure


class CallObserver(Protocol):
    """Told after every attempt, also where nothing could be sent. Must not fail."""

    def __call__(self, call: str, failure: CloudFailure | None, seconds: float) -> None:
        """`call` is `service.Action`; `failure` None where there was an answer; `seconds` how long it took."""
        ...


def unobserved(call: str, failure: CloudFailure | None, seconds: float) -> None:
    """Nobody is told."""
