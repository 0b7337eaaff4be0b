"""The command line: `run`, and `orphans` and `probe` for a person.

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
from rich.console import Console
from rich.table import Table

from flink_workspace_operator import __version__, handlers, wiring
from flink_workspace_operator.adapters.alibaba.proxy import proxies_in
from flink_workspace_operator.adapters.alibaba.transport import unusable_variables
from flink_workspace_operator.bad_settings import misspelt, problems_of, variable
from flink_workspace_operator.core.facts.advice import describe
from flink_workspace_operator.core.facts.failures import ClusterFailure
from flink_workspace_operator.core.orphans import Orphan
from flink_workspace_operator.probing import probe
from flink_workspace_operator.runtime.garbage import set_aside_all
from flink_workspace_operator.runtime.logs import OURS, set_up
from flink_workspace_operator.settings import ENVIRONMENT_PREFIX, Settings
from flink_workspace_operator.survey import survey

log = logging.getLogger(__name__)

BAD_SETTINGS = 2
LONGEST_LINE = 2_000
NO_METADATA = "ALIBABA_CLOUD_ECS_METADATA_DISABLED"
ABOUT = (
    "Buys and looks after fully managed Flink workspaces on Alibaba Cloud, one FlinkWorkspace"
    " resource each."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns the exit code: 0 stopped, 1 could not run, 2 bad usage or settings."""
    told = _parser().parse_args(arguments)
    verb = told.verb
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
        return asyncio.run(list_orphans(settings))
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
            "%s is not set: resources without spec.credentials are looked after, but nothing new is"
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


async def list_orphans(settings: Settings) -> int:
    """Print orphans: paid for, and managed by no resource; 1 if a region could not be listed."""
    try:
        async with (
            wiring.connect_cluster(settings) as side,
            wiring.connect_cloud(settings) as cloud,
        ):
            findings = await survey(cloud, side.cluster, side.cluster_id, settings.namespaces)
    except ClusterFailure as failure:
        log.error("cannot look: %s", failure)
        return 1
    if findings.orphans:
        print_whole(orphans_table(findings.orphans))
    elif findings.read:
        print_whole("No orphans, and no name twice.")
    for (account_id, region), why in findings.unread.items():
        log.error("nothing is known of %s of account %s: %s", region, account_id, describe(why))
    for who, why in findings.unasked.items():
        log.error("cannot look with %s: %s", who, describe(why))
    return 1 if findings.unread or findings.unasked else 0


def orphans_table(orphans: Sequence[Orphan]) -> Table:
    """A row for each finding."""
    heads = ("Kind", "Account", "Region", "Name", "Instance IDs", "Owner", "Order", "Price")
    table = Table(*heads, "What to do", box=None)
    for each in orphans:
        found = (each.kind, each.account_id, each.region, each.name, "\n".join(each.instance_ids))
        bought = (each.owner, each.order and each.order.name, each.price)
        table.add_row(*found, *(part or "" for part in bought), each.advice)
    return table


def print_whole(what: Table | str) -> None:
    """Print, however narrow the terminal is: rich would cut an id that somebody is to copy."""
    console = Console()
    needed = console.measure(what, options=console.options.update(width=LONGEST_LINE)).maximum
    Console(width=max(needed, console.width)).print(what, soft_wrap=True)


def warn_of_unknown_settings() -> None:
    """Log variables that look like a setting. No error: Kubernetes makes some for a Service."""
    known = {variable(name) for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.startswith(ENVIRONMENT_PREFIX) and name not in known:
            log.warning("%s", misspelt(name))


def describe_settings() -> str:
    """All settings as the help shows them: environment variable, default, meaning."""
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
    layout, settings = argparse.RawDescriptionHelpFormatter, describe_settings()
    parser = argparse.ArgumentParser(
        prog=OURS, description=ABOUT, epilog=settings, formatter_class=layout
    )
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(required=True, dest="verb", metavar="run|orphans|probe")
    run = "buy and look after the FlinkWorkspaces of a cluster until SIGTERM"
    verbs.add_parser("run", help=run, description=run, epilog=settings, formatter_class=layout)
    orphans = (
        "list workspaces that are marked as this cluster's and have no resource, and names that two"
        " have"
    )
    verbs.add_parser(
        "orphans", help=orphans, description=orphans, epilog=settings, formatter_class=layout
    )
    ask = (
        "ask the cloud, with the operator's own key, what is not known about it: reads only,"
        " nothing is spent"
    )
    asking = verbs.add_parser(
        "probe", help=ask, description=ask, epilog=settings, formatter_class=layout
    )
    asking.add_argument(
        "--region", default="cn-hangzhou", help="where to ask (default: %(default)s)"
    )
    asking.add_argument(
        "--plan", action="store_true", help="say what would be asked, and ask nothing"
    )
    return parser


def _as_written(default: object) -> str:
    return str(list(default)).replace("'", '"') if isinstance(default, tuple) else str(default)
