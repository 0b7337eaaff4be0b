"""The page of the cloud's refusals: from the table of codes, and from what is made of each
failure."""

from collections.abc import Mapping
from typing import Final

from docs.generator.markdown import code, page, table
from flink_workspace_operator.adapters.alibaba.errors import RAM_ACTIONS, TABLE
from flink_workspace_operator.core.facts.advice import CAUSES
from flink_workspace_operator.core.facts.failure_kinds import KINDS, meaning_of, page_advice_of
from flink_workspace_operator.core.facts.failures import Fate, Turn

_ABOUT: Final = """\
A message of the operator quotes the cloud by call and code, for example
`the balance of account 1000000000000001 is too low (foasconsole.CreateInstance, code InsufficientBalance)`.
It never quotes the cloud's text, which might hold a secret."""
_FAILURES: Final = """\
What a code stands for decides whose turn it is. *Suspended*: a person or an event outside. *Stalled*: whoever writes
the spec. *Retried*: nobody; before the purchase Ready says `CloudUnreachable`, or `KeyUnavailable` where nothing could
be signed, afterwards what was known stays."""
_CAUSES: Final = """\
`Unreachable` names what kept the request from its answer, and the proxy if it took one, as host and port;
`KeyUnavailable` what kept the operator from its key.
`ProxyRefused` stands with the HTTP status that the proxy gave, for example `ProxyRefused403`. `DeadlineExceeded`,
`NoAnswerInTime` and `ConnectionLost` came after a connection was made; then the cloud may have done what was asked. A
page of HTML in place of an answer is `Garbled`, with the HTTP status as its code, for example `HTTP403`: something on
the way answered in the cloud's place."""
_CODES: Final = """\
The first row that fits counts; capitals do not matter; `*` stands for anything.

**Refused**: an order whose purchase got this answer, with HTTP 4xx, is `Rejected` at once, because the gateway gives
these codes before anything is booked.

- *Every copy*: every copy of the call is refused alike, so the next order need not wait for this call.
- *This copy*: another copy of the same call, repeated on the way, may have been accepted. Nothing else is bought under
  that name until a later list shows nothing of it: [how long that takes](../promise.md#how-long-it-waits-and-why).
- Empty, and everything else, a timeout included: the order is `Uncertain`. Evidence decides, and nothing else is bought
  meanwhile.

Little is published about these codes: the source says how sure a row is. A code that is in no row is `Unexplained`."""
_ACTIONS: Final = """\
What to grant where a message says that a permission is missing. All in one policy: `deploy/ram/policy.json`,
and [what each statement is for](../real-account.md#2-the-smallest-ram-policy)."""


REFUSED: Final[Mapping[Fate, str]] = {
    "Unknown": "",
    "CallRefused": "every copy",
    "CopyRefused": "this copy",
}

_MADE_OF: Final[Mapping[Turn, str]] = {
    "Nobody": "retried",
    "Outside": "Suspended",
    "Spec": "Stalled",
    "Prerequisite": "waited for, then Stalled",
}


def errors_page() -> str:
    """Failures, codes, actions."""
    codes = [
        (code(row.code), code(row.failure.__name__), REFUSED[row.fate], row.source) for row in TABLE
    ]
    failures = [
        (code(name), meaning_of(kind), _MADE_OF[kind.turn], page_advice_of(kind))
        for name, kind in KINDS.items()
    ]
    return page(
        "Error catalogue",
        _ABOUT,
        "## Failures",
        _FAILURES,
        table(("failure", "meaning", "what is made of it", "what to do"), failures),
        "## Requests without an answer",
        _CAUSES,
        table(("code", "what to check"), [(code(name), said) for name, said in CAUSES.items()]),
        "## Codes of the cloud",
        _CODES,
        table(("code", "failure", "refused", "source"), codes),
        "## Calls and RAM actions",
        _ACTIONS,
        table(
            ("call", "RAM action"),
            [(code(call), code(action)) for call, action in RAM_ACTIONS.items()],
        ),
    )
