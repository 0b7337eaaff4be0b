"""Which of the listed namespaces are watched, and what is said of the others."""

import logging

import pytest

from flink_workspace_operator.core.facts.failures import ClusterRefused, ClusterUnreachable
from flink_workspace_operator.runtime.scope import Scope

ALL, NOTHING = "", "list flinkworkspaces"


class Server:
    """What the API server says of each namespace, one look after the other; None: it does not
    answer."""

    def __init__(self, *looks: dict[str, str] | None) -> None:
        self.looks, self.slept = list(looks), 0

    async def missing(self, namespace: str) -> str:
        if self.looks[0] is None:
            raise ClusterUnreachable("the API server did not answer")
        return self.looks[0][namespace]

    async def sleep(self, _: float) -> None:
        self.slept += 1
        self.looks.pop(0)
        self.looks[0]

    def scope(self, *listed: str) -> Scope:
        return Scope(listed or None, self.missing, self.sleep)


async def test_all_namespaces_need_no_look() -> None:
    """Where none are listed, all are watched, whatever happens to rights."""
    server = Server({}, {}, {})
    scope = server.scope()
    assert await scope.settle() is None
    with pytest.raises(IndexError):  # the looks are over, and it goes on
        await scope.keep_looking(None)


async def test_one_without_rights_is_left_out_and_named(caplog: pytest.LogCaptureFixture) -> None:
    """The others are watched; the log says which right is missing where, and what to do."""
    scope = Server({"a": ALL, "b": NOTHING}).scope("a", "b")
    assert await scope.settle() == ("a",)
    [said] = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
    assert said.startswith(
        "namespace b is left out: the operator may not list flinkworkspaces there; bind the"
    )


async def test_with_no_rights_at_all_it_does_not_begin(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing to watch would be everything to kopf."""
    with pytest.raises(
        ClusterRefused, match="no listed namespace in which the operator has all the rights"
    ):
        await Server({"a": NOTHING, "b": NOTHING}).scope("a", "b").settle()
    assert [each.getMessage()[:23] for each in caplog.records] == [
        "namespace a is left out",
        "namespace b is left out",
    ]


async def test_it_does_not_begin_without_an_answer() -> None:
    """What is not known is not taken for a missing right, nor for one that is there."""
    with pytest.raises(ClusterUnreachable):
        await Server(None).scope("a").settle()


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ({"a": ALL, "b": NOTHING}, {"a": ALL, "b": ALL}),
        ({"a": ALL, "b": ALL}, {"a": ALL, "b": NOTHING}),
    ],
)
async def test_rights_that_come_or_go_end_the_watches(
    before: dict[str, str], then: dict[str, str]
) -> None:
    """Not before they do, and not because the API server does not answer."""
    server = Server(before, before, None, then)
    scope = server.scope("a", "b")
    await scope.keep_looking(await scope.settle())
    assert server.slept == 3
