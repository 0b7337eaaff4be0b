"""What runs in a node's namespaces, as their first process: when it ends, the kernel ends every daemon and every Pod.

    python -m flink_local.node.inside DIRECTORY SOCKET      # started by `keeper`

Mounts, network and processes are the node's own. `/var/lib`, `/var/log` and `/run` are its own folders here, so that
nothing is written to those of the machine. There is no route to anywhere, so nothing can leave.
"""

import asyncio
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

from flink_local.failures import LocalFailure
from flink_local.loopback import answers_ok
from flink_local.node.daemons import first_daemons, other_daemons
from flink_local.node.layout import ADDRESS, API_PORT, SERVICES, Layout
from flink_local.processes import Processes

READY_SECONDS: Final = 90.0
CHUNK: Final = 1 << 16


def main() -> NoReturn:
    """Make the node and look after its processes; ends with a message when one of the daemons ends."""
    layout, outside = Layout(Path(sys.argv[1])), socket.socket(fileno=int(sys.argv[2]))
    for signum in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C goes to the launcher, which ends things in order
        signal.signal(signum, signal.SIG_IGN)
    try:
        _isolate_files(layout)
        _make_network()
        processes = _start_daemons(layout)
        threading.Thread(target=partial(asyncio.run, _let_in(outside)), daemon=True).start()
        _look_after(processes)
    except (LocalFailure, OSError, subprocess.CalledProcessError) as failure:
        sys.exit(str(failure))


def _isolate_files(layout: Layout) -> None:
    _run("mount", "--make-rprivate", "/")
    for place in ("var/lib", "var/log", "run"):
        own = layout.directory / "root" / place
        own.mkdir(parents=True)
        _run("mount", "--bind", own, f"/{place}")
    _run("mount", "--make-rshared", "/")  # volumes that the kubelet mounts are to show up in containers


def _make_network() -> None:
    """A pair of ends that lead to each other: the kernel need not know dummy devices."""
    _run("ip", "link", "set", "lo", "up")
    _run("ip", "link", "add", "node0", "type", "veth", "peer", "name", "node1")
    _run("ip", "address", "add", f"{ADDRESS}/24", "dev", "node0")
    for end in ("node0", "node1"):
        _run("ip", "link", "set", end, "up")
    _run("ip", "route", "add", SERVICES, "dev", "node0")  # so that the node itself reaches Services
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def _start_daemons(layout: Layout) -> Processes:
    processes = Processes(layout.logs, outlive=True)
    for name, command in first_daemons(layout).items():
        processes.start(name, command)
    trust = ssl.create_default_context(cafile=str(layout.keys / "ca.crt"))
    processes.wait_for("Starting the API server", lambda: answers_ok(API_PORT, "/readyz", trust), READY_SECONDS)
    for name, command in other_daemons(layout).items():
        processes.start(name, command)
    return processes


def _look_after(processes: Processes) -> NoReturn:
    """Reap whoever ends. Processes of containers become ours when their parents end; a daemon must not end."""
    while True:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        processes.check()
        if ended is not None:
            os.waitpid(ended.si_pid, 0)


async def _let_in(outside: socket.socket) -> None:
    """Serve a socket of the machine's network by connecting to the API server in the node's."""
    server = await asyncio.start_server(_pass_on, sock=outside)
    await server.serve_forever()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", API_PORT)
    except OSError:
        writer.close()
        return
    await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while content := await source.read(CHUNK):
            target.write(content)
            await target.drain()
    except OSError:
        pass  # one side has gone: the other one is told by closing
    finally:
        target.close()


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LocalFailure(f"{' '.join(map(str, command))}: {done.stderr.strip()}")


if __name__ == "__main__":
    main()
