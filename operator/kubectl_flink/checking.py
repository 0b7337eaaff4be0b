"""What `check` says, from the operator's report and a few reads. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kubectl_flink import __version__, names
from kubectl_flink.operator_report import OperatorReport, Wire
from kubectl_flink.report import Aspect, Mark
from kubectl_flink.words import length, moment, printable
from kubectl_flink.workspace import time_of

_MOST_SECONDS_OFF: Final = 60
"""The cloud refuses a signature that is 15 minutes off."""


@dataclass(frozen=True)
class Lease:
    """The Lease of the leader: its object, or the words why it can't be read."""

    wire: Wire | None
    words: str = ""


@dataclass(frozen=True)
class Cluster:
    """What the API server says. `kinds` is None where it does not answer this."""

    kinds: tuple[str, ...] | None
    lease: Lease


def check(report: OperatorReport, cluster: Cluster, now: datetime) -> tuple[Aspect, ...]:
    """A line for each aspect; RAM actions one each."""
    return (
        _definitions(cluster),
        _versions(report),
        _leader(report, cluster.lease, now),
        _survey(report, now),
        _regions(report),
        _orphans(report),
        _identity(report),
        *_actions(report),
        _endpoint(report),
        _proxy(report),
        _clock(report),
    )


def kinds_in(served: Wire) -> tuple[str, ...]:
    """The kinds of a list of resources, as the API server serves it."""
    return tuple({str(each["kind"]) for each in served.get("resources") or ()})


def _definitions(cluster: Cluster) -> Aspect:
    if cluster.kinds is None:
        return Aspect("definitions", Mark.UNKNOWN, "the API server does not list what it serves")
    lacking = sorted(set(names.KINDS) - set(cluster.kinds))
    if lacking:
        return Aspect("definitions", Mark.BAD, f"missing: {', '.join(lacking)}; apply crds/")
    words = f"{', '.join(sorted(names.KINDS))} in {names.GROUP}/v1alpha1"
    return Aspect(
        "definitions", Mark.GOOD, f"{words}; the operator checks their fields when it starts"
    )


def _versions(report: OperatorReport) -> Aspect:
    version = printable(str(report.wire.get("version", "?")))
    if version == __version__:
        return Aspect("version", Mark.GOOD, f"operator and this command {version}")
    words = f"operator {version}, this command {__version__}: use the same version of both"
    return Aspect("version", Mark.UNKNOWN, words)


def _leader(report: OperatorReport, lease: Lease, now: datetime) -> Aspect:
    name = printable(str(report.wire.get("leader", "?")))
    if lease.wire is None:
        return Aspect("leader", Mark.UNKNOWN, f"{name} wrote this; {printable(lease.words)}")
    spec = lease.wire.get("spec") or {}
    renewed = time_of(spec.get("renewTime"))
    seconds = spec.get("leaseDurationSeconds") or 0
    if not spec.get("holderIdentity"):
        return Aspect("leader", Mark.BAD, "nobody leads: does the operator run?")
    holder = printable(str(spec["holderIdentity"]))
    if renewed is None or now - renewed > timedelta(seconds=2 * seconds):
        since = f" since {moment(renewed)}" if renewed else ""
        return Aspect("leader", Mark.BAD, f"{holder} is silent{since}: does the operator run?")
    other = "" if holder == name else f"; {name} wrote this"
    return Aspect("leader", Mark.GOOD, f"{holder}{other}")


def _survey(report: OperatorReport, now: datetime) -> Aspect:
    if report.failed_since is not None:
        last = f"; the last was {age(report, now)}" if report.surveyed_at else ""
        words = f"fails since {moment(report.failed_since)}: {report.failure}{last}"
        return Aspect("survey", Mark.BAD, words)
    if report.is_late(now):
        return Aspect("survey", Mark.BAD, f"{age(report, now)}: does the operator run?")
    return Aspect("survey", Mark.GOOD, age(report, now))


def age(report: OperatorReport, now: datetime) -> str:
    """When the survey was made, in words."""
    if report.surveyed_at is None:
        return "none was made yet"
    return f"{length(now - report.surveyed_at)} ago ({moment(report.surveyed_at)})"


def _regions(report: OperatorReport) -> Aspect:
    unread = report.survey.get("unread") or ()
    if not unread:
        return Aspect("regions", Mark.GOOD, f"{report.survey.get('regions', 0)} were listed")
    words = "; ".join(printable(f"{each['region']}: {each['why']}") for each in unread)
    return Aspect("regions", Mark.BAD, f"{words} could not be listed")


def _orphans(report: OperatorReport) -> Aspect:
    kinds = Counter(each.get("kind") for each in report.survey.get("orphans") or ())
    if not kinds:
        return Aspect("orphans", Mark.GOOD, "none")
    words = (
        f"{kinds['Orphan']} without a FlinkWorkspace" if kinds["Orphan"] else "",
        f"{kinds['DuplicateName']} with a name that others have" if kinds["DuplicateName"] else "",
    )
    return Aspect("orphans", Mark.BAD, f"{', '.join(filter(None, words))}: kubectl flink orphans")


def _identity(report: OperatorReport) -> Aspect:
    found = report.wire.get("identity")
    if not found:
        return Aspect("identity", Mark.UNKNOWN, "the cloud has not said it yet")
    arn = found.get("arn") or "the cloud does not name it"
    return Aspect("identity", Mark.GOOD, printable(f"{arn}, account {found.get('accountId')}"))


def _actions(report: OperatorReport) -> Iterator[Aspect]:
    """One for each that is denied, and one for all others of a verdict."""
    actions = report.wire.get("actions") or ()
    for each in actions:
        if each["verdict"] == "Denied":
            since = time_of(each.get("since"))
            when = f" since {moment(since)}" if since else ""
            words = f"{printable(each['action'])}{when}: grant it, as in deploy/ram/policy.json"
            yield Aspect("denied", Mark.BAD, words)
    for verdict, name, mark in _OTHERS:
        if found := [printable(each["action"]) for each in actions if each["verdict"] == verdict]:
            yield Aspect(name, mark, ", ".join(found))


_OTHERS: Final = (("Proven", "proven", Mark.GOOD), ("NotTried", "not tried", Mark.UNKNOWN))


def _endpoint(report: OperatorReport) -> Aspect:
    connection = report.wire["connection"]
    if connection.get("endpoint"):
        what = " an emulator: nothing that is bought is real" if connection.get("emulated") else ""
        return Aspect("endpoint", Mark.UNKNOWN, printable(f"{connection['endpoint']}{what}"))
    hosts = (connection.get("hosts") or {}).items()
    return Aspect("endpoint", Mark.GOOD, printable(", ".join(f"{n}: {host}" for n, host in hosts)))


def _proxy(report: OperatorReport) -> Aspect:
    found = report.wire["connection"].get("proxies") or ()
    words = ", ".join(printable(f"{each['variable']}: {each['address']}") for each in found)
    return Aspect("proxy", Mark.GOOD, words or "none")


def _clock(report: OperatorReport) -> Aspect:
    ahead = report.wire["connection"].get("clockAheadSeconds")
    if ahead is None:
        return Aspect("clock", Mark.UNKNOWN, "no answer of the cloud was dated")
    if ahead == 0:
        return Aspect("clock", Mark.GOOD, "as the cloud's")
    words = f"the operator's is {length(timedelta(seconds=abs(ahead)))}"
    mark = Mark.GOOD if abs(ahead) < _MOST_SECONDS_OFF else Mark.BAD
    return Aspect("clock", mark, f"{words} {'ahead of' if ahead > 0 else 'behind'} the cloud's")
