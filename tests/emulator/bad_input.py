"""Bad input to each action of the emulator: what is wrong with it, and the code that the cloud
documents for it.

`python -m tests.emulator.bad_input` tries all of it and prints how much that was.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flink_cloud_emulator.dispatch import SERVICES
from tests.emulator.valid_calls import ACTIONS, VERSIONS, prepare, undo, valid_call
from tests.emulator_fixture import EmulatedAccount, emulating, open_account
from tests.raw_client import Answer, Call, Key, Pairs, call_v1, call_v3

FINE = "fine"
LONG = "x" * 3000
Send = Callable[[str, Key, Call], Answer]


@dataclass(frozen=True)
class Case:
    """One call that is wrong in one way, and the code that it is refused with; `FINE` where it is
    none the less."""

    what: str
    send: Send
    key: Key
    call: Call
    code: str


OPTIONAL: Mapping[str, Sequence[str]] = {
    "CreateInstance": ("AutoRenew",),
    "QueryCreateInstancePrice": ("AutoRenew", "InstanceName", "VpcId", "VSwitchIds", "Storage"),
    "DescribeInstances": ("PageSize",),
    "ListTagResources": ("ResourceId.1", "Tag.1.Key", "Tag.1.Value"),
    "TagResources": ("Tag.1.Value",),
    "UntagResources": ("TagKey.1",),
    "QueryAvailableInstances": ("ProductCode",),
    "DescribeVpcAttribute": ("RegionId",),
    "DescribeVSwitchAttributes": ("RegionId",),
}
"""Parameters of the valid calls that may be left out; all others are mandatory."""

MISSING: Mapping[tuple[str, str], str] = {
    ("TagResources", "Tag.1.Key"): "InvalidParameter",
    ("TagResources", "ResourceId.1"): "MissingResourceId",
    ("UntagResources", "ResourceId.1"): "MissingResourceId",
}
"""Where the refusal names something else than the parameter alone."""

OF_ANOTHER_TYPE: Mapping[str, str] = {
    "AutoRenew": "perhaps",
    "Ha": "perhaps",
    "UsePromotionCode": "perhaps",
    "Elastic": "perhaps",
    "All": "perhaps",
    "Duration": "one",
    "PageIndex": "first",
    "PageNumber": "first",
    "PageNum": "first",
    "PageSize": "all",
    "DurationSeconds": "long",
    "MaxSessionDuration": "long",
    "ResourceSpec": "[10]",
    "DefaultNamespaceResourceSpec": '{"Cpu":"3","MemoryGB":"12"}',
    "Storage": '"bucket"',
    "VSwitchIds": "{}",
    "Tag": '{"Key":"k"}',
    "Tags": '["k"]',
    "CreateTimeStart": "yesterday",
    "CreateTimeEnd": "2026-11-30",
}
"""By parameter, wherever an action takes it; the code is InvalidParameter."""

TOO_LONG: Mapping[str, str] = {
    "InstanceId": "903021",
    "ResourceId.1": "903021",
    "VpcId": "InvalidVpcId.NotFound",
    "VSwitchId": "InvalidVswitchID.NotFound",
    "TagKey.1": FINE,
    "OrderId": "InvalidOrderId",
    "RoleName": "InvalidParameter.RoleName.Length",
    "AssumeRolePolicyDocument": "InvalidParameter.AssumeRolePolicyDocument.Length",
    "PolicyName": "EntityNotExist.Policy",
    "PolicyType": "InvalidParameter.PolicyType",
    "RoleArn": "InvalidParameter.RoleArn",
    "RoleSessionName": "InvalidParameter.RoleSessionName",
}
"""By parameter, where it is not InvalidParameter: ids of any length may exist, and then do not."""

TOO_LONG_HERE: Mapping[tuple[str, str], str] = {
    **{("QueryCreateInstancePrice", name): FINE for name in ("InstanceName", "VpcId")},
    **{("ListTagResources", name): FINE for name in ("Tag.1.Key", "Tag.1.Value")},
    **{
        (action, "RegionId"): "InvalidRegionId.NotFound"
        for action in ("DescribeVpcs", "DescribeVSwitches")
    },
    ("QueryAvailableInstances", "ProductCode"): FINE,
    ("InquiryPriceRefundInstance", "ProductCode"): "ResourceNotExists",
    ("InquiryPriceRefundInstance", "InstanceId"): "ResourceNotExists",
    ("DescribeVpcAttribute", "RegionId"): "InvalidVpcId.NotFound",
    ("DescribeVSwitchAttributes", "RegionId"): "InvalidVswitchID.NotFound",
}
"""By action: what a price does not depend on, and filters that fit nothing."""


def cases(account: EmulatedAccount, user: Key, product: str, action: str) -> Iterator[Case]:
    """All of one action."""
    call = valid_call(account, product, action)
    for what, changed, code in (*_in_parameters(call), *_in_the_request(call)):
        yield Case(what, call_v3, user, changed, code)
    yield from _in_signature_3(account, user, call)
    yield from _in_signature_1(user, call)


def _in_parameters(call: Call) -> Iterator[tuple[str, Call, str]]:
    for name, value in _pairs(call):
        optional = name in OPTIONAL.get(call.action, ())
        missing = FINE if optional else MISSING.get((call.action, name), f"Missing{name}")
        empty = FINE if (call.action, name) == ("TagResources", "Tag.1.Value") else missing
        yield (
            f"{name} missing",
            _with(call, [pair for pair in _pairs(call) if pair[0] != name]),
            missing,
        )
        yield f"{name} empty", _changed(call, name, ""), empty
        long = TOO_LONG_HERE.get((call.action, name), TOO_LONG.get(name, "InvalidParameter"))
        yield f"{name} too long", _changed(call, name, LONG), long
        yield f"{name} twice", _with(call, [*_pairs(call), (name, f"{value}0")]), "InvalidParameter"
        yield f"{name} twice alike", _with(call, [*_pairs(call), (name, value)]), FINE
    for name, value in OF_ANOTHER_TYPE.items():
        if name in _known(call):
            yield f"{name} of another type", _changed(call, name, value), "InvalidParameter"
    yield (
        "an unknown parameter",
        _with(call, [*_pairs(call), ("NoSuchThing", "1")]),
        "InvalidParameter",
    )


def _in_the_request(call: Call) -> Iterator[tuple[str, Call, str]]:
    other = "GET" if call.method == "POST" else "POST"
    reads = call.action.startswith("Describe") and call.version == VERSIONS["foasconsole"]
    writes = call.form is not None
    moved = replace(call, method=other, query=_pairs(call), form=None)
    yield f"by {other}", moved, "UnsupportedHTTPMethod" if reads or writes else FINE
    yield "by PUT", replace(call, method="PUT"), "UnsupportedHTTPMethod"
    elsewhere = (
        replace(call, query=_pairs(call), form=None)
        if writes
        else replace(call, query=(), form=_pairs(call))
    )
    yield "parameters in the other place", elsewhere, FINE
    yield "another version", replace(call, version="1999-01-01"), "InvalidAction.NotFound"


def _in_signature_3(account: EmulatedAccount, user: Key, call: Call) -> Iterator[Case]:
    old = (datetime.now(UTC) - timedelta(minutes=16)).strftime("%Y-%m-%dT%H:%M:%SZ")
    over: tuple[tuple[str, dict[str, str | None], str], ...] = (
        ("no signature", {"Authorization": None}, "MissingParameter"),
        (
            "another signature method",
            {"Authorization": "ACS3-RSA-SHA256 x"},
            "InvalidSignatureMethod",
        ),
        (
            "half a signature",
            {"Authorization": "ACS3-HMAC-SHA256 Credential=x"},
            "IncompleteSignature",
        ),
        ("another body than signed", {"x-acs-content-sha256": "0" * 64}, "SignatureDoesNotMatch"),
        ("no date", {"x-acs-date": None}, "InvalidTimeStamp.Format"),
        ("a date in words", {"x-acs-date": "today"}, "InvalidTimeStamp.Format"),
        ("an old date", {"x-acs-date": old}, "InvalidTimeStamp.Expired"),
        ("no nonce", {"x-acs-signature-nonce": None}, "MissingParameter"),
        ("a used nonce", {"x-acs-signature-nonce": f"used-{account.id}"}, "SignatureNonceUsed"),
    )
    for what, changes, code in over:
        yield Case(what, call_v3, user, replace(call, over=changes), code)
    unsigned = {"x-acs-security-token": "x"}
    yield Case(
        "an unsigned token",
        call_v3,
        user,
        replace(call, unsigned=unsigned),
        "SignatureDoesNotMatch",
    )
    yield from _in_keys(account, user, call, call_v3)


def _in_signature_1(user: Key, call: Call) -> Iterator[Case]:
    over: tuple[tuple[str, dict[str, str | None], str], ...] = (
        ("another signature", {"Signature": "eA=="}, "SignatureDoesNotMatch"),
        ("another signature method", {"SignatureMethod": "HMAC-SHA256"}, "InvalidSignatureMethod"),
        ("no date", {"Timestamp": None}, "InvalidTimeStamp.Format"),
        ("no nonce", {"SignatureNonce": None}, "MissingParameter"),
        ("an answer in XML", {"Format": None}, "InvalidParameter.Format"),
    )
    for what, changes, code in over:
        yield Case(f"version 1.0: {what}", call_v1, user, replace(call, over=changes), code)
    stranger = replace(user, secret="wrong")
    yield Case("version 1.0: another secret", call_v1, stranger, call, "SignatureDoesNotMatch")


def _in_keys(account: EmulatedAccount, user: Key, call: Call, send: Send) -> Iterator[Case]:
    yield Case("another secret", send, replace(user, secret="wrong"), call, "SignatureDoesNotMatch")
    yield Case("an unknown key", send, Key("nobody", "x"), call, "InvalidAccessKeyId.NotFound")
    yield Case(
        "a disabled key",
        send,
        Key(f"disabled-{account.id}", "x"),
        call,
        "InvalidAccessKeyId.Inactive",
    )
    yield Case(
        "a made-up token", send, replace(user, token="x"), call, "InvalidSecurityToken.Malformed"
    )


def prepared(account: EmulatedAccount) -> Key:
    """The account with what the cases need; gives the user's key."""
    user = prepare(account)
    account.control.state(
        {"accessKeys": [{"id": f"disabled-{account.id}", "secret": "x", "active": False}]}
    )
    used = {"x-acs-signature-nonce": f"used-{account.id}"}
    assert (
        call_v3(
            account.endpoint, user, Call(VERSIONS["sts"], "GetCallerIdentity", over=used)
        ).status
        == 200
    )
    return user


