"""The commands of the page of alerts are ones that kubectl takes, and show what the page says."""

import re
import subprocess
from pathlib import Path

from tests.docs.pages import commands
from tests.scenario.manifests import subscription
from tests.scenario.world import World

OF_PODS = ("logs", "exec")
"""They need Pods, for which there is no node here."""


async def test_commands_show_what_is_looked_for(world: World, tmp_path: Path) -> None:
    """With the names of an alert filled in; those that look at everything show it, too."""
    await world.apply(subscription())
    await world.settle("w")
    (tmp_path / "kubectl").symlink_to(world.local.kubectl_program)
    told = [command for command in commands("alerts.md") if command.line.split()[1] not in OF_PODS]
    printed = {command.line: run(filled(command.line, world), world, tmp_path) for command in told}

    assert len(printed) > 8
    shown = {
        command.line: printed[command.line] for command in told if "flinkworkspace" in command.line
    }
    assert [
        line
        for line, said in shown.items()
        if not said.strip() and not line.startswith("kubectl annotate")
    ] == []
    [until], [addresses], [order] = (
        [said for line, said in shown.items() if word in line]
        for word in ("expireTime", "vSwitches", "order NAME")
    )
    assert re.search(r"\S+ \d{4}-\d\d-\d\dT", until)
    assert "Enough" in addresses
    assert "requestIds" in order


def filled(line: str, world: World) -> str:
    """A command with the names of this test's resources."""
    names = {
        "NAMESPACE": world.namespace,
        "WORKSPACE": "w",
        "NAME": "w-1" if "order NAME" in line else "w",
    }
    for placeholder, name in names.items():
        line = re.sub(rf"\b{placeholder}\b", name, line)
    return line


def run(line: str, world: World, path: Path) -> str:
    """What it prints; it must succeed."""
    environment = world.local.environment
    environment["PATH"] = f"{path}:{environment['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-c", line], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{line}:\n{done.stderr}"
    return done.stdout
