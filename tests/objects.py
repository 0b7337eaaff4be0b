"""Objects of a cluster, read and written as kubectl does it, but without starting a kubectl each
time.

    objects = Objects.of(cluster, namespace)
    objects.apply(pay_as_you_go("w"))
    objects.patch("flinkworkspaces/w", {"spec": {"suspend": True}})
    assert objects.get("flinkworkspaces/w")["spec"]["suspend"]

A kubectl takes a tenth of a second of a core, and its `apply` as much again of the API server's.
Where a test is about kubectl, or runs what a page tells people to type, it takes `cluster.kubectl`.
"""

import contextlib
import functools
import json
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Self

from flink_local.cluster import KUBECTL_SECONDS, Cluster
from flink_local.failures import LocalFailure
from flink_local.manifests import NAMESPACE, SERVICE_ACCOUNT
from flink_workspace_operator.api.names import API_VERSION
from tests.patience import patience

Wire = dict[str, Any]
Account = tuple[str, str]
"""The name of a ServiceAccount, and its namespace."""

OPERATOR: Final[Account] = (SERVICE_ACCOUNT, NAMESPACE)
RBAC: Final = "rbac.authorization.k8s.io/v1"
_ADMISSION: Final = "admissionregistration.k8s.io/v1"
_VERSIONS: Final = {
    "flinkworkspaces": API_VERSION,
    "flinkworkspaceorders": API_VERSION,
    "flinkpurchaseapprovals": API_VERSION,
    "flinkpurchasepolicies": API_VERSION,
    "leases": "coordination.k8s.io/v1",
    "customresourcedefinitions": "apiextensions.k8s.io/v1",
    **dict.fromkeys(
        ("validatingadmissionpolicies", "validatingadmissionpolicybindings"), _ADMISSION
    ),
    **dict.fromkeys(("roles", "rolebindings", "clusterroles", "clusterrolebindings"), RBAC),
}
"""API versions of what is told by its path and is not in the core group."""
_OF_NO_NAMESPACE: Final = {
    "flinkpurchasepolicies",
    "namespaces",
    "clusterroles",
    "clusterrolebindings",
    "customresourcedefinitions",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "validatingwebhookconfigurations",
}

_JSON: Final = "application/json"
_MERGE: Final = "application/merge-patch+json"
_APPLY: Final = "application/apply-patch+yaml"
_STRICT: Final = "fieldManager=kubectl&fieldValidation=Strict"


class Refused(LocalFailure):
    """What the API server said instead of doing it."""


class NotFound(Refused):
    """It has no such object."""


@dataclass(frozen=True)
class Connection:
    """An open way to an API server, as whoever a kubeconfig is of."""

    url: str
    pool: Any
    identity: dict[str, str]

    def ask(self, method: str, path: str, body: Wire | None = None, content: str = _JSON) -> Wire:
        """The answer. Raises Refused, and LocalFailure where there is none."""
        from urllib3.exceptions import HTTPError  # as kubernetes does, see below

        sent = None if body is None else json.dumps(body)
        headers = {**self.identity, "Content-Type": content}
        try:
            answer = self.pool.request(
                method,
                f"{self.url}/{path}",
                body=sent,
                headers=headers,
                timeout=patience(KUBECTL_SECONDS),
            )
        except HTTPError as broken:
            raise LocalFailure(f"{method} {path}: {broken}") from broken
        found: Wire = json.loads(answer.data)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            failure = NotFound if answer.status == HTTPStatus.NOT_FOUND else Refused
            raise failure(f"{method} {path}: {found['message']}")
        return found


@functools.cache
def _connected(kubeconfig: Path) -> Connection:
    # takes half a second, and most runs of single tests need no cluster
    from kubernetes import config

    api = config.new_client_from_config(str(kubeconfig))  # type: ignore[no-untyped-call]  # its own gap
    token = api.configuration.get_api_key_with_prefix("authorization")
    identity = {"Authorization": token} if token else {}
    return Connection(api.configuration.host, api.rest_client.pool_manager, identity)


def binding(
    name: str, role: str, account: Account, kind: str = "ClusterRole", scope: str = "Role"
) -> Wire:
    """A RoleBinding, or with the scope "ClusterRole" a ClusterRoleBinding, for a ServiceAccount."""
    return {
        "apiVersion": RBAC,
        "kind": f"{scope}Binding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": RBAC.partition("/")[0], "kind": kind, "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": account[0], "namespace": account[1]}],
    }


