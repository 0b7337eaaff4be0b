"""`python -m tests.bench 0 100 1000 --buy 50 200`: what the operator costs, as tables, beside what
it costs at least.

A real API server, the emulated cloud by TLS with a private authority, and the operator, each a
process of its own. First so many workspaces are planted as if bought long ago, and rounds of looks
are measured; then so many new ones are applied at once.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.bench import floors, tables
from tests.bench.buying import Wave, buy
from tests.bench.floors import Floor
from tests.bench.planting import Template, buy_template, plant
from tests.bench.resting import Rest, rest, started
from tests.bench.stage import Stage, staged
from tests.bench.typed import Commands, commands
from tests.bench.wanted import count

LEAST_LOOK_SECONDS = 60
LONG_SECONDS = 600
"""Looks at what is in order come so seldom that they don't count."""
LOOKS_A_SECOND = 1000 / 60
CALLS = 2000
WRITES = 300


async def main(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(
        prefix="flink-bench-", ignore_cleanup_errors=True
    ) as directory:
        async with staged(
            Path(directory), tls=not arguments.plain, namespaces=arguments.namespaces
        ) as stage:
            stage.ask(
                "PATCH", "settings", {"provisioningSeconds": arguments.provisioning, "balance": 1e9}
            )
            await stage.start_operator(resync_seconds=LONG_SECONDS)
            template = await buy_template(stage)
            stage.end_operator()
            tables.say(tables.about(arguments))
            bare = [
                *await floors.writes_of_a_cluster(stage, WRITES),
                await floors.signed_calls(stage, CALLS),
            ]
            tables.say(tables.floors(bare))
            await converged(stage, template, arguments.sizes)
            await waves(stage, template, arguments.buy)


async def converged(stage: Stage, template: Template, sizes: list[int]) -> None:
    """A column for each size, each among those of the one before."""
    before, measured, typed = 0, list[Rest](), list[Commands]()
    for size in sizes:
        await plant(stage, template, before, size)
        before = size
        measured.append(
            await rest(stage, template, size, max(LEAST_LOOK_SECONDS, size / LOOKS_A_SECOND))
        )
        tables.say(tables.rests(measured))
        typed.append(await commands(stage, size))
    if typed:
        tables.say(tables.commands(typed))


async def waves(stage: Stage, template: Template, numbers: list[int]) -> None:
    """A column for each wave, and the floor of what it wrote."""
    measured, bare = list[Wave](), list[Floor]()
    for number in numbers:
        await started(stage, await count(stage), LONG_SECONDS)
        measured.append(await buy(stage, f"wave-{number}", number))
        stage.end_operator()
        bare.append(await floors.purchases(stage, template, number, measured[-1].used.writes))
        tables.say(tables.waves(measured, bare))


def arguments_of(argv: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="tests.bench", description="What the operator costs.")
    parser.add_argument("sizes", nargs="*", type=int, help="so many workspaces that are in order")
    parser.add_argument("--buy", nargs="*", type=int, default=[], help="so many new ones at once")
    parser.add_argument(
        "--provisioning",
        type=float,
        default=20,
        help="seconds until one runs (default: %(default)s)",
    )
    parser.add_argument(
        "--namespaces", type=int, default=10, help="they are spread over (default: %(default)s)"
    )
    parser.add_argument("--plain", action="store_true", help="the cloud without TLS")
    return parser.parse_args(argv)


if __name__ == "__main__":
    asyncio.run(main(arguments_of(sys.argv[1:])))
