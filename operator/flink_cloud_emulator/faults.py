"""Faults that tests order: which call goes wrong, and how.

Where on the way a fault strikes decides what the cloud remembers of the call:

========================================
=====================================================================
``delay``, ``drop-before``,               before the gateway: no check was made, no nonce is
remembered; after a
``hang-before``                           delay the call goes on as usual, even if its client has
gone
``reject``, ``throttle``,                 at the gateway: signature, date and nonce were checked and
the nonce is
``server-error``                          remembered; nothing was done
``commit-late``                           accepted; takes effect ``commitDelaySeconds`` later; the
answer is lost
                                          at once (or is ``httpStatus``, if given)
``drop-after-commit``,                    done; the answer is lost, kept back until the client goes,
an error, or
``hang-after-commit``,                    garbage
``error-after-commit``, ``garbage``
``refuse-after-commit``                   done; the answer is a refusal, as one copy of a call gets
it while another
                                          was accepted
``redirect``                              done; the answer is a redirect to the emulator itself, to
the same address
``deliver-twice``                         done; then the same bytes are delivered once more, as a
proxy may do, and the
                                          gateway sees date and nonce again; ``answer`` says which
                                          answer is given
========================================
=====================================================================

On reads the faults after the commit act the same, there is only nothing to commit.
"""

import random
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from flink_cloud_emulator.settings import Camel

FaultName = Literal[
    "reject",
    "throttle",
    "server-error",
    "drop-before",
    "drop-after-commit",
    "hang-before",
    "hang-after-commit",
    "error-after-commit",
    "refuse-after-commit",
    "redirect",
    "deliver-twice",
    "commit-late",
    "garbage",
    "delay",
]


class Rule(Camel):
    """One line of ``PUT /_emulator/faults``.

    The first rule that fits a call and is not used up strikes.
    """

    service: str = "*"
    """foasconsole, ram, vpc, oss, sts, bss, or ``*``."""
    action: str = "*"
    fault: FaultName
    times: int | None = Field(None, ge=1)
    """How often it strikes; unset: always."""
    after: int = Field(0, ge=0)
    """How many fitting calls it lets pass first."""
    probability: float = Field(1, ge=0, le=1)
    code: str | None = None
    """Error code of reject, refuse-after-commit, server-error, error-after-commit and throttle."""
    message: str | None = None
    http_status: int | None = Field(None, ge=200, le=599)
    html: bool = False
    """server-error, error-after-commit: an HTML page instead of JSON."""
    retry_after_ms: int | None = Field(None, ge=1)
    kind: Literal["html", "truncated", "empty", "wrong-types", "not-json"] = "html"
    """Of garbage."""
    answer: Literal["first", "second"] = "second"
    """Of deliver-twice."""
    ms: int = Field(1000, ge=0)
    """Of delay."""

    def fits(self, service: str, action: str) -> bool:
        return self.service in ("*", service) and self.action in ("*", action)


@dataclass
class _Armed:
    rule: Rule
    seen: int = 0
    struck: int = 0

    def strikes(self) -> bool:
        """Count a fitting call and say whether the fault strikes it."""
        if self.rule.times is not None and self.struck >= self.rule.times:
            return False
        self.seen += 1
        if self.seen <= self.rule.after or random.random() >= self.rule.probability:
            return False
        self.struck += 1
        return True


@dataclass
class FaultRules:
    """The rules of one account, in order."""

    _armed: list[_Armed] = field(default_factory=list)

    def replace(self, rules: list[Rule]) -> None:
        self._armed = [_Armed(rule) for rule in rules]

    def take(self, service: str, action: str) -> Rule | None:
        """The rule that strikes this call, if any; it is used up by one."""
        for armed in self._armed:
            if armed.rule.fits(service, action) and armed.strikes():
                return armed.rule
        return None

    def as_json(self) -> list[dict[str, object]]:
        return [
            {
                **armed.rule.model_dump(by_alias=True, exclude_defaults=True),
                "seen": armed.seen,
                "struck": armed.struck,
            }
            for armed in self._armed
        ]
