"""The bodies of the verbs: read, judge, print. Each gives the exit code."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kubectl_flink import actions, names
from kubectl_flink.exits import Exit
from kubectl_flink.kubectl import Failure, Kubectl
from kubectl_flink.printing import Format, complain, console, dump, show
from kubectl_flink.reading import Found, did_you_mean, not_found, read_all, read_one, tell
from kubectl_flink.report import report_of
from kubectl_flink.target import Target, WideTarget
from kubectl_flink.waiting import End, Progress, follow
from kubectl_flink.workspace import Workspace

if TYPE_CHECKING:
    from kubectl_flink.order import Order

Looks = Iterator[Progress | End]
Step = Callable[[Workspace], actions.Change | actions.Refusal]


def status_of_one(target: Target, name: str, output: Format) -> Exit:
    """The tree of one workspace."""
    found = read_one(target.kubectl, name, _only(target))
    if isinstance(found, Failure):
        return _failed(target.kubectl, found)
    now = datetime.now(UTC)
    report = report_of(found, now)
    if output != "table":
        dump(report, output)
        return Exit.DONE
    from kubectl_flink.pictures import tree

    show(tree(report, now))
    return Exit.DONE


def status_of_all(target: WideTarget, output: Format) -> Exit:
    """The table of all workspaces."""
    kubectl, now = target.kubectl, datetime.now(UTC)
    found = read_all(kubectl, names.WORKSPACES, target.scopes)
    reports = [report_of(Workspace(wire), now) for wire in found.wires]
    if output != "table":
        dump({"workspaces": reports, "unread": found.failures}, output)
    elif reports:
        from kubectl_flink.pictures import table

        screen = console()
        several = target.all_namespaces or len(target.namespace) > 1
        show(table(reports, screen.width, with_namespace=several), screen)
    return _told(kubectl, found, None if reports else "no FlinkWorkspaces here")


def ledger_of_all(target: WideTarget, since: datetime | None, output: Format) -> Exit:
    """The sums."""
    from kubectl_flink.ledger import sums
    from kubectl_flink.order import order_of

    found = read_all(target.kubectl, names.ORDERS, target.scopes)
    orders = [order_of(wire) for wire in found.wires]
    totals = sums([order for order in orders if since is None or order.at >= since])
    if output != "table":
        dump({"sums": totals, "unread": found.failures}, output)
    elif totals:
        from kubectl_flink.ledger_pictures import sums_table

        show(sums_table(totals))
    return _told(target.kubectl, found, None if totals else "nothing was bought here")


def story_of_one(target: WideTarget, name: str, since: datetime | None, output: Format) -> Exit:
    """The orders of one workspace, also of one that is deleted."""
    from kubectl_flink.order import order_of

    kubectl, scope = target.kubectl, _only(target)
    selector = f"--field-selector={names.WORKSPACE_OF_ORDER}={name}"
    found = read_all(kubectl, names.ORDERS, [scope], selector)
    if found.failures:
        return _failed(kubectl, *found.failures)
    if not found.wires:
        return _failed(kubectl, _no_orders(kubectl, name, scope))
    orders = [order_of(wire) for wire in found.wires]
    return _show_story(name, [o for o in orders if since is None or o.at >= since], output)


def _show_story(name: str, orders: "list[Order]", output: Format) -> Exit:
    if output != "table":
        dump({"orders": orders}, output)
        return Exit.DONE
    from kubectl_flink.ledger_pictures import story

    if not orders:
        complain("no orders since then")
        return Exit.DONE
    show(story(orders[0].namespace, name, orders))
    return Exit.DONE


def _no_orders(kubectl: Kubectl, name: str, scope: tuple[str, ...]) -> Failure:
    """Why a workspace has no orders: nothing was ordered yet, or there is no such name."""
    found = kubectl.read(names.WORKSPACES, name, *scope)
    if not isinstance(found, Failure):
        return Failure(Exit.NOT_FOUND, f"nothing was ordered for '{name}' yet")
    if found.kind is not Exit.NOT_FOUND:
        return found
    missing = not_found(kubectl, name, scope)
    wires = read_all(kubectl, names.ORDERS, [scope]).wires
    known = (wire["spec"]["workspaceRef"]["name"] for wire in wires)
    hint = "" if "did you mean" in missing.message else did_you_mean(name, known)
    return Failure(missing.kind, f"{missing.message}, and no order of one{hint}")


def wait_for(target: Target, name: str, seconds: float) -> Exit:
    """Follow one workspace to its end. The watch is one of a list: one of a single object
    missed, about once in thirty, a change made while it began."""
    kubectl, scope = target.kubectl, _only(target)
    found = read_one(kubectl, name, scope)
    if isinstance(found, Failure):
        return _failed(kubectl, found)
    watched = (names.WORKSPACES, f"--field-selector=metadata.name={name}", *scope)
    looks = follow(kubectl, watched, seconds)
    end = _in_terminal(looks) if sys.stdout.isatty() else _in_lines(looks)
    if end.code in (Exit.DONE, Exit.STALLED, Exit.SUSPENDED, Exit.TIMED_OUT, Exit.DELETED):
        print(end.words, flush=True)  # noqa: T201 - its output
        return end.code
    return _failed(kubectl, Failure(end.code, end.words))


def _in_lines(looks: Looks) -> End:
    """A line for each change."""
    last = None
    for each in looks:
        if isinstance(each, End):
            return each
        if each != last:
            percent = "" if each.percent is None else f"{each.percent}% "
            print(f"{percent}{each.words}", flush=True)  # noqa: T201 - its output
        last = each
    raise AssertionError("waiting has an end")


def _in_terminal(looks: Looks) -> End:
    """A bar that moves."""
    from rich import progress

    columns = (
        progress.BarColumn(bar_width=20),
        progress.TaskProgressColumn(),
        progress.TimeElapsedColumn(),
        progress.TextColumn("{task.description}", markup=False),
    )
    with progress.Progress(*columns, console=console(), transient=True) as bar:
        task = bar.add_task("asking", total=None)
        for each in looks:
            if isinstance(each, End):
                return each
            total = None if each.percent is None else 100
            bar.update(task, description=each.words, total=total, completed=each.percent or 0)
    raise AssertionError("waiting has an end")


def change(target: Target, name: str, step: Step, *, yes: bool) -> Exit:
    """Say what it does to money, ask, and set the annotation."""
    kubectl, scope = target.kubectl, _only(target)
    found = read_one(kubectl, name, scope)
    if isinstance(found, Failure):
        return _failed(kubectl, found)
    wanted = step(found)
    if isinstance(wanted, actions.Refusal):
        complain(f"{found.namespace}/{name}: {wanted.words}; nothing was changed")
        return Exit.REFUSED
    complain(f"{found.namespace}/{name} ({kubectl.place()}): {wanted.consequence}")
    if not yes and not agreed():
        return Exit.DECLINED
    flags = ("--overwrite", f"--namespace={found.namespace}")
    said = kubectl.run("annotate", names.WORKSPACES, name, wanted.argument, *flags)
    if isinstance(said, Failure):
        return _failed(kubectl, said)
    print(f"set: {wanted.argument}" if wanted.value else f"taken off: {wanted.annotation}")  # noqa: T201
    return Exit.DONE


def agreed() -> bool:
    """Ask. Where nobody can answer, the answer is no."""
    if not sys.stdin.isatty():
        complain("there is no terminal to ask at: add --yes to confirm; nothing was changed")
        return False
    sys.stderr.write("Do this? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    complain("nothing was changed")
    return False


def _only(target: Target) -> tuple[str, ...]:
    """The namespace of a verb about one workspace."""
    return tuple(f"--namespace={name}" for name in target.namespace[:1])


def _told(kubectl: Kubectl, found: Found, nothing: str | None) -> Exit:
    """Say what could not be read; else, if there is nothing, where there is nothing."""
    if found.failures:
        tell(kubectl, *found.failures)
    elif nothing:
        complain(f"{nothing} ({kubectl.place()})")
    return found.code


def _failed(kubectl: Kubectl, *failures: Failure) -> Exit:
    tell(kubectl, *failures)
    return failures[0].kind