def wrong(account: EmulatedAccount, user: Key, case: Case) -> str | None:
    """What the emulator does wrong in a case: another code, or a change where it refused. None if
    nothing."""
    before = _everything(account)
    call = replace(case.call, over={"x-acs-signature-nonce": uuid.uuid4().hex, **case.call.over})
    answer = case.send(account.endpoint, case.key, call if case.send is call_v3 else case.call)
    code = FINE if answer.status == 200 else answer.code
    if code == FINE:
        undo(account)
    if code != case.code:
        return f"{case.call.action}, {case.what}: {code} and not {case.code} ({answer.body.get('Message')})"
    if code != FINE and _everything(account) != before:
        return f"{case.call.action}, {case.what}: refused, and something changed"
    return None


def _everything(account: EmulatedAccount) -> object:
    return account.control.state(), account.control.purchases()


def _pairs(call: Call) -> Pairs:
    return [*call.query, *(call.form or ())]


def _with(call: Call, pairs: Pairs) -> Call:
    return (
        replace(call, query=(), form=pairs) if call.form is not None else replace(call, query=pairs)
    )


def _changed(call: Call, name: str, value: str) -> Call:
    kept = [(each, value if each == name else old) for each, old in _pairs(call)]
    return _with(call, kept if name in dict(_pairs(call)) else [*kept, (name, value)])


def _known(call: Call) -> Sequence[str]:
    (service,) = [each for each in SERVICES if each.version == call.version]
    return service.actions[call.action].parameters


def main() -> None:
    """Try everything, and print a line for each action."""
    everything = 0
    with emulating() as running:
        for product, action in (
            (product, action) for product, actions in ACTIONS.items() for action in actions
        ):
            account = open_account(running.url)
            user = prepared(account)
            tried = list(cases(account, user, product, action))
            failed = [line for case in tried if (line := wrong(account, user, case))]
            refused = sum(case.code != FINE for case in tried)
            print(f"{product}.{action}: {len(tried)} cases, {refused} refused, {len(failed)} wrong")  # noqa: T201
            everything += len(tried)
    print(f"{everything} cases")  # noqa: T201 - its output


if __name__ == "__main__":
    main()
