"""The verbs and their flags. What they do stands in `verbs.py`."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from cyclopts import App, Parameter
from cyclopts.exceptions import CycloptsError

from kubectl_flink import __version__, names
from kubectl_flink.exits import Exit
from kubectl_flink.printing import Format, complain
from kubectl_flink.target import Target, WideTarget
from kubectl_flink.words import parse_length, parse_since

app: Final = App(
    name="kubectl flink",
    help="Flink workspaces on Alibaba Cloud: their state, what they cost, and what to do next.",
    version=__version__,
    result_action="return_value",
    help_format="plaintext",
)
Name = Annotated[str, Parameter(help="The FlinkWorkspace.")]
MaybeName = Annotated[str | None, Parameter(help="The FlinkWorkspace.")]
Output = Annotated[
    Format,
    Parameter(name=("--output", "-o"), help="table is for people, the others are for programs."),
]
Since = Annotated[str | None, Parameter(help="Only orders since then: 2026-11, 2026-11-24 or 30d.")]
Timeout = Annotated[str, Parameter(help="The longest time to wait: 90s, 20m or 2h.")]
Yes = Annotated[
    bool,
    Parameter(name=("--yes", "-y"), negative=(), show_default=False, help="Ask nothing."),
]
Reason = Annotated[str, Parameter(help="The reason, kept in the FlinkPurchaseApproval.")]
OperatorNamespace = Annotated[str, Parameter(help="Where the operator runs.")]
_HERE: Final = Target()
_WIDE: Final = WideTarget()


@app.command
def status(
    name: MaybeName = None, /, *, output: Output = "table", target: WideTarget = _WIDE
) -> Exit:
    """Show the state of one workspace, and what to do next; without a name, a table of all."""
    from kubectl_flink import verbs

    if name is None:
        return verbs.status_of_all(target, output)
    return _misplaced(target) or verbs.status_of_one(target, name, output)


@app.command
def wait(name: Name, /, *, timeout: Timeout = "20m", target: Target = _HERE) -> Exit:
    """Wait until it is Ready; end at once if waiting does not help."""
    from kubectl_flink import verbs

    try:
        seconds = parse_length(timeout).total_seconds()
    except ValueError as wrong:
        return _usage(str(wrong))
    return _misplaced(target) or verbs.wait_for(target, name, seconds)


@app.command
def orders(
    name: MaybeName = None,
    /,
    *,
    since: Since = None,
    output: Output = "table",
    target: WideTarget = _WIDE,
) -> Exit:
    """Show what was bought: sums by month, namespace and currency; with a name, its history."""
    from kubectl_flink import verbs

    try:
        begin = parse_since(since, datetime.now(UTC)) if since else None
    except ValueError as wrong:
        return _usage(str(wrong))
    if name is None:
        return verbs.ledger_of_all(target, begin, output)
    return _misplaced(target) or verbs.story_of_one(target, name, begin, output)


@app.command
def suspend(name: Name, /, *, yes: Yes = False, target: Target = _HERE) -> Exit:
    """Stop all writes to the cloud for one workspace; what runs continues, and is billed."""
    from kubectl_flink import actions, verbs

    return _misplaced(target) or verbs.change(target, name, actions.suspend, yes=yes)


@app.command
def resume(name: Name, /, *, yes: Yes = False, target: Target = _HERE) -> Exit:
    """Undo `suspend`. May SPEND MONEY, if nothing is bought yet."""
    from kubectl_flink import actions, verbs

    return _misplaced(target) or verbs.change(target, name, actions.resume, yes=yes)


@app.command
def reconcile(name: Name, /, *, yes: Yes = False, target: Target = _HERE) -> Exit:
    """Reconcile it now, without back-off. May SPEND MONEY, if nothing is bought yet."""
    from kubectl_flink import actions, verbs

    now = datetime.now(UTC)
    return _misplaced(target) or verbs.change(
        target, name, lambda found: actions.reconcile(found, now), yes=yes
    )


@app.command
def abandon(name: Name, /, *, yes: Yes = False, target: Target = _HERE) -> Exit:
    """Release a resource that is being deleted before it is known what its order bought."""
    from kubectl_flink import actions, verbs

    return _misplaced(target) or verbs.change(target, name, actions.abandon, yes=yes)


@app.command(name="replace-lost")
def replace_lost(name: Name, /, *, yes: Yes = False, target: Target = _HERE) -> Exit:
    """SPENDS MONEY: have another one bought in place of one that is gone from the cloud."""
    from kubectl_flink import actions, verbs

    return _misplaced(target) or verbs.change(target, name, actions.replace_lost, yes=yes)


@app.command
def approve(
    name: Name, /, *, reason: Reason = "", yes: Yes = False, target: Target = _HERE
) -> Exit:
    """SPENDS MONEY: approve the order that waits for it, at its price or a lower one."""
    from kubectl_flink import deciding

    return _misplaced(target) or deciding.decide(target, name, "Approved", reason, yes=yes)


@app.command
def deny(name: Name, /, *, reason: Reason = "", yes: Yes = False, target: Target = _HERE) -> Exit:
    """Deny the order that waits for approval: it is closed, and nothing is bought."""
    from kubectl_flink import deciding

    return _misplaced(target) or deciding.decide(target, name, "Denied", reason, yes=yes)


@app.command
def orphans(
    *,
    operator_namespace: OperatorNamespace = names.OPERATOR_NAMESPACE,
    output: Output = "table",
    target: Target = _HERE,
) -> Exit:
    """List instances that are paid for but have no FlinkWorkspace, and names that several share."""
    from kubectl_flink import report_verbs

    return _of_no_namespace(target) or report_verbs.orphans(target, operator_namespace, output)


@app.command(name="import")
def import_(
    instance_id: Annotated[
        str, Parameter(help="The instance, as `orphans` or the console names it.")
    ],
    /,
    *,
    operator_namespace: OperatorNamespace = names.OPERATOR_NAMESPACE,
    output: Annotated[Literal["yaml", "json"], Parameter(name=("--output", "-o"))] = "yaml",
    target: Target = _HERE,
) -> Exit:
    """Print the FlinkWorkspace that adopts an instance. Applying it buys nothing."""
    from kubectl_flink import report_verbs

    return _misplaced(target) or report_verbs.import_one(
        target, instance_id, operator_namespace, output
    )


@app.command
def check(
    *,
    operator_namespace: OperatorNamespace = names.OPERATOR_NAMESPACE,
    output: Output = "table",
    target: Target = _HERE,
) -> Exit:
    """Show the operator's state: CRDs, leader, identity, rights, connections, clock."""
    from kubectl_flink import report_verbs

    return _of_no_namespace(target) or report_verbs.check(target, operator_namespace, output)


def run(arguments: list[str]) -> int:
    """Run a command line; gives its exit code."""
    try:
        code = app(arguments, print_error=False, exit_on_error=False)
    except CycloptsError as wrong:
        return _usage(str(wrong))
    return int(code or Exit.DONE)


def _misplaced(target: Target) -> Exit | None:
    """The refusal of namespaces that do not fit a verb about one workspace."""
    if len(target.namespace) > 1 or getattr(target, "all_namespaces", False):
        return _usage("with a name there can be one namespace only")
    return None


def _of_no_namespace(target: Target) -> Exit | None:
    """The refusal of namespaces by a verb about the operator, which is in one that it has a flag
    for."""
    if target.namespace:
        return _usage("this is about the operator: its namespace is --operator-namespace")
    return None


def _usage(problem: str) -> Exit:
    complain(f"{problem}\nSee: kubectl flink --help")
    return Exit.USAGE
