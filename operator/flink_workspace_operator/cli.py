"""The command line: `run`, and `orphans`, `probe` and `settings` for a person.

The environment has all settings.
"""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence

from pydantic import ValidationError
from pydantic_settings import SettingsError

from flink_workspace_operator import __version__, handlers, wiring
from flink_workspace_operator.adapters.alibaba.proxy import proxies_in
from flink_workspace_operator.adapters.alibaba.transport import unusable_variables
from flink_workspace_operator.bad_settings import misspelt, problems_of, variable
from flink_workspace_operator.orphan_listing import list_orphans
from flink_workspace_operator.probing import probe
from flink_workspace_operator.runtime.garbage import set_aside_all
from flink_workspace_operator.runtime.logs import OURS, set_up
from flink_workspace_operator.settings import ENVIRONMENT_PREFIX, Settings

log = logging.getLogger(__name__)

BAD_SETTINGS = 2
NO_METADATA = "ALIBABA_CLOUD_ECS_METADATA_DISABLED"
ABOUT = (
    "Buys and manages fully managed Flink workspaces on Alibaba Cloud, one for each FlinkWorkspace"
    " resource each."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns the exit code: 0 stopped, 1 could not run, 2 bad usage or settings."""
    told = _parser().parse_args(arguments)
    verb = told.verb
    if verb == "settings":
        print(describe_settings())  # noqa: T201 - its output
        return 0
    try:
        settings = Settings()
    except (ValidationError, SettingsError) as bad:
        return refuse(problems_of(bad))
    if wrong := [*unusable_variables(os.environ), *contradictions(settings, os.environ)]:
        return refuse(wrong)
    set_up(settings.log_format)
    warn_of_unknown_settings()
    tell_proxies()
    tell_endpoint(settings)
    if verb == "orphans":
        return asyncio.run(list_orphans(settings, told.output))
    if verb == "probe":
        return asyncio.run(probe(settings, told.region, told.plan))
    tell_whom_it_buys_for(settings)
    set_aside_all()  # what was imported stays
    return asyncio.run(handlers.serve(settings, wiring.connect))


def refuse(problems: Sequence[str]) -> int:
    """Print the problems of the environment; returns the exit code."""
    for problem in problems:
        print(problem, file=sys.stderr)  # noqa: T201 - logging is not set up before there are settings
    return BAD_SETTINGS


def tell_proxies() -> None:
    """Name the proxies in use, without user and password."""
    for name, proxy in proxies_in(os.environ):
        log.info(
            "%s: calls to the cloud go through the proxy %s, but for what NO_PROXY names",
            name,
            proxy,
        )


def contradictions(settings: Settings, environment: Mapping[str, str]) -> Iterator[str]:
    """Settings that contradict the environment variables of the cloud's SDKs, a line each."""
    if settings.identity == "node" and environment.get(NO_METADATA, "").lower() == "true":
        yield (
            f"{variable('identity')}: the role of the node is told by the service that"
            f" {NO_METADATA} turns off"
        )


def tell_endpoint(settings: Settings) -> None:
    """Warn if the endpoint is not the real cloud: a purchase there may be none."""
    if settings.endpoint is not None:
        what = (
            "an emulator: nothing that is bought is real"
            if settings.emulated
            else "in the place of the real cloud"
        )
        log.warning("%s: all calls go to %s, %s", variable("endpoint"), settings.endpoint, what)


def tell_whom_it_buys_for(settings: Settings) -> None:
    """Log the namespaces that the operator's own account pays for: once it was all of them."""
    setting, names = variable("identity_namespaces"), settings.identity_namespaces
    if names is None:
        log.warning(
            "%s is not set: resources without spec.credentials are managed, but nothing new is"
            " bought for them. Name the namespaces that the operator's own account pays for, as in"
            ' ["team-a"], or all by ["*"]',
            setting,
        )
    else:
        log.info(
            "%s: the operator's own account pays for %s",
            setting,
            ", ".join(names) or "no namespace",
        )


def warn_of_unknown_settings() -> None:
    """Log variables that look like a setting. No error: Kubernetes makes some for a Service."""
    known = {variable(name) for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.startswith(ENVIRONMENT_PREFIX) and name not in known:
            log.warning("%s", misspelt(name))


def describe_settings() -> str:
    """All settings: environment variable, default, meaning."""
    lines = ["settings, by environment:"]
    for name, field in Settings.model_fields.items():
        default = "not set" if field.default is None else _as_written(field.default)
        lines.append(f"\n  {variable(name)}  (default: {default})")
        lines += [f"      {line.strip()}" for line in (field.description or "").splitlines()]
    lines.append(
        "\nthe cloud's credentials: as Alibaba Cloud's SDKs take them, for example from the"
        " environment"
    )
    lines.append("a proxy to the cloud: HTTPS_PROXY, HTTP_PROXY and NO_PROXY")
    lines.append(
        "authorities to trust besides the system's: SSL_CERT_FILE and REQUESTS_CA_BUNDLE, a file in"
        " PEM each"
    )
    lines.append("the cluster: that of the Pod, or that of KUBECONFIG")
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=OURS,
        description=ABOUT,
        epilog=f"`{OURS} settings` lists the environment variables that configure it.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(required=True, dest="verb", metavar="run|orphans|probe|settings")
    _verb(verbs, "run", "buy and manage the FlinkWorkspaces of a cluster until SIGTERM")
    orphans = _verb(
        verbs,
        "orphans",
        "list workspaces that have this cluster's ownership tags and no FlinkWorkspace, and names"
        " that several share",
    )
    orphans.add_argument(
        "--output",
        "-o",
        choices=("table", "json"),
        default="table",
        help="table for people, json for programs",
    )
    probing = _verb(
        verbs,
        "probe",
        "ask the cloud, with the operator's own key, the open questions about it: reads only,"
        " nothing is spent",
    )
    probing.add_argument(
        "--region", default="cn-hangzhou", help="the region to ask (default: %(default)s)"
    )
    probing.add_argument(
        "--plan", action="store_true", help="print what would be asked, without asking"
    )
    _verb(verbs, "settings", "list all settings: environment variable, default, meaning")
    return parser


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, about: str
) -> argparse.ArgumentParser:
    return verbs.add_parser(name, help=about, description=about)


def _as_written(default: object) -> str:
    return str(list(default)).replace("'", '"') if isinstance(default, tuple) else str(default)
