"""A proxy of the environment leads out of the cluster, so none of the clients of the API server
takes it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from kopf._cogs.clients.auth import APIContext
from kubernetes.aio import client

from flink_workspace_operator.adapters.kubernetes.connection import load_configuration
from flink_workspace_operator.handlers import build_registry
from flink_workspace_operator.runtime.operator import Operator
from tests.contract.servers import Server, serving

VERSION = dict.fromkeys(
    (
        "major",
        "minor",
        "gitVersion",
        "gitCommit",
        "gitTreeState",
        "buildDate",
        "goVersion",
        "compiler",
        "platform",
    ),
    "1",
)
BODY = json.dumps(VERSION)
ANSWER = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n{BODY}".encode()
Ask = Callable[[], Awaitable[object]]


async def ask_with_our_client() -> object:
    """As the adapters do."""
    async with client.ApiClient(await load_configuration()) as api:
        return await client.VersionApi(api).get_code()


async def ask_with_kopf() -> object:
    """As its watches do, with what our login gives it."""
    registry = build_registry(cast(Operator, None))  # which only events are for
    [login] = [
        each for each in cast(Any, registry)._activities.get_all_handlers() if each.id == "login"
    ]
    context = APIContext(await login.fn())
    try:
        async with context.session.get(f"{context.server}/version/") as answer:
            return await answer.json()
    finally:
        await context.close()


@pytest.fixture
async def api_server() -> AsyncIterator[tuple[Server, dict[str, Any]]]:
    """The server, and its entry in the kubeconfig that the clients read."""
    server = Server(ANSWER)
    async with serving(server.handle) as address:
        cluster = {"server": f"http://{address}"}
        yield server, cluster


def write(cluster: dict[str, Any], directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kubeconfig, for both clients."""
    file = directory / "kubeconfig"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": {"token": "t"}}],
    }
    file.write_text(json.dumps(config))
    monkeypatch.setattr("kubernetes.aio.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(file))


@pytest.mark.parametrize("ask", [ask_with_our_client, ask_with_kopf])
async def test_no_proxy_of_the_environment_is_taken(
    ask: Ask,
    api_server: tuple[Server, dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without NO_PROXY; for the cloud the same variables count."""
    server, cluster = api_server
    write(cluster, tmp_path, monkeypatch)
    proxy = Server(ANSWER)
    async with serving(proxy.handle) as address:
        for variable in ("HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(variable, f"http://{address}")
            monkeypatch.setenv(variable.lower(), f"http://{address}")
        await ask()
    assert (server.requests, proxy.connections) == (["GET /version/"], 0)


@pytest.mark.parametrize("ask", [ask_with_our_client, ask_with_kopf])
async def test_the_proxy_of_the_kubeconfig_is_taken(
    ask: Ask,
    api_server: tuple[Server, dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is named for this server."""
    server, cluster = api_server
    proxy = Server(ANSWER)
    async with serving(proxy.handle) as address:
        write({**cluster, "proxy-url": f"http://{address}"}, tmp_path, monkeypatch)
        await ask()
    assert (server.connections, proxy.requests) == (0, [f"GET {cluster['server']}/version/"])
