"""Building the control plane once for all checkouts, with a stand-in for the Go toolchain that
takes no minutes."""

import shutil
import stat
from pathlib import Path

import pytest

from flink_local.argo_cd import ARGO_CD
from flink_local.binaries import CONTROL_PLANE, NEEDED, given_binaries
from flink_local.build import ensure_binaries, ensure_built
from flink_local.failures import LocalFailure
from flink_local.go_program import GoProgram
from flink_local.promtool import PROMTOOL
from flink_local.toolchain import go_on_path

_GO = """#!/bin/sh
if [ "$1" = env ]; then echo {version}; exit; fi
echo "$@" >> {calls}
{build}
"""
_WRITES_OUTPUT = """while [ "$1" != -o ]; do shift; done; echo '#!/bin/sh' > "$2"; chmod +x "$2" """


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, no given programs, and the file that our `go` notes its calls
    in."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    return tmp_path / "calls"


def put_go(
    calls: Path, monkeypatch: pytest.MonkeyPatch, build: str, version: str = "go1.26.8"
) -> None:
    """Put a `go` on the PATH that builds as told."""
    _program(calls.parent / "bin" / "go", _GO.format(version=version, calls=calls, build=build))
    monkeypatch.setenv("PATH", f"{calls.parent / 'bin'}:/usr/bin:/bin")


def _program(path: Path, text: str = "#!/bin/sh\n") -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_a_build_happens_once(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second asker finds all programs in the cache and starts no compiler."""
    put_go(calls, monkeypatch, _WRITES_OUTPUT)

    first, second = ensure_binaries(), ensure_binaries()

    assert first == second
    assert all(map(first.has, NEEDED))
    assert len(calls.read_text().splitlines()) == 1


def test_a_failed_build_shows_the_compiler_and_leaves_nothing(
    calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the compiler said last is in the message, and no half-built program is found later."""
    put_go(calls, monkeypatch, "echo main.go:7: undefined; exit 1")

    with pytest.raises(LocalFailure, match=r"main\.go:7: undefined"):
        ensure_binaries()

    assert [
        path.name
        for path in (
            calls.parent / "cache" / "flink-workspace-operator" / "control-plane"
        ).iterdir()
    ] == ["lock"]


def test_a_full_disk_is_named(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is told as such, with how much is needed."""
    put_go(calls, monkeypatch, "echo write /x: no space left on device; exit 1")

    with pytest.raises(LocalFailure, match="disk is full"):
        ensure_binaries()


def test_an_old_go_is_not_used(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go older than 1.26 counts as none."""
    put_go(calls, monkeypatch, "", version="go1.25.9")
    assert go_on_path() is None

    put_go(calls, monkeypatch, "", version="go1.27rc1")
    assert go_on_path() is not None


@pytest.mark.parametrize("name", ["go.mod", "go.sum", "main.go"])
@pytest.mark.parametrize(
    "program", [CONTROL_PLANE, ARGO_CD, PROMTOOL], ids=lambda program: program.name
)
def test_the_cache_key_follows_the_sources(program: GoProgram, name: str, tmp_path: Path) -> None:
    """Any change to what is compiled leads to another build."""
    shutil.copytree(program.sources, tmp_path / "sources")
    before = program.source_hash(tmp_path / "sources")
    assert program.built.directory.name == before

    with (tmp_path / "sources" / name).open("a") as file:
        file.write("\n")

    assert program.source_hash(tmp_path / "sources") != before


def test_files_of_a_module_are_kept(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is needed out of a module is copied beside the program, because the module may be
    removed."""
    module = calls.parent / "module"
    for folder in ARGO_CD.files:
        (module / folder).mkdir(parents=True)
        (module / folder / "kept.yaml").write_text(folder)
    put_go(
        calls, monkeypatch, f'if [ "$1" = list ]; then echo {module}; exit; fi; {_WRITES_OUTPUT}'
    )

    built = ensure_built(ARGO_CD)

    assert built.complete
    assert [(built.path(folder) / "kept.yaml").read_text() for folder in ARGO_CD.files] == list(
        ARGO_CD.files
    )


def test_a_command_of_another_module_is_compiled(
    calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has no `main.go` of its own is built from the module that has it, and needs no second
    name."""
    put_go(calls, monkeypatch, _WRITES_OUTPUT)

    built = ensure_built(PROMTOOL)

    assert built.complete
    assert calls.read_text().split()[-1] == PROMTOOL.package


def test_given_programs_are_used(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`KUBEBUILDER_ASSETS` stands in for the build."""
    for name in NEEDED:
        _program(calls.parent / "assets" / name)
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(calls.parent / "assets"))
    put_go(calls, monkeypatch, "exit 1")

    assert ensure_binaries().path("etcd") == calls.parent / "assets" / "etcd"
    assert not calls.exists()


def test_given_programs_must_be_complete(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing in `KUBEBUILDER_ASSETS` is named, and nothing is built in its place."""
    _program(calls.parent / "assets" / "etcd")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(calls.parent / "assets"))

    with pytest.raises(LocalFailure, match="kube-apiserver, kubectl is missing"):
        given_binaries()
