"""Makes `argocd-cm.yaml` from the scripts beside it: the form in which every version of Argo CD
takes them."""

import sys
from pathlib import Path

import yaml

HERE = Path(__file__).parent
GROUP, KIND = "flink.alicloud.dev", "FlinkWorkspace"
SCRIPTS = HERE / "resource_customizations" / GROUP / KIND
HEAD = """\
# Made from resource_customizations/ by `make argocd`. Parts of the ConfigMap argocd-cm; the others stay as they are:
#   kubectl apply --server-side --field-manager=flink-workspace-operator --filename argocd-cm.yaml
"""


class _Literal(yaml.SafeDumper):
    """Scripts as they are written, line by line."""


_Literal.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    ),
)


def argocd_cm() -> str:
    """The manifest, as it is committed."""
    actions = SCRIPTS / "actions"
    definitions = [
        {"name": name, "action.lua": (actions / name / "action.lua").read_text()}
        for name in sorted(path.parent.name for path in actions.glob("*/action.lua"))
    ]
    told = {"discovery.lua": (actions / "discovery.lua").read_text(), "definitions": definitions}
    key = f"{GROUP}_{KIND}"
    manifest = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "argocd-cm",
            "namespace": "argocd",
            "labels": {
                "app.kubernetes.io/name": "argocd-cm",
                "app.kubernetes.io/part-of": "argocd",
            },
        },
        "data": {
            f"resource.customizations.health.{key}": (SCRIPTS / "health.lua").read_text(),
            f"resource.customizations.actions.{key}": yaml.dump(
                told, Dumper=_Literal, sort_keys=False
            ),
        },
    }
    return HEAD + yaml.dump(manifest, Dumper=_Literal, sort_keys=False, width=120)


if __name__ == "__main__":
    sys.stdout.write(argocd_cm())
