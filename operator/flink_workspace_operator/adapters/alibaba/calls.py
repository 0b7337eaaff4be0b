"""Who is told how every call to the cloud ends."""

from typing import Protocol

from flink_workspace_operator.core.facts.failures import CloudFailure


class CallObserver(Protocol):
    """Told after every attempt, also where nothing could be sent. Must not fail."""

    def __call__(
        self, call: str, failure: CloudFailure | None, seconds: float, ahead: float | None = None
    ) -> None:
        """`call` is `service.Action`; `failure` None where there was an answer; `seconds` how
        long it took; `ahead` how many seconds this node's clock is ahead of the cloud's, where
        the answer says when it was given.
        """
        ...


def unobserved(
    call: str, failure: CloudFailure | None, seconds: float, ahead: float | None = None
) -> None:
    """Nobody is told."""


def both(first: CallObserver, second: CallObserver) -> CallObserver:
    """An observer that tells two."""

    def hear(
        call: str, failure: CloudFailure | None, seconds: float, ahead: float | None = None
    ) -> None:
        first(call, failure, seconds, ahead)
        second(call, failure, seconds, ahead)

    return hear
