"""Servers on the loopback interface that are not the emulator: what stands between the operator and
the cloud."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from flink_local.certificates import Authority

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
CHUNK = 65536


@dataclass
class Server:
    """A server that answers each request in one way, or not at all, and notes the requests."""

    answer: bytes | None
    reads: bool = True
    """Before it answers or closes the connection."""
    requests: list[str] = field(default_factory=list)
    connections: int = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            if self.reads:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.requests.append(head.split(" HTTP/1.1")[0].split("?")[0])
            if self.answer is not None:
                writer.write(self.answer)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def serving(handle: Handle, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """The address of a server, `host:port`."""
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


@dataclass
class Proxy:
    """A proxy that makes every tunnel that it is asked for, and notes whereto and in whose name."""

    leads_to: str | None = None
    """All tunnels end there, whatever they were asked for."""
    targets: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, _ = head.split(" ", 2)
        assert method == "CONNECT"
        self.targets.append(target)
        self.authorizations += [
            line for line in head.splitlines() if line.startswith("Proxy-Authorization:")
        ]
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await forward(reader, writer, self.leads_to or target)


async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str) -> None:
    """Both directions between a connection and a new one to that address, until both are at their
    end."""
    host, port = address.rsplit(":", 1)
    there_reader, there_writer = await asyncio.open_connection(host, int(port))
    await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, ssl.SSLError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()


def closed_port() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


def tls_of(authority: Authority, directory: Path, *names: str) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate of this authority, for the loopback interface and
    more names."""
    pair, file = authority.server(*names), directory / "server.pem"
    file.write_bytes(pair.certificate + pair.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
