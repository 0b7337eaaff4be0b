"""Makes what the chart shares with kustomize, and the schema of its values: `python generate.py
<folder of the chart>`.

A chart holds only what is in its own folder, so the files are copied.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from flink_workspace_operator.settings import ENVIRONMENT_PREFIX, EVERYWHERE, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COPIED = {
    "crds": (ROOT / "crds").glob("*.yaml"),
    "base": (
        path
        for path in (DEPLOY / "base").glob("*.yaml")
        if path.stem not in ("kustomization", "namespace")
    ),
    "emulator": (
        DEPLOY / "overlays" / "trial" / f"{name}.yaml"
        for name in ("credentials", "egress", "emulator", "emulator-networkpolicy")
    ),
    "guard": (DEPLOY / "components" / "guard" / "policies.yaml",),
    "limits": (
        DEPLOY / "components" / "limits" / f"{name}.yaml" for name in ("limits", "policies")
    ),
    "outputs": (DEPLOY / "components" / "outputs-everywhere" / "clusterrolebinding.yaml",),
    "node-role": (DEPLOY / "components" / "node-role" / "egress.yaml",),
    "monitoring": (
        DEPLOY / "monitoring" / f"{name}.yaml" for name in ("servicemonitor", "prometheusrule")
    ),
}
"""By folder of the chart."""

GIVEN_OTHERWISE = {"namespace", "namespaces", "health_port"}
"""Settings that the chart itself sets: by the release's namespace, by watchNamespaces, and as the
probes ask."""

Schema = dict[str, Any]

NAME: Schema = {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$"}
NAMESPACE: Schema = {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"}
NAMESPACES: Schema = {"type": "array", "items": NAMESPACE, "uniqueItems": True}
NAME_OR_ALL: Schema = {"type": "string", "pattern": "^(\\*|[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)$"}
NAME_OR_NONE: Schema = {"type": "string", "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)?$"}
NAMESPACES_OR_ALL: Schema = {
    "anyOf": [NAMESPACES, {"type": "array", "items": {"const": EVERYWHERE}, "maxItems": 1}],
}
ENVIRONMENT_NAME: Schema = {
    "type": "string",
    "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
    "not": {"pattern": f"^{ENVIRONMENT_PREFIX}"},
}
"""The operator's settings are not set by it: they are checked where `settings` are."""
FILE: Schema = {"type": "string", "pattern": "^[-._A-Za-z0-9]{1,253}$"}
PORT: Schema = {"type": "integer", "minimum": 1, "maximum": 65535}
SWITCH: Schema = {"type": "boolean"}
LABELS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}


def only(**properties: Schema) -> Schema:
    """An object with these properties and no other: a word that is misspelt is refused and not
    ignored."""
    return {"type": "object", "additionalProperties": False, "properties": properties}


def some_of(*words: str) -> Schema:
    """A list of these words."""
    return {"type": "array", "items": {"enum": list(words)}, "uniqueItems": True}


def limits() -> Schema:
    """What a namespace may ask for; the policies of `deploy/components/limits` read the same
    names."""
    number: Schema = {"type": "integer", "minimum": 0, "maximum": 99999}
    names: Schema = {
        "type": "array",
        "items": {"type": "string", "pattern": "^[a-z0-9-]+$"},
        "uniqueItems": True,
    }
    return only(
        regions=names,
        vpcs=names,
        buckets=names,
        chargeTypes=some_of("Subscription", "PayAsYouGo"),
        maximumCu=number,
        maximumTermMonths=number,
        automaticRenewal=SWITCH,
        adoption=some_of("Never", "IfNameMatches", "ByInstanceId"),
        namesBeginWithNamespace=SWITCH,
    )


def secrets_of_a_namespace() -> Schema:
    """Which Secrets the operator may read there."""
    names = {"type": "array", "minItems": 1, "uniqueItems": True, "items": NAME_OR_ALL}
    return {**only(namespace=NAMESPACE, secrets=names), "required": ["namespace", "secrets"]}


def values() -> Schema:
    """What the values may be."""
    repository: Schema = {"type": "string", "minLength": 1, "pattern": "^[^@\\s]+$"}
    tag: Schema = {"type": "string", "pattern": "^([A-Za-z0-9_][A-Za-z0-9._-]{0,127})?$"}
    digest: Schema = {"type": "string", "pattern": "^(sha256:[0-9a-f]{64})?$"}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **only(
            image=only(repository=repository, tag=tag, digest=digest),
            imagePullSecrets={"type": "array", "items": only(name=NAME)},
            replicas={"type": "integer", "minimum": 1, "maximum": 10},
            resources=only(requests={"type": "object"}, limits={"type": "object"}),
            watchNamespaces=NAMESPACES,
            identity=only(
                namespaces=NAMESPACES_OR_ALL,
                accountId={"type": "string", "pattern": "^([0-9]{1,32})?$"},
            ),
            credentials=only(
                existingSecret=NAME,
                rrsa=only(
                    roleName={"type": "string", "pattern": "^[A-Za-z0-9.-]{0,64}$"},
                    stsVpcRegion={"type": "string", "pattern": "^[a-z0-9-]{0,40}$"},
                ),
                workspaceNamespaces={"type": "array", "items": secrets_of_a_namespace()},
            ),
            outputs=only(workspaceNamespaces=NAMESPACES, allNamespaces=SWITCH),
            roles=only(aggregateToEdit=SWITCH),
            limits=only(
                enabled=SWITCH,
                all=limits(),
                namespaces={
                    "type": "object",
                    "additionalProperties": False,
                    "patternProperties": {NAMESPACE["pattern"]: limits()},
                },
            ),
            guard=only(enabled=SWITCH),
            settings=settings(),
            extraEnv={"type": "array", "items": {**variable(), "required": ["name"]}},
            caBundle=only(configMap=NAME_OR_NONE, key=FILE),
            extraEgressPorts={"type": "array", "items": PORT, "uniqueItems": True},
            crds=only(install=SWITCH),
            emulator=only(enabled=SWITCH, image=only(repository=repository, tag=tag)),
            serviceMonitor=only(enabled=SWITCH, labels=LABELS),
            prometheusRule=only(enabled=SWITCH, labels=LABELS),
        ),
        # Given by Helm to every chart that is part of another.
        "patternProperties": {"^global$": {"type": "object"}},
    }


def variable() -> Schema:
    """A variable as in a Pod."""
    return only(name=ENVIRONMENT_NAME, value={"type": "string"}, valueFrom={"type": "object"})


def settings() -> Schema:
    """The operator's settings, with the bounds that it has for them itself."""
    told = Settings.model_json_schema()["properties"]
    return only(
        **{
            f"{ENVIRONMENT_PREFIX}{name.upper()}": _bounds(told[name])
            for name in told
            if name not in GIVEN_OTHERWISE
        }
    )


def _bounds(field: Schema) -> Schema:
    field = next((each for each in field.get("anyOf", ()) if each["type"] != "null"), {}) | field
    return {
        word: value for word, value in field.items() if word not in ("title", "default", "anyOf")
    }


def generate(chart: Path) -> None:
    """Write all of it."""
    shutil.rmtree(chart / "files", ignore_errors=True)
    for folder, sources in COPIED.items():
        for source in sources:
            copy = chart / "files" / folder / source.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
    (chart / "values.schema.json").write_text(json.dumps(values(), indent=2) + "\n")


if __name__ == "__main__":
    generate(Path(sys.argv[1]))
