"""Pictures of a terminal, of what `kubectl flink` prints: SVG, without anything that is fetched.

The text is the command's own, of captured objects with the ids and times of the page of situations.
"""

import io
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from docs.generator.report import CLUSTER, published_report
from docs.generator.situations import COLUMNS, NOW, reports_by_situation
from kubectl_flink.checking import check
from kubectl_flink.orphans import orphans_in
from kubectl_flink.pictures import table, tree
from kubectl_flink.report_pictures import check_list, orphans_table

_FETCHED: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_TITLE: Final = "kubectl flink"
_FEW: Final = ("running", "being-created", "lost", "waiting-for-balance")


def recordings() -> Mapping[str, Callable[[], str]]:
    """What makes each picture, by its path."""
    return {
        "recordings/status.svg": lambda: _of_one("running"),
        "recordings/stalled.svg": lambda: _of_one("lost"),
        "recordings/all.svg": _of_all,
        "recordings/orphans.svg": _of_orphans,
        "recordings/check.svg": _of_check,
    }


def _of_one(situation: str) -> str:
    report = reports_by_situation()[situation]
    return svg(f"kubectl flink status {report.name} -n {report.namespace}", tree(report, NOW))


def _of_all() -> str:
    found = reports_by_situation()
    reports = [found[name] for name in _FEW]
    return svg("kubectl flink status -n team-a", table(reports, COLUMNS, with_namespace=False))


def _of_orphans() -> str:
    return svg("kubectl flink orphans", orphans_table(orphans_in(published_report()), COLUMNS))


def _of_check() -> str:
    return svg("kubectl flink check", check_list(check(published_report(), CLUSTER, NOW)))


def svg(typed: str, picture: Any) -> str:  # noqa: ANN401 - what rich can print
    """A terminal in which something was typed, and the answer."""
    console = Console(
        width=COLUMNS, file=io.StringIO(), record=True, force_terminal=True, color_system="truecolor",
        highlight=False, emoji=False, markup=False,
    )  # fmt: skip
    console.print(Text(f"$ {typed}", style="bold"))
    console.print(picture)
    drawn = console.export_svg(title=_TITLE, unique_id="flink")
    return "".join(f"{line.rstrip()}\n" for line in _FETCHED.sub("", drawn).splitlines())
