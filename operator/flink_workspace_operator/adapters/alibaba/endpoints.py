"""Where the services of the cloud are. The official SDKs know; a setting may name another place for all of them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from alibabacloud_tea_openapi.models import Config

Protocol = Literal["HTTP", "HTTPS"]


@dataclass(frozen=True)
class Product:
    """One service of the cloud. `client` is its SDK's client class, which knows the service's endpoints.

    `regional` services have an endpoint in every region, also in regions that the SDK has not heard of;
    `home` is the region to ask where a service is the same everywhere.
    """

    name: str
    version: str
    client: type[Any]
    regional: bool = False
    home: str | None = None

    def own_endpoint(self, region: str | None) -> str | None:
        """The host of a service that has one in every region; None leaves it to the SDK."""
        return f"{self.name}.{region}.aliyuncs.com" if self.regional and region else None


@dataclass(frozen=True)
class Endpoint:
    """Whom a call is addressed to."""

    protocol: Protocol
    host: str
    """With its port, if that is not the usual one."""


@lru_cache(maxsize=1000)
def find_endpoint(product: Product, region: str | None, instead: str | None) -> Endpoint:
    """Where to find a service; `instead` is the base URL that a setting puts in its place.

    The SDK's client is made for this alone, and sends nothing. Making one costs as much as signing a call.
    """
    config = Config(region_id=region or product.home, protocol="HTTPS")
    if instead is None:
        config.endpoint = product.own_endpoint(region)
    else:
        scheme, config.endpoint = instead.split("://")
        config.protocol = scheme.upper()
    client = product.client(config)
    return Endpoint(client._protocol, client._endpoint)
