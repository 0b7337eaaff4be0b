"""Prometheus's own tool, which checks rules and runs their tests. Only built and called, nothing is
served."""

from typing import Final

from flink_local.go_program import GoProgram

PROMTOOL: Final = GoProgram(
    name="promtool",
    title="promtool",
    components=("promtool",),
    linker_flags="-s -w",
    package="github.com/prometheus/prometheus/cmd/promtool",
    tags=("remove_all_sd",),  # without the clients of thirty clouds, which rules do not need
)
