"""What runs in a node's namespaces, as their first process: when it ends, the kernel ends every
daemon and every Pod.

    python -m tests.lab.node.inside DIRECTORY SOCKET      # started by `keeper`

Mounts, network and processes are the node's own. `/var/lib`, `/var/log` and `/run` are its own
folders here, so that nothing is written to those of the machine. There is no route to anywhere, so
nothing can leave."""

import asyncio
import signal
import socket
import ssl
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

from flink_local.commands import run
from flink_local.failures import LocalFailure
from flink_local.loopback import answers_ok
from flink_local.processes import Processes
from tests.lab.namespaces.inside import isolate_files, reaped, start_network
from tests.lab.node.daemons import first_daemons, other_daemons
from tests.lab.node.layout import ADDRESS, API_PORT, SERVICES, Layout

READY_SECONDS: Final = 90.0
CHUNK: Final = 1 << 16


def main() -> NoReturn:
    """Make the node and look after its processes; ends with a message when one of the daemons
    ends."""
    layout, outside = Layout(Path(sys.argv[1])), socket.socket(fileno=int(sys.argv[2]))
    # Ctrl-C goes to the launcher, which ends things in order
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, signal.SIG_IGN)
    try:
        isolate_files(layout.directory)
        start_network()
        _connect()
        processes = _start_daemons(layout)
        threading.Thread(target=partial(asyncio.run, _let_in(outside)), daemon=True).start()
        for _ in reaped():
            processes.check()  # a daemon must not end
    except (LocalFailure, OSError) as failure:
        sys.exit(str(failure))
    raise AssertionError("daemons run until they are killed")


def _connect() -> None:
    """A pair of ends that lead to each other: the kernel need not know dummy devices."""
    run("ip", "link", "add", "node0", "type", "veth", "peer", "name", "node1")
    run("ip", "address", "add", f"{ADDRESS}/24", "dev", "node0")
    for end in ("node0", "node1"):
        run("ip", "link", "set", end, "up")
    run("ip", "route", "add", SERVICES, "dev", "node0")  # so that the node itself reaches Services


def _start_daemons(layout: Layout) -> Processes:
    processes = Processes(layout.logs, outlive=True)
    for name, command in first_daemons(layout).items():
        processes.start(name, command)
    trust = ssl.create_default_context(cafile=str(layout.keys / "ca.crt"))
    processes.wait_for(
        "Starting the API server", lambda: answers_ok(API_PORT, "/readyz", trust), READY_SECONDS
    )
    for name, command in other_daemons(layout).items():
        processes.start(name, command)
    return processes


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


if __name__ == "__main__":
    main()
