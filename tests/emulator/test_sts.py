"""Temporary keys: who gets one, how long it is good, and what the gateway says of one that is
not."""

import json

import alibabacloud_sts20150401.models as models
import pytest

from tests.emulator.tokens import (
    PROVIDER,
    ROLE,
    SUBJECT,
    Issuer,
    provider_arn,
    role_arn,
    set_up_rrsa,
)
from tests.emulator_fixture import EmulatedAccount
from tests.raw_client import Answer, Call, Key, call_v1, call_v3
from tests.sdk_models import differences

STS = "2015-04-01"
USER = "alice"


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    """One key for all tests: making one takes a while."""
    return Issuer()


def key_of(account: EmulatedAccount) -> Key:
    return Key(account.access_key_id, account.access_key_secret)


def with_token(account: EmulatedAccount, token: str, **changes: str | None) -> Answer:
    """Ask for a key of the role with a token, as RRSA does: without a signature."""
    asked: dict[str, str | None] = {
        "Action": "AssumeRoleWithOIDC",
        "Version": STS,
        "Format": "JSON",
        "RoleArn": role_arn(account),
        "OIDCProviderArn": provider_arn(account),
        "OIDCToken": token,
        "RoleSessionName": "pod",
        **changes,
    }
    query = [(name, value) for name, value in asked.items() if value is not None]
    nothing = dict.fromkeys(
        ("x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce")
    )
    return call_v3(account.endpoint, None, Call(STS, "", "GET", query, over=nothing))


def key_in(answer: Answer) -> Key:
    given = answer.body["Credentials"]
    return Key(given["AccessKeyId"], given["AccessKeySecret"], given["SecurityToken"])


def a_user(account: EmulatedAccount) -> Key:
    """A key of a RAM user, and a role that trusts all of the account's."""
    account.control.state(
        {
            "accessKeys": [{"id": f"of-{USER}-{account.id}", "secret": "s", "user": USER}],
            "roles": [{"name": "MyRole", "trust": trust({"RAM": [f"acs:ram::{account.id}:root"]})}],
        }
    )
    return Key(f"of-{USER}-{account.id}", "s")


def trust(principal: object) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return json.dumps({"Version": "1", "Statement": [statement]})


def assume(account: EmulatedAccount, key: Key, role: str = "myrole", **more: str) -> Answer:
    query = [("RoleArn", role_arn(account, role)), ("RoleSessionName", "s-1"), *more.items()]
    return call_v1(account.endpoint, key, Call(STS, "AssumeRole", "GET", query))


def who_is(account: EmulatedAccount, key: Key) -> Answer:
    return call_v3(account.endpoint, key, Call(STS, "GetCallerIdentity"))


def test_a_pod_gets_a_key_of_its_role(account: EmulatedAccount, issuer: Issuer) -> None:
    """By its token alone; the key is good for the calls of the role, and says whose it is."""
    set_up_rrsa(account, issuer)
    answer = with_token(account, issuer.token())
    assert differences(answer.body, models, "AssumeRoleWithOIDCResponseBody") == []
    assert answer.body["OIDCTokenInfo"]["Subject"] == SUBJECT
    caller = who_is(account, key_in(answer)).body
    assert (caller["IdentityType"], caller["AccountId"]) == ("AssumedRoleUser", account.id)
    assert caller["Arn"] == f"acs:ram::{account.id}:assumed-role/{ROLE}/pod"
    assert differences(caller, models, "GetCallerIdentityResponseBody") == []


def test_tokens_that_are_refused(account: EmulatedAccount, issuer: Issuer) -> None:
    """With the codes of the page of STS; and no key is made."""
    set_up_rrsa(account, issuer)
    tokens = {
        "x": "AuthenticationFail.OIDCToken.Invalid",
        "no.token": "AuthenticationFail.OIDCToken.Invalid",
        "a.b.c": "AuthenticationFail.OIDCToken.Invalid",
        "y" * 20_001: "AuthenticationFail.OIDCToken.Invalid",
        issuer.token("HS256"): "AuthenticationFail.OIDCToken.Invalid",
        issuer.token(iss="https://elsewhere.example.com"): "AuthenticationFail.OIDCToken.Invalid",
        issuer.token(exp="soon"): "AuthenticationFail.OIDCToken.Invalid",
        Issuer().token(): "AuthenticationFail.OIDCToken.InvalidSignature",
        issuer.token(aud=["another"]): "AuthenticationFail.OIDCToken.AudienceNotMatch",
        issuer.token(exp=1): "AuthenticationFail.OIDCToken.Expired",
        issuer.token(
            sub="system:serviceaccount:default:default"
        ): "AuthenticationFail.NoPermission",
    }
    answers = {token: with_token(account, token) for token in tokens}
    assert {token: answer.code for token, answer in answers.items()} == tokens
    assert {answer.status for answer in answers.values()} == {401}
    assert account.control.state()["temporaryKeys"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"RoleArn": None}, "MissingRoleArn"),
        ({"OIDCProviderArn": None}, "MissingOIDCProviderArn"),
        ({"OIDCToken": None}, "MissingOIDCToken"),
        ({"RoleSessionName": None}, "MissingRoleSessionName"),
        ({"RoleSessionName": "a"}, "InvalidParameter.RoleSessionName"),
        ({"RoleSessionName": "with space"}, "InvalidParameter.RoleSessionName"),
        ({"DurationSeconds": "899"}, "InvalidParameter.DurationSeconds"),
        ({"DurationSeconds": "3601"}, "InvalidParameter.DurationSeconds"),
        ({"DurationSeconds": "long"}, "InvalidParameter"),
        ({"RoleArn": "acs:ram::{id}:role/none"}, "EntityNotExist.Role"),
        ({"RoleArn": "acs:ram::{id}:user/none"}, "InvalidParameter.RoleArn"),
        ({"RoleArn": "acs:ram::100000000000:role/x"}, "AuthenticationFail.NoPermission"),
        (
            {"OIDCProviderArn": "acs:ram::{id}:oidc-provider/none"},
            "AuthenticationFail.NoPermission",
        ),
        ({"Policy": "{}"}, "InvalidParameter"),
    ],
    ids=str,
)
def test_what_else_is_refused(
    account: EmulatedAccount, issuer: Issuer, change: dict[str, str | None], code: str
) -> None:
    """And no key is made."""
    set_up_rrsa(account, issuer)
    change = {name: value and value.replace("{id}", account.id) for name, value in change.items()}
    assert with_token(account, issuer.token(), **change).code == code
    assert account.control.state()["temporaryKeys"] == []


