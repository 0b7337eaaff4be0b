"""The tree of one FlinkWorkspace, and the table of many."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from kubectl_flink.report import Aspect, Bought, Mark, Paid, Report, Standing
from kubectl_flink.words import length, moment

_SIGNS: Final = {
    Standing.READY: ("●", "green"),
    Standing.WORKING: ("◐", "yellow"),
    Standing.SUSPENDED: ("‖", "yellow"),
    Standing.STALLED: ("✖", "red"),
    Standing.DELETING: ("◐", "yellow"),
    Standing.NOT_SEEN: ("?", "yellow"),
    Standing.UNKNOWN: ("?", "yellow"),
}
_MARKS: Final = {Mark.GOOD: ("✔", "green"), Mark.BAD: ("✖", "red"), Mark.UNKNOWN: ("?", "yellow")}
_NARROWEST_MESSAGE: Final = 48
"""Columns in which an instance's id has room; where there are fewer, the table becomes a list."""


def tree(report: Report, now: datetime) -> RenderableType:
    """All of one FlinkWorkspace."""
    picture = Tree(_headline(report, now), guide_style="dim")
    for label, content in _branches(report):
        row = Table.grid(padding=(0, 2, 0, 0))
        row.add_column(width=6, no_wrap=True)
        row.add_column(overflow="fold")
        row.add_row(Text(label, style="bold"), content)
        picture.add(row)
    return picture


def _headline(report: Report, now: datetime) -> Text:
    line = Text(overflow="fold")
    line.append(f"{report.namespace}/{report.name}  ", style="bold")
    line.append_text(_state(report))
    if report.since:
        line.append(f" for {length(now - report.since)}")
    for part in filter(None, (report.zone, f"{report.cu} CU" if report.cu else "")):
        line.append(f"   {part}")
    return line


def _state(report: Report) -> Text:
    """The state and its reason, of a suspended one also whether it runs."""
    sign, colour = _SIGNS[report.standing]
    if report.standing is Standing.READY:
        return Text(f"{sign} {report.reason}", style=colour)
    running = "Running, " if report.runs and report.standing is Standing.SUSPENDED else ""
    reason = "" if report.reason in ("", report.standing) else f": {report.reason}"
    return Text(f"{sign} {running}{report.standing}{reason}", style=colour)


def _branches(report: Report) -> Iterator[tuple[str, RenderableType]]:
    if report.standing is not Standing.READY:
        since = f"since {moment(report.since)}: " if report.since else ""
        yield "why", Text(f"{since}{report.message}", overflow="fold")
    yield "bought", _bought(report.bought, report.instance_id)
    yield (
        "paid",
        _paid(report.paid).append(f"   account {report.account}" if report.account else ""),
    )
    yield "needs", _needs(report)
    yield "drift", _marked(report.drift, report)
    yield "cloud", _marked(report.cloud, report)
    yield "next", _next(report)


def _bought(bought: Bought, instance_id: str | None) -> RenderableType:
    at = f"at {moment(bought.at)}" if bought.at else ""
    facts = [bought.order, bought.state, bought.price, at, bought.words]
    if bought.order is None and bought.price:
        facts = [f"{bought.words}; it would cost {bought.price}"]
    line = sign(bought.mark).append("  ".join(filter(None, facts)))
    if bought.decided_not_before:
        line.append(f", decided not before {moment(bought.decided_not_before)}")
    return Group(line, Text(instance_id, overflow="fold")) if instance_id else line


def _paid(paid: Paid) -> Text:
    if paid.charge == "PayAsYouGo":
        return sign(paid.mark).append("pay-as-you-go: there is no end of a paid time")
    if paid.until is None:
        return sign(Mark.UNKNOWN).append(f"{paid.charge}: no end of a paid time is known")
    who = "the cloud renews it" if paid.renewal == "Automatic" else "it ends unless renewed by hand"
    return sign(paid.mark).append(
        f"until {moment(paid.until)}, {paid.days_left} days   renewal {paid.renewal}: {who}"
    )


def _needs(report: Report) -> RenderableType:
    """One line where all is well; else one for each, so that the message can be read."""
    if all(each.mark is Mark.GOOD for each in report.needs):
        return Text("  ").join(sign(each.mark).append(each.name) for each in report.needs)
    return Group(*(_need(each, report) for each in report.needs))


def _need(aspect: Aspect, report: Report) -> Text:
    if aspect.mark is Mark.GOOD:
        return sign(aspect.mark).append(aspect.name)
    return Text.assemble(sign(aspect.mark), f"{aspect.name}: ", _message(aspect, report))


def _marked(aspect: Aspect, report: Report) -> Text:
    return sign(aspect.mark).append(_message(aspect, report))


def _message(aspect: Aspect, report: Report) -> str:
    """The operator's words, once."""
    return "as said above" if aspect.message == report.message else aspect.message


def _next(report: Report) -> RenderableType:
    words = Text(report.next.words + (":" if report.next.command else ""))
    if report.next.command is None:
        return words
    return Group(words, Text(report.next.command, style="bold", overflow="fold"))


def sign(mark: Mark) -> Text:
    """The sign of a mark, to append words to."""
    sign, colour = _MARKS[mark]
    text = Text(overflow="fold")
    text.append(f"{sign} ", style=colour)
    return text


def table(reports: Sequence[Report], width: int, *, with_namespace: bool) -> RenderableType:
    """One row for each; a list where the terminal is too narrow for rows."""
    rows = [_cells(each, with_namespace=with_namespace) for each in reports]
    heads = [*(["NAMESPACE"] if with_namespace else []), "NAME", "STATE", "CU", "PAID UNTIL"]
    taken = sum(
        max(len(head), *(row[place].cell_len for row in rows)) + 2
        for place, head in enumerate(heads)
    )
    if width - taken < _NARROWEST_MESSAGE:
        return Group(*(part for each in reports for part in _item(each)))
    found = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in heads:
        found.add_column(head, no_wrap=True)
    found.add_column("MESSAGE", overflow="fold")
    for row in rows:
        found.add_row(*row)
    return found


def _cells(report: Report, *, with_namespace: bool) -> list[Text]:
    namespace = [Text(report.namespace)] if with_namespace else []
    cu = Text(str(report.cu) if report.cu else "-")
    return [*namespace, Text(report.name), _state(report), cu, Text(_until(report)),
            Text(report.message)]  # fmt: skip


def _until(report: Report) -> str:
    if report.paid.charge == "PayAsYouGo":
        return "pay-as-you-go"
    return moment(report.paid.until) if report.paid.until else "-"


def _item(report: Report) -> Iterator[RenderableType]:
    line = Text(f"{report.namespace}/{report.name} ", style="bold", overflow="fold")
    line.append_text(_state(report))
    facts = f"{report.cu} CU" if report.cu else "", _until(report)
    yield line.append("".join(f"   {fact}" for fact in facts if fact not in ("", "-")))
    yield Padding(Text(report.message, overflow="fold"), (0, 0, 0, 2))
