"""Run the emulator until it is told to stop: ``python -m flink_cloud_emulator``."""

import argparse
import asyncio
import signal
import ssl
import sys
from pathlib import Path

from flink_cloud_emulator.server import start


def main() -> int:
    """Parse the command line and serve. Exit code 1 where the port cannot be had."""
    parser = argparse.ArgumentParser(
        prog="flink_cloud_emulator", description="Alibaba Cloud on one machine, for tests."
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s)"
    )
    parser.add_argument(
        "--port", type=int, default=0, help="0 takes a free one (default: %(default)s)"
    )
    parser.add_argument(
        "--url-file", type=Path, help="write the URL here once requests are answered"
    )
    tls = (
        "a certificate and its key in PEM: answer by TLS as well, on a port of its own; its URL is"
        " the second line"
    )
    parser.add_argument("--tls", type=Path, metavar="FILE", help=tls)
    try:
        asyncio.run(_serve(parser.parse_args()))
    except OSError as error:
        sys.stderr.write(f"cannot start the emulator: {error}\n")
        return 1
    return 0


async def _serve(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    running = await start(arguments.port, arguments.host, _context(arguments.tls))
    urls = "\n".join(filter(None, (running.url, running.tls_url)))
    try:
        if arguments.url_file is None:
            sys.stdout.write(urls + "\n")
            sys.stdout.flush()
        else:
            _write_whole(arguments.url_file, urls)
        await stop.wait()
    finally:
        await running.stop()


def _context(file: Path | None) -> ssl.SSLContext | None:
    if file is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def _write_whole(path: Path, text: str) -> None:
    """Write so that nobody who waits for the file reads half of it."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text + "\n")
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main())
