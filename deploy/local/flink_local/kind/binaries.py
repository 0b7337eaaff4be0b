"""The `kind` command, and the files that it makes images of nodes from."""

from typing import Final

from flink_local.go_program import GoProgram

MODULE: Final = "sigs.k8s.io/kind"
NODE_FILES: Final = "images/base/files"

KIND: Final = GoProgram(
    name="kind",
    title="kind",
    components=("kind",),
    linker_flags="-s -w",
    package=MODULE,
    files_of=MODULE,
    files=(NODE_FILES,),
)
