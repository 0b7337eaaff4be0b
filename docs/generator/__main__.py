"""`python -m docs.generator FOLDER`: write the generated pages below a folder."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from docs.generator.api import api_page
from docs.generator.errors import errors_page
from docs.generator.markdown import page
from docs.generator.metrics import metrics_page
from docs.generator.reasons import reasons_page
from docs.generator.recordings import recordings
from docs.generator.situations import situations_page
from flink_workspace_operator.cli import describe_settings


def settings_page() -> str:
    """As the command line shows them."""
    return page("Settings", f"```text\n{describe_settings()}\n```")


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "settings.md": settings_page,
    "metrics.md": metrics_page,
    "reference/api.md": api_page,
    "reference/reasons.md": reasons_page,
    "reference/errors.md": errors_page,
    "reference/kubectl-flink-status.md": situations_page,
    **recordings(),
}


def write_pages(folder: Path) -> None:
    """All of them, each at its place."""
    for name, make in PAGES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
