"""The verbs that show what only the operator knows: each reads its report, judges, prints."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from kubectl_flink import checking, names
from kubectl_flink.exits import Exit
from kubectl_flink.kubectl import Failure, Kubectl
from kubectl_flink.operator_report import NotReadable, OperatorReport, report_in
from kubectl_flink.printing import Format, complain, console, dump, show
from kubectl_flink.reading import did_you_mean, tell
from kubectl_flink.target import Target


def orphans(target: Target, operator_namespace: str, output: Format) -> Exit:
    """What is paid for and owned by nothing; code FOUND if there is any."""
    from kubectl_flink.orphans import orphans_in

    report = read_report(target.kubectl, operator_namespace)
    if isinstance(report, Failure):
        return _failed(target.kubectl, report)
    found, now = orphans_in(report), datetime.now(UTC)
    left_out = int(report.survey.get("orphansLeftOut") or 0)
    if output != "table":
        unread = [dict(each) for each in report.survey.get("unread") or ()]
        dump({"orphans": found, "left_out": left_out, "unread": unread,
              "surveyed": report.surveyed_at}, output)  # fmt: skip
    elif found:
        from kubectl_flink.report_pictures import orphans_table

        screen = console()
        show(orphans_table(found, screen.width), screen)
    elif report.surveyed_at:
        complain("no orphans, and no duplicate names")
    complain(f"survey: {checking.age(report, now)}{_more(left_out)}")
    return _doubts(report, now) or (Exit.FOUND if found else Exit.DONE)


def _more(left_out: int) -> str:
    return f"; {left_out} more do not fit into the report" if left_out else ""


def _doubts(report: OperatorReport, now: datetime) -> Exit | None:
    """Say what the report does not know; with a code only where it knows nothing."""
    for each in report.survey.get("unread") or ():
        complain(f"{each['region']} could not be listed: {each['why']}")
    if report.failed_since is not None:
        complain(f"surveys fail: {report.failure}")
    elif report.is_late(now):
        complain("the survey is late: does the operator run?")
    return Exit.FAILED if report.surveyed_at is None else None


def import_one(target: Target, instance_id: str, operator_namespace: str, output: Format) -> Exit:
    """Print the FlinkWorkspace that adopts an instance."""
    from kubectl_flink.importing import NotImportable, import_of

    kubectl = target.kubectl
    report = read_report(kubectl, operator_namespace)
    if isinstance(report, Failure):
        return _failed(kubectl, report)
    instance = next((i for i in report.importable if i["instanceId"] == instance_id), None)
    if instance is None:
        return _failed(kubectl, _not_importable(report, instance_id))
    asked = target.namespace[0] if target.namespace else None
    made = import_of(instance, report, asked, asked or kubectl.place().namespace)
    if isinstance(made, NotImportable):
        complain(made.words)
        return Exit.REFUSED
    for warning in made.warnings:
        complain(f"Note: {warning}")
    _print_manifest(made.manifest, made.remarks, output)
    return Exit.DONE


def _print_manifest(manifest: object, remarks: Sequence[str], output: Format) -> None:
    if output == "json":
        print(json.dumps(manifest, indent=2, ensure_ascii=False))  # noqa: T201 - its output
        return
    import yaml

    notes = "".join(f"# {remark}\n" for remark in remarks)
    text = yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True)
    print(f"{notes}{text}", end="")  # noqa: T201 - its output


def _not_importable(report: OperatorReport, instance_id: str) -> Failure:
    now = datetime.now(UTC)

    known = [str(each["instanceId"]) for each in report.importable]
    left_out = f", {report.left_out} more did not fit into it" if report.left_out else ""
    unread = ", ".join(str(each["region"]) for each in report.survey.get("unread") or ())
    left_out += f", {unread} could not be listed" if unread else ""
    return Failure(
        Exit.NOT_FOUND,
        f"'{instance_id}' is no instance without a FlinkWorkspace in the operator's survey"
        f" ({checking.age(report, now)}{left_out}){did_you_mean(instance_id, known)}",
    )


def check(target: Target, operator_namespace: str, output: Format) -> Exit:
    """How the operator stands; code FOUND if something is wrong."""
    from kubectl_flink.report import Mark

    kubectl = target.kubectl
    report = read_report(kubectl, operator_namespace)
    if isinstance(report, Failure):
        return _failed(kubectl, report)
    cluster = checking.Cluster(_served(kubectl), _lease(kubectl, operator_namespace))
    aspects = checking.check(report, cluster, datetime.now(UTC))
    if output != "table":
        dump({"checks": aspects}, output)
    else:
        from kubectl_flink.report_pictures import check_list

        show(check_list(aspects))
    return Exit.FOUND if any(each.mark is Mark.BAD for each in aspects) else Exit.DONE


def _served(kubectl: Kubectl) -> tuple[str, ...] | None:
    """The kinds of our group, which everybody may ask for."""
    said = kubectl.run("get", f"--raw=/{names.API}")
    if isinstance(said, Failure):
        return () if said.kind in (Exit.NOT_FOUND, Exit.NO_DEFINITIONS) else None
    return checking.kinds_in(json.loads(said))


def _lease(kubectl: Kubectl, namespace: str) -> checking.Lease:
    found = kubectl.read(
        "leases.coordination.k8s.io", names.ELECTION_LEASE, f"--namespace={namespace}"
    )
    if not isinstance(found, Failure):
        return checking.Lease(found)
    if found.kind is Exit.NO_RIGHT:
        return checking.Lease(None, "whether it leads now is not known: no right to read its Lease")
    return checking.Lease(None, found.message)


def read_report(kubectl: Kubectl, namespace: str) -> OperatorReport | Failure:
    """The operator's report, or why there is none."""
    found = kubectl.read("configmap", names.REPORT, f"--namespace={namespace}")
    if isinstance(found, Failure):
        return _unread(found, namespace)
    try:
        return report_in(found)
    except NotReadable as wrong:
        words = f"ConfigMap {names.REPORT} holds no report that this version understands ({wrong})"
        return Failure(Exit.FAILED, f"{words}; the operator writes it anew at its next change")


def _unread(failure: Failure, namespace: str) -> Failure:
    """The failure, with what helps."""
    if failure.kind is Exit.NOT_FOUND:
        words = (
            f"no report in namespace {namespace}: is the operator elsewhere (--operator-namespace),"
            " older than this command, or has it made no survey yet?"
        )
        return Failure(failure.kind, words)
    if failure.kind is Exit.NO_RIGHT:
        words = f"this takes the Role flink-workspace-report-reader in namespace {namespace}"
        return Failure(failure.kind, f"{failure.message}\n{words}")
    return failure


def _failed(kubectl: Kubectl, failure: Failure) -> Exit:
    tell(kubectl, failure)
    return failure.kind
