"""The `kind` command."""

from typing import Final

from flink_local.go_program import GoProgram

KIND: Final = GoProgram(name="kind", title="kind", components=("kind",), linker_flags="-s -w")
