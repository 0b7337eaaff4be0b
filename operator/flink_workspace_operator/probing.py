"""The command `probe`: says what it will ask the cloud, asks it, and prints a report without
secrets.
"""

from flink_workspace_operator import __version__, wiring
from flink_workspace_operator.adapters.alibaba.prober import Prober
from flink_workspace_operator.adapters.alibaba.probes import PROBES, Probe
from flink_workspace_operator.core.facts.advice import describe
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.open_questions import QUESTIONS, Question
from flink_workspace_operator.settings import Settings

_ABOUT = """\
# Open questions about the cloud

This asks {count} questions that cost nothing and change nothing, in region {region}, with the
operator's own key: reads, and prices. The report has no keys, account, ids, names or amounts of
yours; please look through it, and attach it to an issue.
"""


async def probe(settings: Settings, region: str, plan_only: bool) -> int:
    """Print the plan, then the report; 1 where the cloud could not be asked."""
    print(_ABOUT.format(count=len(PROBES), region=region))  # noqa: T201 - the report is this command's output
    for each in PROBES:
        print(f"- {each.key}: {each.calls}")  # noqa: T201 - its output
    if plan_only:
        return 0
    async with wiring.connect_cloud(settings) as cloud:
        try:
            await cloud.identify()
        except CloudFailure as failure:
            print(f"\ncannot ask: {describe(failure)}")  # noqa: T201 - its output
            return 1
        prober = cloud.prober(region)
        day = f"{await prober.now():%Y-%m-%d}"
        print(f"\n## Report of version {__version__}, {_by_whom(settings)}, {day}")  # noqa: T201 - its output
        for each in PROBES:
            print("\n".join(await _section(each, prober)))  # noqa: T201 - its output
    return 0


async def _section(probe: Probe, prober: Prober) -> list[str]:
    question = question_of(probe.key)
    told = [f"- {line}" for line in await probe.ask(prober)]
    return [
        "",
        f"### {question.key}",
        "",
        f"{question.asked}; assumed: {question.meanwhile}",
        "",
        *told,
    ]


def question_of(key: str) -> Question:
    """The question that a probe is about."""
    return next(each for each in QUESTIONS if each.key == key)


def _by_whom(settings: Settings) -> str:
    if settings.endpoint is None:
        return "answered by the cloud"
    return (
        "answered by an emulator, so nothing here is known of the cloud"
        if settings.emulated
        else "another endpoint"
    )
