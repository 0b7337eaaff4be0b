"""The open questions that cost nothing, as calls: what is asked, and what is told of the answers.

What each is about stands in `open_questions.py`.
"""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from flink_workspace_operator.adapters.alibaba import products
from flink_workspace_operator.adapters.alibaba.prober import (
    INQUIRE_REFUND,
    QUERY_AVAILABLE_INSTANCES,
    Prober,
    clean,
    part,
    rows_in,
    said,
    words,
)
from flink_workspace_operator.adapters.alibaba.session import PinnedSignature
from flink_workspace_operator.core.facts.failures import CloudFailure

NOWHERE: Final = "probe00000000"
"""Part of ids that do not exist."""
_FLINK: Final = ("sc", "flink", "foas", "vvp", "ververica")
_MONTHS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 24, 36)
_YEARS: Final = (1, 2, 3, 4, 5)
_SIZES: Final = (0, 1, 2, 4, 10_000, 100_000)


@dataclass(frozen=True)
class Probe:
    """One question: what will be called, and what is made of the answers, a line each."""

    key: str
    calls: str
    ask: Callable[[Prober], Awaitable[list[str]]]


async def _signature_validity(prober: Prober) -> list[str]:
    now, told = await prober.now(), []
    for minutes in (-14, -16, 14, 16):
        fixed = PinnedSignature(
            now + timedelta(minutes=minutes), f"probe-{now.timestamp()}-{minutes}"
        )
        reply = await prober.ask(products.GET_CALLER_IDENTITY, {}, fixed)
        told.append(f"{abs(minutes)} minutes {'old' if minutes < 0 else 'ahead'}: {said(reply)}")
    return told


async def _nonce_memory(prober: Prober) -> list[str]:
    now = await prober.now()
    fixed = PinnedSignature(now, f"probe-{now.timestamp()}-nonce")
    replies = [await prober.ask(products.GET_CALLER_IDENTITY, {}, fixed) for _ in range(2)]
    return [f"the same call twice: {said(replies[0])}, then {said(replies[1])}"]


async def _price_of_management(prober: Prober) -> list[str]:
    one, two = await prober.price(1, "Month", 1), await prober.price(2, "Month", 1)
    if isinstance(one, str) or isinstance(two, str) or two <= one:
        return [f"1 CU for a month: {one}; 2 CU: {two}"]
    return [f"a price contains {one / (two - one) - 1:.2f} CU besides those that are ordered"]


async def _sold_terms(prober: Prober) -> list[str]:
    told = []
    for cycle, durations in (("Month", _MONTHS), ("Year", _YEARS), ("month", (1,)), ("year", (1,))):
        prices = {each: await prober.price(1, cycle, each) for each in durations}
        told.append(f"{cycle}: {_sold(prices)}")
    return told


async def _smallest_size(prober: Prober) -> list[str]:
    return [f"CU: {_sold({cu: await prober.price(cu, 'Month', 1) for cu in _SIZES})}"]


async def _price_of_use(prober: Prober) -> list[str]:
    amount = await prober.price_of_use()
    return ["there is one" if isinstance(amount, float) else amount]


async def _missing_instance(prober: Prober) -> list[str]:
    return [
        said(
            await prober.ask(
                products.DESCRIBE_INSTANCES, prober.here(InstanceId=f"f-cn-{NOWHERE}")
            ),
            "Instances",
        )
    ]


async def _missing_v_switch(prober: Prober) -> list[str]:
    asked = {"RegionId": prober.region, "VSwitchId": f"vsw-{NOWHERE}"}
    return [said(await prober.ask(products.DESCRIBE_V_SWITCHES, asked), "VSwitches")]


async def _zone_in_list(prober: Prober) -> list[str]:
    rows, said_instead = await prober.instances()
    if not rows:
        return [said_instead]
    members = sorted({clean(str(name)) for row in rows for name in row})
    zones = sum("ZoneId" in row for row in rows)
    return [f"ZoneId in {zones} of {len(rows)} instances", f"members: {', '.join(members)}"]


async def _name_filter(prober: Prober) -> list[str]:
    rows, said_instead = await prober.instances()
    names = [row["InstanceName"] for row in rows if isinstance(row.get("InstanceName"), str)]
    if not names:
        return [said_instead]
    reply = await prober.ask(products.DESCRIBE_INSTANCES, prober.here(InstanceName=names[0][:-1]))
    return [f"a name without its last letter: {said(reply, 'Instances')}"]


async def _state_words(prober: Prober) -> list[str]:
    rows, said_instead = await prober.instances()
    if not rows:
        return [said_instead]
    return [
        f"{member}: {words(row.get(member) for row in rows)}"
        for member in ("ClusterStatus", "OrderState")
    ]


async def _role_trust(prober: Prober) -> list[str]:
    role = {"RoleName": prober.settings.role_name}
    reply = await prober.ask(products.GET_ROLE, role)
    if isinstance(reply, CloudFailure):
        return [f"{prober.settings.role_name}: {said(reply)}"]
    trusted = _services(part(reply, "Role", "AssumeRolePolicyDocument"))
    policies = await prober.ask(products.LIST_POLICIES_FOR_ROLE, role)
    listed = rows_in(policies, "Policies", "Policy")
    names = words(each.get("PolicyName") for each in listed) if listed else said(policies)
    return [f"{prober.settings.role_name} trusts {words(trusted)}", f"its policies: {names}"]


