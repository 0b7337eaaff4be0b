"""What `deploy/image/Dockerfile` makes the image of, and that it fits what runs it."""

import re
from typing import Final

import yaml

from flink_local.kind.images import DOCKERFILE
from flink_local.manifests import REPOSITORY

TEXT: Final = DOCKERFILE.read_text()
STAGES: Final = [line for line in TEXT.splitlines() if line.startswith("FROM ")]


def test_the_last_stage_is_the_operator() -> None:
    """It is what a build makes that names no target."""
    assert STAGES[-1].endswith(" AS operator")


def test_the_base_is_pinned() -> None:
    """By its digest; and nothing comes from elsewhere."""
    [base] = [line for line in STAGES if ":" in line]
    assert re.search(r"@sha256:[0-9a-f]{64} ", base)


def test_the_deployment_fits_the_image() -> None:
    """It runs as the image's user, gives arguments and no command, and mounts a volume where the
    image has its home."""
    deployment = yaml.safe_load((REPOSITORY / "deploy" / "base" / "deployment.yaml").read_text())
    pod = deployment["spec"]["template"]["spec"]
    [container] = pod["containers"]
    ids = pod["securityContext"]
    assert re.findall(r"^USER (\S+)$", TEXT, re.MULTILINE) == [
        f"{ids['runAsUser']}:{ids['runAsGroup']}"
    ]
    assert "command" not in container
    [home] = re.findall(r"\bHOME=(\S+)", TEXT)
    assert home in [each["mountPath"] for each in container["volumeMounts"]]
