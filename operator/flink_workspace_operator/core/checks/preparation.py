"""Prerequisites: create what the operator may create, and report what a person must do."""

from collections.abc import Iterable

from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.advice import describe, in_brackets
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.facts.ownership import Ours
from flink_workspace_operator.core.pace import OUTSIDE, SOON
from flink_workspace_operator.core.plan import CloudStep, Plan, Verdict
from flink_workspace_operator.core.prerequisites import LATER, NOW, Finding
from flink_workspace_operator.core.verdicts import could_not_read


def ensure_prerequisites(case: Case) -> Plan | None:
    """Create missing prerequisites, and report those that a person must create.

    Before the check for suspension, because a person's work is reported first; no writes then.
    """
    lacking = [each for each in case.findings.items() if each[1].status != "True"]
    if case.suspended:
        # Nothing is created then, so that is not what it waits for.
        lacking = [each for each in lacking if not each[1].steps]
    if not lacking or isinstance(case.found, Ours):
        return None
    steps: tuple[CloudStep, ...] = tuple(step for _, finding in lacking for step in finding.steps)
    # First what a person must do, then what could not be read, then what the operator does itself.
    about, finding = min(
        lacking, key=lambda each: (bool(each[1].steps), each[1].status == "Unknown")
    )
    if finding.status == "Unknown":
        unread = could_not_read(Unknown(finding.failure), case.seen.cloud)
        return Plan(steps, unread.verdict, unread.requeue, retry=unread.retry)
    message = finding.message.replace(LATER, NOW) if finding.steps else _all_missing(case, lacking)
    verdict = Verdict("Missing", finding.reason, message, about)
    return Plan(steps, verdict, requeue=SOON if steps else OUTSIDE)


def _all_missing(case: Case, lacking: Iterable[tuple[str, Finding]]) -> str:
    """All that a person must do, in one line: reported one by one, each would cost a wait."""
    missing = [each.message for _, each in lacking if each.status == "False" and not each.steps]
    rights = case.seen.cloud.missing_rights
    if rights is not None:
        missing.append(describe(rights))
    if len(missing) == 1:
        return missing[0]
    return f"{len(missing)} things are missing: {'; '.join(map(in_brackets, missing))}"
