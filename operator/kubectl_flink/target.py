"""The flags that say which cluster and which namespaces; kubectl gets them as they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from cyclopts import Parameter

from kubectl_flink.kubectl import Kubectl

EVERYWHERE: Final = ("--all-namespaces",)
"""The scope that is all namespaces."""
_PASSED_ON = ("context", "kubeconfig", "cluster", "user", "server", "as_", "request_timeout")


def _flag(*names: str) -> Parameter:
    return Parameter(name=names, negative=(), show_default=False)


@Parameter(name="*", group="Cluster and namespace, as of kubectl")
@dataclass(frozen=True)
class Target:
    """The cluster and the namespaces."""

    namespace: Annotated[tuple[str, ...], _flag("--namespace", "-n")] = ()
    """Namespace; by default that of the context."""
    context: str | None = None
    """Context of the kubeconfig."""
    kubeconfig: str | None = None
    """Path of the kubeconfig."""
    cluster: str | None = None
    """Cluster of the kubeconfig."""
    user: str | None = None
    """User of the kubeconfig."""
    server: str | None = None
    """Address of the API server."""
    as_: Annotated[str | None, Parameter(name="--as")] = None
    """User to impersonate."""
    as_group: Annotated[tuple[str, ...], _flag("--as-group")] = ()
    """Group to impersonate; may be repeated."""
    request_timeout: str | None = None
    """How long one request may take, for example 10s."""

    @property
    def kubectl(self) -> Kubectl:
        """kubectl, with what was given of these."""
        return Kubectl(tuple(self._flags()))

    def _flags(self) -> Iterator[str]:
        for name in _PASSED_ON:
            if (value := getattr(self, name)) is not None:
                yield f"--{name.strip('_').replace('_', '-')}={value}"
        yield from (f"--as-group={group}" for group in self.as_group)


@Parameter(name="*", group="Cluster and namespace, as of kubectl")
@dataclass(frozen=True)
class WideTarget(Target):
    """The same, for verbs that look at many."""

    all_namespaces: Annotated[bool, _flag("--all-namespaces", "-A")] = False
    """All namespaces."""

    @property
    def scopes(self) -> tuple[tuple[str, ...], ...]:
        """The flags of each question: one for each namespace."""
        if self.all_namespaces:
            return (EVERYWHERE,)
        return tuple((f"--namespace={name}",) for name in self.namespace) or ((),)
