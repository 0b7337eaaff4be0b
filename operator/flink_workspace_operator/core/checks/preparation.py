"""Prerequisites: create what the operator may create, and report what a person must do."""

from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.facts.ownership import Ours
from flink_workspace_operator.core.pace import OUTSIDE, SOON
from flink_workspace_operator.core.plan import CloudStep, Plan, Verdict
from flink_workspace_operator.core.verdicts import could_not_read


def ensure_prerequisites(case: Case) -> Plan | None:
    """Create missing prerequisites, and report those that a person must create.

    Before the check for suspension, because a person's work is reported first; no writes then.
    """
    lacking = [each for each in case.findings.items() if each[1].status != "True"]
    if not lacking or isinstance(case.found, Ours):
        return None
    steps: tuple[CloudStep, ...] = tuple(step for _, finding in lacking for step in finding.steps)
    if case.suspended:
        steps = ()
    # First what a person must do, then what could not be read, then what the operator does itself.
    about, finding = min(
        lacking, key=lambda each: (bool(each[1].steps), each[1].status == "Unknown")
    )
    if finding.status == "Unknown":
        unread = could_not_read(Unknown(finding.failure))
        return Plan(steps, unread.verdict, unread.requeue, retry=unread.retry)
    verdict = Verdict("Missing", finding.reason, finding.message, about)
    return Plan(steps, verdict, requeue=SOON if steps else OUTSIDE)