def test_a_role_that_does_not_trust_gives_no_key(account: EmulatedAccount, issuer: Issuer) -> None:
    """Whatever the token says."""
    set_up_rrsa(account, issuer, trust=trust({"Federated": [provider_arn(account, "another")]}))
    assert with_token(account, issuer.token()).code == "AuthenticationFail.NoPermission"
    set_up_rrsa(account, issuer)
    account.control.state({"removeOidcProviders": [PROVIDER]})
    assert with_token(account, issuer.token()).code == "AuthenticationFail.NoPermission"


def test_a_user_assumes_a_role(account: EmulatedAccount) -> None:
    """The account itself may not; a role may, if it is trusted."""
    user = a_user(account)
    assert who_is(account, user).body["Arn"] == f"acs:ram::{account.id}:user/{USER}"
    answer = assume(account, user)
    assert differences(answer.body, models, "AssumeRoleResponseBody") == []
    assert (
        who_is(account, key_in(answer)).body["Arn"]
        == f"acs:ram::{account.id}:assumed-role/myrole/s-1"
    )
    assert assume(account, key_in(answer)).status == 200
    assert (assume(account, key_of(account)).status, assume(account, key_of(account)).code) == (
        403,
        "NoPermission",
    )
    account.control.state(
        {"roles": [{"name": "MyRole", "trust": trust({"Service": ["stream.aliyuncs.com"]})}]}
    )
    assert assume(account, user).code == "NoPermission"
    account.control.state({"deniedActions": ["sts:AssumeRole"]})
    assert assume(account, user).code == "NoPermission"


def test_a_temporary_key_needs_its_token(account: EmulatedAccount) -> None:
    """Both signatures; and a permanent one has none."""
    user = a_user(account)
    key, other = key_in(assume(account, user)), key_in(assume(account, user))
    for send in (call_v3, call_v1):
        tokens = {"": "MissingSecurityToken", "made up": "InvalidSecurityToken.Malformed"}
        tokens[other.token] = "InvalidSecurityToken.MismatchWithAccessKey"
        asked = {
            token: send(
                account.endpoint, Key(key.id, key.secret, token), Call(STS, "GetCallerIdentity")
            )
            for token in tokens
        }
        assert {token: answer.code for token, answer in asked.items()} == tokens
        assert {answer.status for answer in asked.values()} == {400}
    permanent = Key(account.access_key_id, account.access_key_secret, key.token)
    assert who_is(account, permanent).code == "InvalidSecurityToken.MismatchWithAccessKey"


def test_a_temporary_key_ends(account: EmulatedAccount) -> None:
    """After its time by the account's clock, which a setting may shorten; or when somebody takes it
    away."""
    user = a_user(account)
    key = key_in(assume(account, user, DurationSeconds="900"))
    account.control.advance(840)
    assert who_is(account, key).status == 200
    account.control.advance(61)
    assert who_is(account, key).code == "InvalidSecurityToken.Expired"
    account.control.settings(temporaryKeySeconds=60)
    key = key_in(assume(account, user))
    account.control.advance(61)
    assert who_is(account, key).code == "InvalidSecurityToken.Expired"
    key = key_in(assume(account, user))
    account.control.state({"removeAccessKeys": [key.id]})
    assert who_is(account, key).code == "InvalidAccessKeyId.NotFound"


def test_an_unsigned_token_is_no_token(account: EmulatedAccount) -> None:
    """Whoever repeats the request could put another in its place."""
    key = key_in(assume(account, a_user(account)))
    token = {"x-acs-security-token": key.token}
    answer = call_v3(
        account.endpoint, Key(key.id, key.secret), Call(STS, "GetCallerIdentity", unsigned=token)
    )
    assert answer.code == "SignatureDoesNotMatch"
