"""`kubectl_complete-flink`: kubectl asks it, whichever shell has kubectl's completion.

It prints the words that may stand in the place of the last argument, and then a directive.
"""

import sys
from collections.abc import Iterable, Sequence
from typing import Final

from kubectl_flink import names
from kubectl_flink.kubectl import Failure, Kubectl

_NO_FILES: Final = ":4"
_OF_ONE: Final = ("status", "wait", "orders", "suspend", "resume", "reconcile", "abandon",
                  "replace-lost")  # fmt: skip
_OF_THE_OPERATOR: Final = ("orphans", "import", "check")
_FORMATS: Final = ("table", "json", "yaml")
_TAKE_A_VALUE: Final = ("-n", "--namespace", "--context", "--kubeconfig", "--cluster", "--user",
                        "--server", "--as", "--as-group", "--request-timeout")  # fmt: skip


def main() -> int:
    """Print what may stand there."""
    words = candidates(sys.argv[1:])
    print("\n".join([*words, _NO_FILES]))  # noqa: T201 - its output
    return 0


def candidates(typed: Sequence[str]) -> Iterable[str]:
    """The words for the last of the arguments, which may be empty."""
    *before, last = typed or [""]
    return [word for word in _words(before) if word.startswith(last)]


def _words(before: Sequence[str]) -> Iterable[str]:
    if not before:
        return (*_OF_ONE, *_OF_THE_OPERATOR)
    match before[-1]:
        case "-o" | "--output":
            return _FORMATS
        case "-n" | "--namespace" | "--operator-namespace":
            return _listed(before[:-1], "namespaces")
        case flag if flag in _TAKE_A_VALUE:
            return ()
        case _ if before[0] in _OF_THE_OPERATOR:
            return ()
        case _:
            return _listed(before, names.WORKSPACES)


def _listed(before: Sequence[str], kind: str) -> Iterable[str]:
    """The names of a kind, in the cluster and namespace that were typed; none if that fails."""
    said = Kubectl(tuple(_passed_on(before))).run("get", kind, "--output=name")
    return () if isinstance(said, Failure) else [line.partition("/")[2] for line in said.split()]


def _passed_on(before: Sequence[str]) -> Iterable[str]:
    for place, word in enumerate(before):
        if word.partition("=")[0] in _TAKE_A_VALUE:
            yield word
            if "=" not in word:
                yield from before[place + 1 : place + 2]


if __name__ == "__main__":
    sys.exit(main())
