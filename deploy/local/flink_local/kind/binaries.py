"""The `kind` command, and beside it the files that an image of a node is made from, which the lab
takes."""

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
