"""The way to the API server: the Pod's ServiceAccount, or else a kubeconfig.

Tokens are short-lived files; both ways read them again every minute, so that no call ever meets a
401 for age.
"""

import time
from dataclasses import dataclass
from typing import Final

import yaml
from kubernetes.aio import config
from kubernetes.aio.client import Configuration

from flink_workspace_operator.core.facts.failures import ClusterUnreachable

REREAD_SECONDS = 60.0
DIRECT: Final = {"trust_env": False, "headers": {"Accept-Encoding": "identity"}}
"""For our client's connections: by default it takes HTTPS_PROXY, which leads out of the cluster. So
it takes a proxy from the kubeconfig alone, as kopf does.

Answers come as they are: the API server compresses lists otherwise, which costs it more than the
network does."""


@dataclass(frozen=True)
class Login:
    """Address and credentials for another client of the same API server."""

    server: str
    ca_path: str | None
    verify: bool
    authorization: str | None
    """Value of the header `Authorization`: a secret."""
    certificate_path: str | None
    key_path: str | None
    proxy: str | None


async def load_configuration() -> Configuration:
    """The API server's address and our credentials; ClusterUnreachable if none are configured."""
    configuration = Configuration(client_session_kwargs=DIRECT)
    try:
        config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]  # its own gap
    except config.ConfigException:
        await _load_kubeconfig(configuration)
        configuration.refresh_api_key_hook = _Reread()  # type: ignore[assignment]  # declared as None, called if set
    return configuration


async def log_in() -> Login:
    """The credentials as of now: tokens are rotated."""
    configuration = await load_configuration()
    return Login(
        server=configuration.host,
        ca_path=configuration.ssl_ca_cert,
        verify=configuration.verify_ssl,
        authorization=await configuration.get_api_key_with_prefix("BearerToken"),
        certificate_path=configuration.cert_file,
        key_path=configuration.key_file,
        proxy=configuration.proxy,
    )


class _Reread:
    """Reads the kubeconfig again when it is due: the client itself reads a `tokenFile` once and
    never again."""

    def __init__(self) -> None:
        self._due = time.monotonic() + REREAD_SECONDS

    async def __call__(self, configuration: Configuration) -> None:
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + REREAD_SECONDS
            await _load_kubeconfig(configuration)


async def _load_kubeconfig(configuration: Configuration) -> None:
    try:
        await config.load_kube_config(client_configuration=configuration, persist_config=False)  # type: ignore[no-untyped-call]  # its own gap
    except (
        config.ConfigException,
        OSError,
        yaml.YAMLError,
        TypeError,
    ) as missing:  # TypeError: the file is empty
        said = " ".join(str(missing).split())
        raise ClusterUnreachable(
            f"neither a ServiceAccount nor a usable kubeconfig: {said}"
        ) from missing
