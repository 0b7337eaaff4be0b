"""The tables that the bench prints: a row for each measure, a column for each number of
workspaces."""

import argparse
import os
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from tests.bench.buying import Wave
from tests.bench.floors import CLUSTER, Floor
from tests.bench.resting import Rest
from tests.bench.typed import Commands
from tests.bench.usage import Usage

OPERATOR = "operator"


def say(text: str) -> None:
    """Print it now."""
    print(text, flush=True)  # noqa: T201 - its output


def load() -> str:
    """How much else the machine has to do."""
    return f"{os.getloadavg()[0]:.1f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """In Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def about(arguments: argparse.Namespace) -> str:
    """What was measured."""
    way = "plain HTTP" if arguments.plain else "TLS with a private authority"
    return f"{os.cpu_count()} cores, load {load()}; the cloud by {way}; {arguments.namespaces} namespaces"


def floors(measured: Iterable[Floor]) -> str:
    """What is done bare."""
    head = (
        "bare, 32 at once",
        "a second",
        "CPU of the client ms each",
        "CPU of the server ms each",
    )
    return table(
        head,
        (
            (each.what, f"{each.rate:.0f}", _ms(each.own_each), _ms(each.server_each))
            for each in measured
        ),
    )


def commands(measured: Sequence[Commands]) -> str:
    """`kubectl flink`, typed beside the operator at rest: medians of five."""
    rows = {
        "start, s": [f"{each.start.seconds:.2f}" for each in measured],
        "CPU of it, s": [f"{each.start.cpu:.2f}" for each in measured],
        "status -A, s": [f"{each.status.seconds:.2f}" for each in measured],
        "CPU of it, kubectl's too, s": [f"{each.status.cpu:.2f}" for each in measured],
    }
    return table(("kubectl flink", *(f"{each.number}" for each in measured)), _rows(rows))


def rests(measured: Sequence[Rest]) -> str:
    """Workspaces that are in order."""
    rows = {
        "cold start, until each was looked at, s": [f"{each.cold:.1f}" for each in measured],
        "CPU of the operator at the start, s": [
            f"{each.start.cpu[OPERATOR]:.1f}" for each in measured
        ],
        "calls of the cloud at the start": [f"{each.start.calls.total()}" for each in measured],
        "longest turn of the loop at the start, ms": [
            _ms(each.start_still.turn) for each in measured
        ],
        "of it at most the garbage collector's, ms": [
            _ms(each.start_still.collection) for each in measured
        ],
        "a round of looks, s": [f"{each.look_seconds:.0f}" for each in measured],
        "CPU of the operator in it, s": [f"{each.round.cpu[OPERATOR]:.2f}" for each in measured],
        "CPU of the API server and etcd in it, s": [
            f"{_cluster(each.round):.2f}" for each in measured
        ],
        "calls of the cloud in it": [f"{each.round.calls.total()}" for each in measured],
        "confirmed in it, with no pass": [f"{each.round.confirmed}" for each in measured],
        "passes in it": [f"{each.round.passes}" for each in measured],
        "writes in it": [f"{each.round.writes.total()}" for each in measured],
        "longest turn of the loop in it, ms": [_ms(each.round_still.turn) for each in measured],
        "of it at most the garbage collector's in it, ms": [
            _ms(each.round_still.collection) for each in measured
        ],
        "most memory, MiB": [f"{each.round.peak / 2**20:.0f}" for each in measured],
        "a new one meanwhile, bought after s: median": [
            f"{median(each.new):.1f}" for each in measured
        ],
        "the same: longest": [f"{max(each.new):.1f}" for each in measured],
        "a peer: CPU of the client, s": [f"{each.peer.own:.2f}" for each in measured],
        "a peer: CPU of the API server and etcd, s": [
            f"{each.peer.server:.2f}" for each in measured
        ],
        "a peer: calls of the cloud": [f"{each.peer.number}" for each in measured],
        "load": [each.load for each in measured],
    }
    said = "; ".join(f"{each.number}: {_counted(each.round.calls)}" for each in measured)
    return (
        table(("in order", *(f"{each.number}" for each in measured)), _rows(rows))
        + f"\n\nCalls in a round, {said}"
    )


def waves(measured: Sequence[Wave], bare: Sequence[Floor]) -> str:
    """New ones at once, each beside the floor of what it wrote."""
    rows = {
        "the first bought, s": [f"{each.first:.1f}" for each in measured],
        "all bought, s": [f"{each.bought:.1f}" for each in measured],
        "all Ready, s": [f"{each.ready:.1f}" for each in measured],
        "purchases a second": [f"{each.number / each.bought:.1f}" for each in measured],
        "the same writes and calls done bare": [f"{each.rate:.1f}" for each in bare],
        "times the floor": [
            f"{floor.rate * each.bought / each.number:.2f}" for each, floor in _both(measured, bare)
        ],
        "bought twice": [f"{each.twice}" for each in measured],
        "announcements taken back": [f"{each.taken_back}" for each in measured],
        "CPU of the operator, ms each": [
            _ms(each.used.cpu[OPERATOR] / each.number) for each in measured
        ],
        "CPU of who does it bare, ms each": [_ms(each.own_each) for each in bare],
        "CPU of the API server and etcd, ms each": [
            _ms(_cluster(each.used) / each.number) for each in measured
        ],
        "the same, bare": [_ms(each.server_each) for each in bare],
        "writes each": [f"{_own_writes(each.used) / each.number:.1f}" for each in measured],
        "calls of the cloud each": [
            f"{each.used.calls.total() / each.number:.1f}" for each in measured
        ],
        "passes each": [f"{each.used.passes / each.number:.1f}" for each in measured],
        "longest turn of the loop, ms": [_ms(each.still.turn) for each in measured],
        "of it at most the garbage collector's, ms": [
            _ms(each.still.collection) for each in measured
        ],
        "most memory, MiB": [f"{each.used.peak / 2**20:.0f}" for each in measured],
        "from RUNNING to Ready, s: median": [f"{median(each.followed):.0f}" for each in measured],
        "the same: longest": [f"{max(each.followed):.0f}" for each in measured],
        "load": [each.load for each in measured],
    }
    calls = "; ".join(
        f"{each.number}: {_counted(each.used.calls, each.number)}" for each in measured
    )
    writes = "; ".join(
        f"{each.number}: {_counted(each.used.writes, each.number)}" for each in measured
    )
    head = ("new at once", *(f"{each.number}" for each in measured))
    return table(head, _rows(rows)) + f"\n\nCalls each, {calls}\n\nWrites each, {writes}"


def _both(measured: Sequence[Wave], bare: Sequence[Floor]) -> Iterable[tuple[Wave, Floor]]:
    return zip(measured, bare, strict=True)


def _rows(rows: Mapping[str, Sequence[str]]) -> Iterable[Sequence[str]]:
    return ((measure, *cells) for measure, cells in rows.items())


def _cluster(used: Usage) -> float:
    return sum(used.cpu[name] for name in CLUSTER)


def _own_writes(used: Usage) -> int:
    """Without the creation of the resources, which is the user's."""
    return used.writes.total() - used.writes["POST flinkworkspaces"]


def _counted(counts: Mapping[str, int], number: int = 1) -> str:
    return ", ".join(f"{name} {count / number:.4g}" for name, count in sorted(counts.items()))


def _ms(seconds: float) -> str:
    milliseconds = 1000 * seconds
    return f"{milliseconds:.1f}" if milliseconds < 10 else f"{milliseconds:.0f}"
