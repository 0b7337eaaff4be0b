"""`python -m tests.model`: all searches and all mutants, with a table of what was found."""

import sys
from collections.abc import Iterator

from tests.model.deep import DEEP
from tests.model.explore import Outcome, explore
from tests.model.mutants import MUTANTS
from tests.model.residual import RESIDUAL
from tests.model.rules import Run
from tests.model.runs import RUNS


def _table(title: str, runs: tuple[Run, ...]) -> Iterator[Outcome]:
    """Search the runs one after another; give those that did not end as they must."""
    _say(f"\n{title}")
    for run in runs:
        outcome = explore(run)
        length = f" ({len(outcome.schedule)} steps)" if outcome.schedule else ""
        _say(
            f"  {run.name:55.55} {outcome.states:>9,} states {outcome.seconds:6.1f} s  {outcome.result}{length}"
        )
        must_fail = run in MUTANTS or run.expects != ""
        if bool(outcome.violation) != must_fail or not (must_fail or outcome.exhausted):
            yield outcome


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """1 if anything did not end as it must; its schedule is printed."""
    surprises = [
        *_table("The protocol", RUNS),
        *_table("The protocol, with more at once", DEEP),
        *_table("What it does not promise", RESIDUAL),
        *_table("The protocol without one of its rules", MUTANTS),
    ]
    for outcome in surprises:
        _say(
            "\n".join(
                (
                    f"\n{outcome.run.name}: {outcome.result}",
                    *(f"  {line}" for line in outcome.schedule),
                )
            )
        )
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())
