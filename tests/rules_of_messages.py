"""The rules of every line that a user reads: a function each, which returns what breaks it.

Judged are all messages that simulations and scenarios write (`tests/gitops/truth.py`), and those of
the catalogues."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from flink_workspace_operator.api import names

_QUOTED: Final = re.compile(r"“[^”]*”")
"""Words of the cloud and of the API server."""
_SENTENCE: Final = re.compile(r"(?<=[.;]) ")
_PROMISE: Final = re.compile(
    r"\bwill (?:be|try|retry)\b|\b(?:tr(?:y|ies|ied|ying)|ask(?:s|ed|ing)?|look(?:s|ed|ing)?|checked) again\b"
    r"|\bis (?:putting|creating|repairing|retrying)\b|\bputs? (?:it|that|them) back\b"
    r"|\bnext (?:order|try) (?:follow|come)s\b"
)
_WHEN: Final = re.compile(
    r" UTC\b|\bwithin (?:an? |half |\d)|\bin \d|\bas soon as\b|\bthe pass that\b|\bat once\b"
)
_AGAIN: Final = re.compile(
    r"\b(?:tr(?:y|ies|ied|ying)|asked|checked) again\b|\bretr(?:y|ied|ies)\b"
)
_ACCOUNT: Final = re.compile(r"\b(?:the|this|that|which) account\b")
_IDENTITY: Final = re.compile(
    r"\bthe operator's identity\b|\bthe identity of the operator\b|\ba permission is missing\b"
)
_SECRET: Final = re.compile(r"(?<!\ba )\bSecret\b(?! [a-z0-9.-]+/[a-z0-9.-]+)")
_ANNOTATION: Final = re.compile(
    r"\bannotations?\b|"
    + "|".join(
        re.escape(name)
        for name in (
            names.SUSPEND,
            names.RECONCILE_REQUESTED_AT,
            names.ABANDON_ORDER,
            names.REPLACE_LOST,
            names.NOT_THIS_PURCHASE,
        )
    )
    + r"|\breconcile-requested-at\b"
)
_COMMAND: Final = re.compile(
    r"kubectl annotate fws [a-z0-9.-]+ -n [a-z0-9-]+ flink\.alicloud\.dev/[a-z-]+(?:=\S+ --overwrite|-)"
)
_MONEY: Final = re.compile(
    r"\b[Nn]ot bought\b|\b[Bb]ought sc_|\bwhether \w+ was bought\b|\b(?:balance|top up)\b|\bcan't pay\b"
)
_AMOUNT: Final = re.compile(r"\b[A-Z]{3} \d+\.\d\d|\bpay-as-you-go\b|\bits price is not known\b")
_WITHOUT_PRICE: Final = re.compile(r"\boverdue\b|\bQueryCreateInstancePrice\b")
"""What somebody owes, and why there is no price, is said without one."""


def one_colon(text: str) -> str | None:
    """One colon: what it is, and what to do."""
    count = _QUOTED.sub("", text).count(": ")
    return f"{count} colons" if count > 1 else None


def no_promise_without_a_time(text: str) -> str | None:
    """Whoever reads that the operator does something reads when."""
    promises = (each for each in _SENTENCE.split(_QUOTED.sub("", text)) if _PROMISE.search(each))
    return next((f"when? {each}" for each in promises if not _WHEN.search(each)), None)


def the_one_in_question_is_named(text: str) -> str | None:
    """The account by its number, an identity by its ARN, a Secret by namespace and name."""
    if _ACCOUNT.search(text) and not re.search(r"\baccount \d", text):
        return "which account?"
    if _IDENTITY.search(text) and "acs:ram:" not in text:
        return "which identity?"
    return "which Secret?" if _SECRET.search(text) else None


def an_annotation_is_a_whole_command(text: str) -> str | None:
    """It can be copied into a terminal."""
    return (
        "an annotation without its command"
        if _ANNOTATION.search(_COMMAND.sub("", text)) and not _COMMAND.search(text)
        else None
    )


def money_has_an_amount(text: str) -> str | None:
    """Whoever reads of money reads how much it is."""
    is_about_money = _MONEY.search(text) and not _WITHOUT_PRICE.search(text)
    return "how much?" if is_about_money and not _AMOUNT.search(text) else None


Rule = Callable[[str], str | None]
RULES: Final[tuple[Rule, ...]] = (
    one_colon,
    no_promise_without_a_time,
    the_one_in_question_is_named,
    an_annotation_is_a_whole_command,
    money_has_an_amount,
)


@lru_cache(maxsize=8192)
def broken_by(text: str) -> tuple[str, ...]:
    """What is wrong with one line, by rule."""
    return tuple(f"{rule.__name__}: {wrong}" for rule in RULES if (wrong := rule(text)) is not None)


def untrue_of_an_open_order(text: str) -> str | None:
    """A purchase whose outcome is open is never repeated."""
    return "an open purchase is not tried again" if _AGAIN.search(text) else None


Conditions = Mapping[str, Mapping[str, Any]]
_PREREQUISITES: Final = ("RamRoleReady", "NetworkReady", "OssDirectoriesReady")


def untrue_together(conditions: Conditions) -> str | None:
    """Each message is true beside all others, for as long as the state lasts."""
    ready, purchased = conditions["Ready"], conditions["Purchased"]
    if ready["message"].startswith("order ") and purchased["reason"] in (
        "Placing",
        "PurchaseUncertain",
    ):
        wrong = untrue_of_an_open_order(ready["message"])
        if wrong is not None:
            return wrong
    stalled = conditions["Stalled"]
    is_missing = any(conditions[type_]["status"] == "False" for type_ in _PREREQUISITES)
    if (
        is_missing
        and stalled["status"] == "False"
        and "nothing has to be changed" in stalled["message"]
    ):
        return "something has to be changed"
    if ready["reason"] == "OwnedElsewhere" and "belongs to this resource" in purchased["message"]:
        return "it belongs to two"
    return None
