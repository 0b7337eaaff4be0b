"""The pictures on the pages show what the command prints today, and the samples for k9s fit the
kinds and the verbs."""

import html
import re
from collections import defaultdict
from typing import Any, Final

import pytest
import yaml

from docs.generator.recordings import recordings
from flink_local.manifests import REPOSITORY
from flink_workspace_operator.api.crd import RESOURCES, crd
from kubectl_flink.cli import app
from tests.kubectl_flink.typed import Typist, plain

K9S: Final = REPOSITORY / "deploy/k9s"
OF_THE_RUN: Final = re.compile(
    r"sc_\w+?_cn-[0-9a-f]+|\d{4}-\d\d-\d\d \d\d:\d\d UTC|\b\d+[smhd]\b|-?\d+ days|account \d+"
)
NOT_FETCHED: Final = {"http://www.w3.org/2000/svg", "https://www.textualize.io"}
"""The name of the format, and a comment of who drew it."""


def lines_of(svg: str) -> list[str]:
    """The lines of a picture, from top to bottom."""
    rows: defaultdict[float, list[tuple[float, str]]] = defaultdict(list)
    for x, y, text in re.findall(
        r'<text class="flink-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', svg
    ):
        rows[float(y)].append((float(x), html.unescape(text).replace("\xa0", " ")))
    return ["".join(text for _, text in sorted(row)).rstrip() for _, row in sorted(rows.items())]


def settled(lines: list[str]) -> str:
    """All lines as one, without what differs from run to run, and without the lines of the tree."""
    words = " ".join(re.sub(r"[│├└─]", " ", line) for line in lines).split()
    return "".join(OF_THE_RUN.sub("·", " ".join(words)).split())


@pytest.mark.parametrize(("picture", "situation"), [("status", "running"), ("stalled", "lost")])
def test_a_picture_shows_what_the_command_prints(
    admin: Typist, place: str, picture: str, situation: str
) -> None:
    """In a terminal of the same width, against a real API server; ids and times apart."""
    svg = (REPOSITORY / f"docs/recordings/{picture}.svg").read_text()
    typed, *shown = lines_of(svg)
    assert typed == f"$ kubectl flink status {situation} -n team-a"
    said = admin.in_terminal("status", situation, "-n", place, columns=100)
    printed = re.sub(
        r"\bw(-1)?\b", rf"{situation}\1", re.sub(r"\btest-[0-9a-f]+\b", "team-a", plain(said.out))
    )
    assert settled(shown) == settled(printed.splitlines())


def test_pictures_fetch_nothing() -> None:
    """Pages work without the internet, and tell nobody who reads them."""
    for path in recordings():
        svg = (REPOSITORY / "docs" / path).read_text()
        assert set(re.findall(r"https?://[^\"' )]+", svg)) <= NOT_FETCHED
        assert "@font-face" not in svg


def sample(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((K9S / f"{name}.yaml").read_text())[name]
    return found


def test_keys_of_k9s_run_verbs_that_exist() -> None:
    """On the kind that they are for, with another key each."""
    plugins = sample("plugins").values()
    verbs = [re.search(r"kubectl flink (\S+)", each["args"][1]) for each in plugins]
    assert {found[1] for found in verbs if found} <= {
        name for name in app if not name.startswith("-")
    }
    assert all(verbs)
    assert {scope for each in plugins for scope in each["scopes"]} == {"flinkworkspaces"}
    assert len({each["shortCut"] for each in plugins}) == len(plugins)


def test_columns_of_k9s_are_those_of_the_kinds() -> None:
    """As `kubectl get` names them."""
    for view, shown in sample("views").items():
        group, version, plural = view.split("/")
        [resource] = [each for each in RESOURCES if each.plural == plural]
        made = crd(resource)["spec"]
        [served] = [each for each in made["versions"] if each["name"] == version]
        known = {each["name"].upper() for each in served["additionalPrinterColumns"]} | {
            "NAMESPACE",
            "NAME",
        }
        assert group == made["group"]
        assert set(shown["columns"]) <= known
        assert shown["sortColumn"].partition(":")[0] in shown["columns"]
