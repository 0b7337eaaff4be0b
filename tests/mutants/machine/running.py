"""One process imports the code and collects the tests, once; then each mutant is a fork of it.

The fork puts the changed code into the functions that are there already, so a mutant costs what the
tests cost that notice it. Quick tests come first, and those that noticed others."""

import ast
import gc
import json
import os
import resource
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final

import pytest
from _pytest.runner import runtestprotocol  # the only way to learn how one test ended

from tests.mutants.machine.changes import Change, changed, changes_of, probed
from tests.mutants.machine.money_path import REPOSITORY, modules
from tests.mutants.machine.results import HUNG, SURVIVED, UNREACHED, Results

MEMORY: Final = 4 << 30
"""Bytes: a mutant that collects without end must not take the machine with it."""
PATIENCE_SECONDS: Final = 600
"""For a mutant that only waits. One that computes without end is stopped by the processor time that
it uses."""


PROBE: Final = "__ran__"


class NoEnd(Exception):
    """The tests do not come to an end without any change."""


@dataclass
class Machine:
    """The plugin of the one run of pytest. `tell` gets a line for each mutant."""

    changes: Sequence[Change]
    results: Results
    seconds: float
    tell: Callable[[Change, str], None]
    _functions: list[FunctionType] = field(default_factory=list)
    _catches: Counter[str] = field(default_factory=Counter)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In the place of running the tests once."""
        self._functions = functions_in_use(modules())
        gc.freeze()  # what is there already need not be looked through, and so copied, in each fork
        items = {item.nodeid: item for item in session.items}
        runs = self.results.runs_kept() or forked(
            lambda: _run_plainly(session.items, self._functions), PATIENCE_SECONDS
        )
        if runs is None:
            raise NoEnd
        self.results.keep_runs(runs)
        for change in self.changes:
            tests = self._in_order(
                change, {name: run for name, run in runs.items() if run["passed"]}
            )
            ended = self._ended(
                change, [items[name] for name, _ in tests], sum(took for _, took in tests)
            )
            self._catches[ended] += 1
            self.results.note(change, ended)
            self.tell(change, ended)
        return True

    def _in_order(self, change: Change, runs: dict[str, Any]) -> list[tuple[str, float]]:
        """The tests that run its lines, as many as the time allows."""
        names = [
            name
            for name, run in runs.items()
            if change.statement in run["lines"].get(change.file, ())
        ]
        names.sort(key=lambda name: runs[name]["took"] / (1 + self._catches[name]))
        chosen: list[tuple[str, float]] = []
        total = 0.0
        for name in names:
            total += runs[name]["took"]
            if total > self.seconds and chosen:
                break
            chosen.append((name, runs[name]["took"]))
        return chosen

    def _ended(self, change: Change, tests: Sequence[pytest.Item], took: float) -> str:
        if not tests:
            return UNREACHED
        answer = forked(lambda: _caught_by(change, tests, self._functions), 4 * took + 10)
        return HUNG if answer is None else str(answer)


def _caught_by(
    change: Change, tests: Sequence[pytest.Item], functions: Sequence[FunctionType]
) -> str:
    path = REPOSITORY / change.file
    put_in_place(path, changed(path.read_text(), change.number), functions)
    return next(_failing(tests), SURVIVED)


def _failing(tests: Sequence[pytest.Item]) -> Iterator[str]:
    """Names of tests that fail, as they do."""
    for item, following in zip(tests, (*tests[1:], None), strict=True):
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
            yield item.nodeid


def functions_in_use(files: Sequence[str]) -> list[FunctionType]:
    """Those of the files, wherever they stand by now: in classes, registries, decorators."""
    paths = {str(REPOSITORY / file) for file in files}
    gc.unfreeze()  # what is frozen, as all that was there before the tests, is not listed
    functions = [each for each in gc.get_objects() if isinstance(each, FunctionType)]
    return [each for each in functions if each.__code__.co_filename in paths]


def put_in_place(
    path: Path, module: ast.Module, functions: Sequence[FunctionType]
) -> list[FunctionType]:
    """Let the file's functions run that code, in this process; which they are. Raises where there
    is none."""
    new = {_key(code): code for code in _codes(compile(module, str(path), "exec"))}
    ours = [
        each
        for each in functions
        if each.__code__.co_filename == str(path) and _key(each.__code__) in new
    ]
    if not ours:
        raise LookupError(f"no function of {path} is in use")
    for function in ours:
        function.__code__ = new[_key(function.__code__)]
    return ours


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _run_plainly(tests: Sequence[pytest.Item], functions: Sequence[FunctionType]) -> dict[str, Any]:
    """What each test runs of the money path, how long it takes, and whether it passes as things
    are."""
    changeable = [file for file in modules() if changes_of((REPOSITORY / file).read_text(), file)]
    ran = {file: _probed(REPOSITORY / file, functions) for file in changeable}
    runs: dict[str, Any] = {}
    for item, following in zip(tests, (*tests[1:], None), strict=True):
        for lines in ran.values():
            lines.clear()
        began = time.process_time()
        reports = runtestprotocol(item, log=False, nextitem=following)
        runs[item.nodeid] = {
            "took": time.process_time() - began,
            "passed": not any(report.failed for report in reports),
            "lines": {file: sorted(lines) for file, lines in ran.items() if lines},
        }
    return runs


def _probed(path: Path, functions: Sequence[FunctionType]) -> set[int]:
    """The lines that statements of the file begin in, as they are run from now on."""
    lines: set[int] = set()
    for function in put_in_place(path, probed(path.read_text(), PROBE), functions):
        function.__globals__[PROBE] = lines.add
    return lines


def forked(work: Callable[[], object], seconds: float) -> Any:  # noqa: ANN401 - whatever JSON can say
    """What it returns, worked out in a fork with so much processor time; None where that did not
    come to an end."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _work_and_end(work, seconds, writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return json.loads(answer) if answer else None


def _work_and_end(work: Callable[[], object], seconds: float, writing: int) -> None:
    """Nothing of what the parent has open is closed or flushed a second time."""
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(PATIENCE_SECONDS)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        answer = json.dumps(work())
        with os.fdopen(writing, "w") as pipe:
            pipe.write(answer)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)
