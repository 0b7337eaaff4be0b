"""Both kinds of resources in the test's namespace."""

import pytest
from kubernetes import client, config

from flink_local.cluster import Cluster
from flink_workspace_operator.api import names
from tests.scenario.api.server import Kind


@pytest.fixture(scope="session")
def custom_objects(cluster: Cluster) -> client.CustomObjectsApi:
    """The administrator's client."""
    connection = config.new_client_from_config(str(cluster.kubeconfig))  # type: ignore[no-untyped-call]  # the client's own gap
    return client.CustomObjectsApi(connection)


@pytest.fixture
def workspaces(custom_objects: client.CustomObjectsApi, namespace: str) -> Kind:
    """FlinkWorkspaces of the test's namespace."""
    return Kind(custom_objects, namespace, names.WORKSPACES)


@pytest.fixture
def orders(custom_objects: client.CustomObjectsApi, namespace: str) -> Kind:
    """FlinkWorkspaceOrders of the test's namespace."""
    return Kind(custom_objects, namespace, names.ORDERS)


@pytest.fixture(scope="session")
def asked_workspaces(custom_objects: client.CustomObjectsApi) -> Kind:
    """FlinkWorkspaces for dry runs, which leave nothing behind."""
    return Kind(custom_objects, "default", names.WORKSPACES)


@pytest.fixture(scope="session")
def asked_orders(custom_objects: client.CustomObjectsApi) -> Kind:
    """FlinkWorkspaceOrders for dry runs, which leave nothing behind."""
    return Kind(custom_objects, "default", names.ORDERS)
