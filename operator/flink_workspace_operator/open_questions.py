"""Open questions about the real cloud: each assumption of the code, its basis, and its test.

Code that assumes something names its question in a comment, as in `Open question: NonceMemory`. The
table in docs/real-account.md is this list. What costs nothing is asked by the command `probe`.
"""

from dataclasses import dataclass
from typing import Final, Literal

Cost = Literal["Free", "OneHour", "OneMonth"]
COSTS: Final = {
    "Free": "nothing: `probe` asks it.",
    "OneHour": "one pay-as-you-go workspace for an hour",
    "OneMonth": "the smallest subscription for a month",
}
"""Cheapest first."""


@dataclass(frozen=True)
class Question:
    """One thing that no source tells. `key` is what comments and reports name it by."""

    key: str
    asked: str
    meanwhile: str
    """The assumption of the operator, or its emulator, until the answer is known."""
    cost: Cost = "Free"


QUESTIONS: Final = (
    Question(
        "SignatureValidity",
        "how old the date of a signed call may be",
        "15 minutes, as the gateway's table of codes says (`…SIGNATURE_VALIDITY_SECONDS`)",
    ),
    Question(
        "NonceMemory",
        "whether the gateway refuses a repeated nonce, and for how long",
        "31 minutes, as the support once answered (`…NONCE_MEMORY_SECONDS`)",
    ),
    Question(
        "PriceOfManagement",
        "whether each price contains 2 CU of management, as the pages say",
        "prices are shown as the cloud tells them; the emulator's contain it",
    ),
    Question(
        "SoldTerms",
        "which terms are sold, and how `PricingCycle` is spelled: `Month` or `month`",
        "`Month` and `Year`, as an example of the documentation and Terraform's provider have it;"
        " the cloud has the last word, by its price",
    ),
    Question(
        "SmallestSize",
        "the smallest and the largest number of CU",
        "1 to 10,000; the cloud has the last word",
    ),
    Question(
        "PriceOfUse",
        "whether asking for the price of pay-as-you-go tells any",
        "no price is fine there, and shown as `pay-as-you-go`",
    ),
    Question(
        "MissingInstance",
        "how an instance id that does not exist is answered: an empty list, or 903021; by HTTP 4xx"
        " or Success=false",
        "each of them means that it is not there",
    ),
    Question(
        "MissingVSwitch",
        "how a vSwitch that does not exist is answered: an empty list, or a code",
        "each of them means that it is not there yet",
    ),
    Question(
        "ZoneInList",
        "whether the list of instances still tells their zone",
        "where it does not, the zone is that of the vSwitches",
    ),
    Question(
        "NameFilter",
        "whether filtering by a name finds longer names too",
        "names are compared again",
    ),
    Question(
        "StateWords",
        "which words of ClusterStatus and OrderState there are",
        "unknown words mean that something is going on, never a failure",
    ),
    Question(
        "RoleTrust",
        "which service `AliyunStreamAsiDefaultRole` trusts, and what its policies are called",
        "both are settings (`…ROLE_TRUSTED_SERVICE`, `…ROLE_POLICIES`); `ramRole.management:"
        " Require` avoids the question",
    ),
    Question(
        "BillCodes",
        "by which product codes the bill names Flink",
        "`sc`, and words that begin with `sc_flink`, `flink` or `foasconsole`",
    ),
    Question(
        "RenewalCodes",
        "by which product code renewals are read, and whether refunds have a price",
        "nothing yet: neither is used",
    ),
    Question(
        "PermissionNames",
        "which RAM actions asking for a price, regions, zones and tags need",
        "the message of a refusal names the one that the cloud wants",
    ),
    Question(
        "BookingTime",
        "how long from accepting a call to booking it",
        "at most five minutes (`…LONGEST_COMMIT_SECONDS`)",
        "OneHour",
    ),
    Question(
        "VisibilityTime",
        "how long until a new workspace, and its tags, are listed",
        "at most five minutes (`…LONGEST_VISIBILITY_SECONDS`)",
        "OneHour",
    ),
    Question(
        "BusinessCodes",
        "the codes for a taken name, too little money, a missing role, and OSS that was never"
        " opened",
        "every refusal that is not the gateway's counts as uncertain: evidence decides, nothing is"
        " bought meanwhile",
        "OneHour",
    ),
    Question(
        "UniqueNames",
        "whether names are unique in the account, per region, or not at all",
        "nothing rests on it alone",
        "OneHour",
    ),
    Question(
        "NameLength",
        "how long a name may be",
        "60 characters",
        "OneHour",
    ),
    Question(
        "ReleaseTime",
        "how long releasing takes, and what is listed meanwhile",
        "minutes: Terraform's provider looks again after nine; `DELETING` and then nothing",
        "OneHour",
    ),
    Question(
        "EndOfTerm",
        "whether paid time ends at midnight UTC+8 on the day after its last day, as the pages say;"
        " and where a month lacks the day",
        "the end is shown as the cloud tells it; the emulator's is computed so",
        "OneMonth",
    ),
    Question(
        "UnpaidOrder",
        "whether a purchase that the balance can't pay leaves an unpaid order behind",
        "it may: the bill is read as evidence, where it may be",
        "OneMonth",
    ),
)
"""Cheapest first."""
