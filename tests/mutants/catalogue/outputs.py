"""What keeps a ConfigMap that is somebody else's from being written to, and Ready from coming
before ours."""

from typing import Final

from tests.mutants.catalogue.files import DECIDE, OUTPUTS, RIGHTS
from tests.mutants.mutant import Mutant

HANDED_ON: Final = (
    Mutant(
        name="nothing is bought into a conflict",
        fact="what keeps the ids from being handed on is told before an order is opened",
        file="core/decide.py",
        old="    stop_without_outputs,\n    ensure_prerequisites,\n",
        new="    ensure_prerequisites,\n",
        tests=(OUTPUTS,),
    ),
    Mutant(
        name="nothing is sent into a conflict",
        fact="a ConfigMap that came after the intent stops the call",
        file="core/checks/purchase.py",
        old="    if obstacle(case) is not None:\n",
        new="    if False:\n",
        tests=(OUTPUTS,),
    ),
    Mutant(
        name="a delivery is reported at once only where nothing else follows",
        fact="Ready does not come before the ids are handed on",
        file="core/decide.py",
        old="    return replace(following, steps=owed.steps) if runs(following) else None\n",
        new="    return replace(following, steps=owed.steps)\n",
        tests=(DECIDE,),
    ),
    Mutant(
        name="unread outputs are not free",
        fact="a ConfigMap that the API server does not let us read may be somebody's",
        file="core/checks/outputs.py",
        old="    if isinstance(seen, Unread):\n        return outputs_refused(",
        new="    if isinstance(seen, Unread) and not seen:\n        return outputs_refused(",
        tests=(OUTPUTS,),
    ),
    Mutant(
        name="somebody else's outputs are left alone",
        fact="a ConfigMap without our reference is not written to",
        file="core/checks/outputs.py",
        old="if in_the_way is None or _belongs(case, in_the_way):",
        new="if True:",
        tests=(OUTPUTS,),
    ),
    Mutant(
        name="outputs are owned by name",
        fact="the ConfigMap of another FlinkWorkspace is somebody else's",
        file="core/checks/outputs.py",
        old="return (group, owner.kind, owner.name) == (GROUP, KIND, case.workspace.metadata.name)",
        new="return (group, owner.kind) == (GROUP, KIND)",
        tests=(OUTPUTS,),
    ),
    Mutant(
        name="only our own outputs are deleted",
        fact="a former ConfigMap that is not ours any more stays",
        file="core/checks/outputs.py",
        old="if found is not None and _is_ours(case, found) else ()",
        new="if found is not None else ()",
        tests=(OUTPUTS,),
    ),
    Mutant(
        name="outputs that are taken are not recorded",
        fact="the former ConfigMap is forgotten only when the new one was written",
        file="core/checks/outputs.py",
        old='return case.workspace.spec.outputs if verdict.kind == "Running" else before',
        new="return case.workspace.spec.outputs if verdict else before",
        tests=(OUTPUTS,),
    ),
    Mutant(
        name="Ready is not kept for outputs that were never written",
        fact="while the cloud does not answer, Ready does not stand for a new wish",
        file="core/reporting/summary.py",
        old=' and not (was.status == "True" and owes_outputs(case))',
        new="",
        tests=(OUTPUTS,),
    ),
    Mutant(
        name="outputs are written before Ready",
        fact="the pass that tells Ready has written the ConfigMap",
        file="core/checks/outputs.py",
        old="steps=(*plan.steps, *_write(case, instance), *_remove_former(case))",
        new="steps=(*plan.steps, *_remove_former(case))",
        tests=(OUTPUTS,),
    ),
    Mutant(
        name="a refused ConfigMap is told",
        fact="a right that is missing at the write keeps Ready from being told, and is told itself",
        file="execution.py",
        old="            if outcome.failure is not None:\n",
        new="            if False:\n",
        tests=("tests/scenario/test_outputs.py::test_ready_waits_for_the_right_to_write",),
    ),
    Mutant(
        name="outputs are written as they were read",
        fact="the API server refuses the write where somebody was faster",
        file="adapters/kubernetes/outputs.py",
        old=(
            "                [\n"
            "                    lock,\n"
            "                    *(\n"
            '                        {"op": "add", "path": path, "value": value}\n'
            "                        for path, value in changes.items()\n"
            "                    ),\n"
            "                ],\n"
        ),
        new='                [{"op": "add", "path": path, "value": value} for path, value in changes.items()],\n',
        tests=(RIGHTS,),
    ),
    Mutant(
        name="outputs are deleted as they were read",
        fact="the API server refuses to delete another ConfigMap of that name, or a changed one",
        file="adapters/kubernetes/outputs.py",
        old=(
            "        condition = client.V1Preconditions(\n"
            "            uid=config_map.uid, resource_version=config_map.resource_version\n"
            "        )\n"
        ),
        new="        condition = client.V1Preconditions(uid=config_map.uid)\n",
        tests=(RIGHTS,),
    ),
)
