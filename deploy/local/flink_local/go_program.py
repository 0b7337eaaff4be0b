"""Programs that are built from Go modules, once for all checkouts of a user: what they are, and
where they are kept."""

import hashlib
import os
import platform
from dataclasses import dataclass
from pathlib import Path

MODULES = Path(__file__).parents[1]


@dataclass(frozen=True)
class Binaries:
    """A directory with programs."""

    directory: Path
    needed: tuple[str, ...]

    def path(self, name: str) -> Path:
        """The program, or what else is kept there, of that name."""
        return self.directory / name

    def has(self, name: str) -> bool:
        """Whether it is there and may be executed."""
        return os.access(self.path(name), os.X_OK)

    @property
    def complete(self) -> bool:
        """Whether all that is needed is there."""
        return all(map(self.has, self.needed))


@dataclass(frozen=True)
class GoProgram:
    """A Go module that becomes one program, which is several by the name it is started under."""

    name: str
    """Of its folder."""
    title: str
    """As people are told."""
    components: tuple[str, ...]
    """The names that it can be started under."""
    linker_flags: str
    package: str = "."
    """What is compiled: the module's own `main.go`, or the command of another that its `go.mod`
    names as a tool."""
    tags: tuple[str, ...] = ()
    """Build tags."""
    files_of: str = ""
    """A module that comes with files we need too."""
    files: tuple[str, ...] = ()
    """Folders of that module; they are kept beside the program, under the same paths."""
    modules: Path = MODULES
    """Where the module's folder is."""

    @property
    def sources(self) -> Path:
        """The module."""
        return self.modules / self.name

    @property
    def built(self) -> Binaries:
        """Where a build of these sources is, or goes."""
        return Binaries(
            cache_directory() / self.name / self.source_hash(self.sources), self.components
        )

    def source_hash(self, sources: Path) -> str:
        """What a build depends on, as a short name: its sources, how it is made, and the kind of
        machine."""
        made = (self.linker_flags, *self.tags, *self.files, platform.system(), platform.machine())
        digest = hashlib.sha256(" ".join(made).encode())
        for source in sorted(
            each for each in sources.iterdir() if each.suffix in (".mod", ".sum", ".go")
        ):
            content = source.read_bytes()
            digest.update(f"{source.name} {len(content)}\n".encode() + content)
        return digest.hexdigest()[:16]


def cache_directory() -> Path:
    """Where all checkouts of a user keep what they built and installed."""
    home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(home) / "flink-workspace-operator"