@dataclass(frozen=True)
class Objects:
    """Those of one namespace, and those that are in none. They are told by their paths there:
    `secrets/alicloud`."""

    connection: Connection
    namespace: str

    @classmethod
    def of(cls, cluster: Cluster, namespace: str = "default") -> Self:
        """As whoever the cluster's kubeconfig is of."""
        return cls(_connected(cluster.kubeconfig), namespace)

    def by(self, account: Account) -> Self:
        """The same for a ServiceAccount, with its rights."""
        name, namespace = account
        identity = {
            **self.connection.identity,
            "Impersonate-User": f"system:serviceaccount:{namespace}:{name}",
        }
        return replace(self, connection=replace(self.connection, identity=identity))

    def may(self, verb: str, what: str) -> bool:
        """Whether this is allowed, as the API server says: `patch` on `flinkworkspaces/status`."""
        kind, _, subresource = what.partition("/")
        group = _VERSIONS.get(kind, "v1").rpartition("/")[0]
        asked = {"verb": verb, "group": group, "resource": kind, "subresource": subresource}
        review = {"spec": {"resourceAttributes": {**asked, "namespace": self.namespace}}}
        path = "apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        return bool(self.connection.ask("POST", path, review)["status"]["allowed"])

    def apply(self, manifest: Wire) -> None:
        """Apply a manifest, or each item of a list, by the server."""
        if manifest["kind"] == "List":
            for item in manifest["items"]:
                self.apply(item)
            return
        self.connection.ask(
            "PATCH", f"{self._path_of(manifest)}?{_STRICT}&force=true", manifest, _APPLY
        )

    def predict(self, manifest: Wire, manager: str) -> Wire:
        """What the object would be if this manager applied the manifest by the server."""
        options = f"fieldManager={manager}&force=true&dryRun=All"
        return self.connection.ask(
            "PATCH", f"{self._path_of(manifest)}?{options}", manifest, _APPLY
        )

    def remove(self, manifest: Wire) -> None:
        """Delete what a manifest has made, or each item of a list, unless it is gone."""
        if manifest["kind"] == "List":
            for item in manifest["items"]:
                self.remove(item)
            return
        with contextlib.suppress(NotFound):
            self.connection.ask("DELETE", self._path_of(manifest))

    def create(self, manifest: Wire, *, dry_run: bool = False) -> None:
        """Create an object, or only ask whether it could be."""
        options = f"{_STRICT}&dryRun=All" if dry_run else _STRICT
        self.connection.ask("POST", f"{self._place_of(manifest)}?{options}", manifest)

    def bind(self, role: str, account: Account, kind: str = "ClusterRole") -> None:
        """Give a ServiceAccount a role in the namespace, by a binding of the role's name."""
        self.create(binding(role, role, account, kind))

    def get(self, what: str) -> Wire:
        """An object as it is."""
        return self.connection.ask("GET", self._path(what))

    def find(self, what: str) -> Wire | None:
        """The same; None where there is none."""
        try:
            return self.get(what)
        except NotFound:
            return None

    def list(self, kind: str) -> list[Wire]:
        """All of a kind."""
        items: list[Wire] = self.connection.ask("GET", self._path(kind))["items"]
        return items

    def patch(self, what: str, change: Wire, *, dry_run: bool = False) -> None:
        """Merge a change into an object, or into its status: `flinkworkspaces/w/status`."""
        options = "fieldManager=kubectl-patch" + ("&dryRun=All" if dry_run else "")
        self.connection.ask("PATCH", f"{self._path(what)}?{options}", change, _MERGE)

    def annotate(self, what: str, name: str, value: str | None) -> None:
        """Set an annotation, or take it off."""
        self.patch(what, {"metadata": {"annotations": {name: value}}})

    def let_go(self, what: str) -> None:
        """Take all finalizers off an object."""
        self.patch(what, {"metadata": {"finalizers": None}})

    def delete(self, what: str) -> None:
        """Begin to delete an object, or all of a kind."""
        self.connection.ask("DELETE", self._path(what))

    def _path(self, what: str) -> str:
        return self._below(_VERSIONS.get(what.partition("/")[0], "v1"), what, self.namespace)

    def _path_of(self, manifest: Wire) -> str:
        return f"{self._place_of(manifest)}/{manifest['metadata']['name']}"

    def _place_of(self, manifest: Wire) -> str:
        """Of a manifest whose kind has its plural in `s` or `ies`."""
        kind = str(manifest["kind"]).lower()
        plural = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
        return self._below(
            manifest["apiVersion"], plural, manifest["metadata"].get("namespace", self.namespace)
        )

    def _below(self, version: str, what: str, namespace: str) -> str:
        root = f"api/{version}" if version == "v1" else f"apis/{version}"
        within = "" if what.partition("/")[0] in _OF_NO_NAMESPACE else f"namespaces/{namespace}/"
        return f"{root}/{within}{what}"
