"""All writes of one pass: the plan's steps in order, up to the first that fails."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flink_workspace_operator.api.names import secret_finalizer
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, FlinkWorkspaceOrderStatus
from flink_workspace_operator.core.facts.advice import all_rights, describe
from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    ClusterRefused,
    Conflict,
    PermissionMissing,
    Unreadable,
    Vanished,
)
from flink_workspace_operator.core.facts.observed import Bought, NotBought
from flink_workspace_operator.core.facts.snapshot import Answered, Intent, Seen
from flink_workspace_operator.core.orders import answers
from flink_workspace_operator.core.orders.audit import AUDIT, entry, story
from flink_workspace_operator.core.plan import (
    AddFinalizer,
    AdoptInstance,
    AttachPolicy,
    CloudStep,
    CreateDirectory,
    CreateRole,
    DeleteOutputs,
    FreeStep,
    GiveBackClaim,
    HoldSecret,
    MoveOrder,
    OpenOrder,
    OutputsStep,
    PlaceOrder,
    Plan,
    RecordAnswer,
    ReleaseOrder,
    ReleaseSecret,
    RemoveFinalizer,
    ReserveRoom,
    RestoreTags,
    Step,
    TakeClaim,
    ToldStep,
    WriteIntent,
    WriteOutputs,
)
from flink_workspace_operator.memory import Memory
from flink_workspace_operator.outcome import Done, Outcome, Told
from flink_workspace_operator.ports import Cloud, Cluster
from flink_workspace_operator.settings import Settings

PREREQUISITES = CreateRole | AttachPolicy | CreateDirectory
RECORDING_TRIES = 10
"""Consecutive tries to record an answer: an API server that always answers 409 must not block
a worker for ever."""

log = logging.getLogger(__name__)
audit = logging.getLogger(AUDIT)


@dataclass(frozen=True)
class Execution:
    """Executes the plan of one pass."""

    seen: Seen
    cloud: Cloud
    cluster: Cluster
    memory: Memory
    settings: Settings
    clock: Callable[[], datetime]

    async def execute(self, plan: Plan) -> Done:
        """Execute the steps in order. A `Told` failure is returned; raises any other
        `ClusterFailure`."""
        self.memory.note_missing(self.seen.key, plan.missing_since)
        made: list[ToldStep] = []
        ledger_now = {order.metadata.uid: order for order in self.seen.orders}
        version: str | None = None
        for number, step in enumerate(plan.steps, start=1):
            outcome = await self._attempt(step, made)
            if outcome.order is not None:
                ledger_now[outcome.order.metadata.uid] = outcome.order
            version = outcome.version or version
            if outcome.failure is not None:
                failure = await self._with_all_rights(outcome.failure, plan.steps[number:], made)
                return Done(tuple(made), tuple(ledger_now.values()), failure, version)
        return Done(tuple(made), tuple(ledger_now.values()), version=version)

    async def _with_all_rights(
        self, failure: Told, steps: tuple[Step, ...], made: list[ToldStep]
    ) -> Told:
        """A missing right, with those of the other steps and of reads: all are granted at once."""
        if not isinstance(failure, PermissionMissing):
            return failure
        free = [each for each in steps if isinstance(each, PREREQUISITES)]
        others = [(await self._attempt(step, made)).failure for step in free]
        return all_rights((failure, *others, self.seen.cloud.missing_rights)) or failure

    async def _attempt(self, step: Step, made: list[ToldStep]) -> Outcome:
        try:
            if isinstance(step, PlaceOrder):
                return await self._place(step)
            if isinstance(step, AddFinalizer):
                return Outcome(version=await self._hold())
            return Outcome(await self._do(step, made))
        except (CloudFailure, ClusterRefused, Unreadable) as stopped:
            return Outcome(failure=self._signed(stopped))

    def _signed(self, failure: Told) -> Told:
        if isinstance(failure, CloudFailure):
            failure.signed_by = self.seen.cloud.signed_by
        return failure

    async def _hold(self) -> str | None:
        workspace = self.seen.workspace
        return None if workspace is None else await self.cluster.add_purchase_finalizer(workspace)

    async def _place(self, step: PlaceOrder) -> Outcome:
        """SPENDS MONEY. A call that was never sent ends the pass as a failure, so that the next
        pass waits: without the wait, the order, which is Quoted again, would be announced at
        once."""
        key, order = self.seen.key, step.order
        self.memory.forget_intent(key, order)
        answer = await self.cloud.place(step.call)
        if isinstance(answer, NotBought):
            self._signed(answer.failure)
        answered = Answered(
            order.metadata.uid,
            order.status.intent_mark,
            answer,
            answers.answered_by(self.seen, order, self.settings, self.clock()),
        )
        self.memory.remember_answer(key, answered)
        recorded = await self._record(order, answered)
        unsent = isinstance(answer, NotBought) and answer.failure.fate == "NothingSent"
        return Outcome(
            recorded, answer.failure if isinstance(answer, NotBought) and unsent else None
        )

    async def _do(self, step: FreeStep, made: list[ToldStep]) -> FlinkWorkspaceOrder | None:
        match step:
            case (
                CreateRole() | AttachPolicy() | CreateDirectory() | AdoptInstance() | RestoreTags()
            ):
                if await self._change(step):
                    made.append(step)
            case WriteOutputs() | DeleteOutputs():
                await self._hand_over(step)
                made.append(step)
            case HoldSecret() | ReleaseSecret():
                await self._hold_or_release_secret(step)
            case ReserveRoom(policy=policy, status=status):
                await self.cluster.reserve_room(policy, status)
            case RemoveFinalizer() | TakeClaim() | GiveBackClaim() | ReleaseOrder():
                await self._hold_or_release(step)
                if isinstance(step, RemoveFinalizer) and step.stays:
                    made.append(step)
            case _:
                return await self._advance(step)
        return None

    async def _change(self, step: CloudStep) -> bool:
        """True if this pass made the change: another resource may have been faster."""
        match step:
            case CreateRole(name=name, trusted_service=service):
                return await self.cloud.create_role(name, service)
            case AttachPolicy(role=role, policy=policy):
                return await self.cloud.attach_policy(role, policy)
            case CreateDirectory(region=region, bucket=bucket, key=key):
                return await self.cloud.create_directory(region, bucket, key)
            case AdoptInstance(region=region, instance_id=instance_id, tags=tags):
                await self.cloud.tag_instance(region, instance_id, dict(tags))
                return True
            case RestoreTags():
                return await self._restore_tags(step)

    async def _restore_tags(self, step: RestoreTags) -> bool:
        """A refusal is no reason to stop: the ledger proves the ownership as well."""
        try:
            await self.cloud.tag_instance(step.region, step.instance_id, dict(step.tags))
        except CloudFailure as failure:
            log.warning(
                "%s keeps lacking %s: %s", step.instance_id, ", ".join(dict(step.tags)), failure
            )
            return False
        return True

    async def _hand_over(self, step: OutputsStep) -> None:
        match step:
            case WriteOutputs(name=name, content=content, over=over):
                await self.cluster.write_outputs(self.seen.key, name, content, over)
            case DeleteOutputs(former=former):
                await self.cluster.delete_outputs(self.seen.key, former)

    async def _hold_or_release_secret(self, step: HoldSecret | ReleaseSecret) -> None:
        """A Secret that cannot be held ends the pass before any purchase; a failed release does
        not."""
        key, secret = self.seen.key, step.secret
        match step:
            case HoldSecret():
                if refusal := await self.cluster.hold_secret(key, secret):
                    raise refusal
            case ReleaseSecret():
                if refusal := await self.cluster.release_secret(key, secret):
                    finalizer, why = secret_finalizer(key.name), describe(refusal)
                    log.warning(
                        "Secret '%s' keeps the finalizer %s: %s", secret.name, finalizer, why
                    )

    async def _hold_or_release(
        self, step: RemoveFinalizer | TakeClaim | GiveBackClaim | ReleaseOrder
    ) -> None:
        match step:
            case RemoveFinalizer(stays=stays) if self.seen.workspace is not None:
                await self.cluster.remove_purchase_finalizer(self.seen.workspace)
                if stays:
                    log.info("deleted: %s", stays)
            case TakeClaim(target=target, over=over, uid=uid):
                await self.cluster.take_claim(target, self.seen.key, uid, over)
            case GiveBackClaim(claim=claim):
                await self.cluster.give_back_claim(claim)
            case ReleaseOrder(order=order):
                await self.cluster.release_order(order)

    async def _advance(
        self, step: OpenOrder | MoveOrder | WriteIntent | RecordAnswer
    ) -> FlinkWorkspaceOrder:
        key = self.seen.key
        match step:
            case OpenOrder(number=number, spec=spec, status=status):
                return await self._move(await self.cluster.create_order(key, number, spec), status)
            case MoveOrder(order=order, status=status):
                moved = await self._move(order, status)
                self.memory.forget_intent(key, order)
                return moved
            case WriteIntent():
                return await self._announce(step)
            case RecordAnswer(order=order, answered=answered):
                return await self._record(order, answered)

    async def _announce(self, step: WriteIntent) -> FlinkWorkspaceOrder:
        """Remember the intent before the write: if the write's answer is lost, it is still known
        that nothing was sent."""
        key, order = self.seen.key, step.order
        self.memory.remember_intent(key, Intent(order.metadata.uid, step.mark, step.generation))
        try:
            return await self._move(order, step.status)
        except (Conflict, Vanished, ClusterRefused):
            self.memory.forget_intent(key, order)
            raise

    async def _record(
        self, order: FlinkWorkspaceOrder, answered: Answered, tries: int = RECORDING_TRIES
    ) -> FlinkWorkspaceOrder:
        """Record the answer. An id is never dropped: after a conflict it is written over any
        state."""
        if isinstance(answered.answer, Bought):
            log.info("bought %s with order %s", answered.answer.instance_id, order.metadata.name)
        status = answers.recorded(order, answered, self.settings.copy_window)
        try:
            recorded = order if status is None else await self._move(order, status)
        except Conflict:
            if tries == 1:
                raise
            return await self._record(await self.cluster.reread_order(order), answered, tries - 1)
        self.memory.forget_answer(self.seen.key, order)
        return recorded

    async def _move(
        self, order: FlinkWorkspaceOrder, status: FlinkWorkspaceOrderStatus
    ) -> FlinkWorkspaceOrder:
        moved = await self.cluster.move_order(order, status)
        if story(moved) != story(order):
            audit.info("%s", json.dumps(entry(moved), ensure_ascii=False))
        return moved
