"""Tells a person what is going on and for how long."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

LINE_EVERY_SECONDS = 15.0
"""Where the output is no terminal, so that a log shows that it still goes on."""


class Step:
    """Something that takes a while; `detail` is what it does right now."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.detail = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.detail})" if self.detail else self.text


@contextmanager
def step(text: str, console: Console | None = None) -> Iterator[Step]:
    """Show that something is being done: a spinner on a terminal, else a line every 15 s; then how
    long it took."""
    console = console or Console()
    current, started = Step(text), time.monotonic()
    done = threading.Event()
    show = _spin if console.is_terminal else _write_lines
    shower = threading.Thread(target=show, args=(current, console, done), daemon=True)
    shower.start()
    ending = "failed after"
    try:
        yield current
        ending = "done in"
    finally:
        done.set()
        shower.join()
        took = duration(time.monotonic() - started)
        console.print(f"{text}: {ending} {took}", highlight=False, markup=False, soft_wrap=True)


def duration(seconds: float) -> str:
    """Seconds as people say it."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


def _spin(current: Step, console: Console, done: threading.Event) -> None:
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(str(current))
        while not done.wait(0.2):
            progress.update(task, description=str(current))


def _write_lines(current: Step, console: Console, done: threading.Event) -> None:
    started = time.monotonic()
    console.print(f"{current.text} ...", highlight=False, markup=False, soft_wrap=True)
    while not done.wait(LINE_EVERY_SECONDS):
        elapsed = duration(time.monotonic() - started)
        console.print(
            f"  {current}, {elapsed} so far", highlight=False, markup=False, soft_wrap=True
        )
