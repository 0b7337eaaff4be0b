"""Helm, built once like the control plane: it renders and installs the chart in tests. Nothing else
needs it."""

from typing import Final

from flink_local.go_program import GoProgram

VERSION: Final = "v4.2.4"
HELM: Final = GoProgram(
    name="helm",
    title="Helm",
    components=("helm",),
    linker_flags=f"-s -w -X helm.sh/helm/v4/internal/version.version={VERSION}",
)