async def _bill_codes(prober: Prober) -> list[str]:
    now = await prober.now()
    period = {"CreateTimeStart": _moment(now - timedelta(days=30)), "CreateTimeEnd": _moment(now)}
    reply = await prober.ask(products.QUERY_ORDERS, {"PageNum": "1", "PageSize": "20", **period})
    if isinstance(reply, CloudFailure):
        return [said(reply)]
    orders = rows_in(reply, "Data", "OrderList", "Order")
    words = [tuple(str(order.get(each, "")) for each in _BILLED) for order in orders]
    flink = Counter(each for each in words if any(_is_flink(word) for word in each[:3]))
    told = [f"{'/'.join(clean(word) for word in each)}: {number}" for each, number in flink.items()]
    return told or [f"no order for Flink among the {len(orders)} newest of 30 days"]


_BILLED: Final = ("ProductCode", "ProductType", "CommodityCode", "OrderType", "PaymentStatus")


async def _renewal_codes(prober: Prober) -> list[str]:
    told = []
    for code in ("sc", "foasconsole"):
        reply = await prober.ask(
            QUERY_AVAILABLE_INSTANCES, {"ProductCode": code, "PageNum": "1", "PageSize": "20"}
        )
        total = part(reply, "Data", "TotalCount")
        told.append(
            f"renewals of {code}: {f'{total} instances' if isinstance(total, int) else said(reply)}"
        )
        asked = {"ProductCode": code, "InstanceId": f"f-cn-{NOWHERE}"}
        told.append(f"refund of {code}: {said(await prober.ask(INQUIRE_REFUND, asked))}")
    return told


async def _permission_names(prober: Prober) -> list[str]:
    """Last: what all the others met."""
    await prober.ask(products.DESCRIBE_SUPPORTED_REGIONS, {})
    return [
        f"missing: {', '.join(sorted(prober.lacking))}" if prober.lacking else "none was missing"
    ]


_PRICE: Final = "foasconsole.QueryCreateInstancePrice"
_WHO: Final = "sts.GetCallerIdentity"
PROBES: Final = (
    Probe(
        "SignatureValidity", f"{_WHO}, five times, dated up to 16 minutes off", _signature_validity
    ),
    Probe("NonceMemory", f"{_WHO}, twice with one nonce", _nonce_memory),
    Probe("PriceOfManagement", f"{_PRICE} of 1 and 2 CU", _price_of_management),
    Probe("SoldTerms", f"{_PRICE} of 1 CU for 21 terms", _sold_terms),
    Probe("SmallestSize", f"{_PRICE} of 0 to 100,000 CU", _smallest_size),
    Probe("PriceOfUse", f"{_PRICE} of pay-as-you-go", _price_of_use),
    Probe(
        "MissingInstance",
        "foasconsole.DescribeInstances of an id that does not exist",
        _missing_instance,
    ),
    Probe(
        "MissingVSwitch", "vpc.DescribeVSwitches of an id that does not exist", _missing_v_switch
    ),
    Probe("ZoneInList", "foasconsole.DescribeInstances, the first page", _zone_in_list),
    Probe("NameFilter", "foasconsole.DescribeInstances, by a part of a name", _name_filter),
    Probe("StateWords", "foasconsole.DescribeInstances, the first page", _state_words),
    Probe("RoleTrust", "ram.GetRole, ram.ListPoliciesForRole", _role_trust),
    Probe("BillCodes", "bss.QueryOrders of 30 days, the first page", _bill_codes),
    Probe(
        "RenewalCodes",
        "bss.QueryAvailableInstances and bss.InquiryPriceRefundInstance, by two product codes",
        _renewal_codes,
    ),
    Probe(
        "PermissionNames",
        "foasconsole.DescribeSupportedRegions, and what all the others met",
        _permission_names,
    ),
)


def _sold(prices: Mapping[int, float | str]) -> str:
    sold = [str(each) for each, amount in prices.items() if isinstance(amount, float)]
    refused: dict[str, list[str]] = {}
    for each, amount in prices.items():
        if isinstance(amount, str):
            refused.setdefault(amount, []).append(str(each))
    told = [f"priced: {', '.join(sold)}"] if sold else []
    return "; ".join((*told, *(f"{code}: {', '.join(each)}" for code, each in refused.items())))


def _services(document: object) -> list[str]:
    try:
        statements = json.loads(str(document))["Statement"]
        named = [each["Principal"].get("Service") for each in statements]
    except (ValueError, TypeError, KeyError, AttributeError):
        return []
    return [
        service for each in named for service in ([each] if isinstance(each, str) else each or ())
    ]


def _is_flink(word: str) -> bool:
    lower = word.lower()
    return lower == "sc" or any(each in lower for each in _FLINK[1:])


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
