"""OSS over HTTP: version 4 signatures, path style addresses, XML answers."""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from urllib.parse import unquote

from flink_cloud_emulator.accounts import Account, Cloud
from flink_cloud_emulator.http import Arrival, CloudError, Incoming, Outgoing
from flink_cloud_emulator.keys import KeyPair, TemporaryKey
from flink_cloud_emulator.oss import errors
from flink_cloud_emulator.oss.actions import ActionCall, find_action
from flink_cloud_emulator.oss.documents import write_document
from flink_cloud_emulator.oss.signature import (
    Authorization,
    read_authorization,
    read_date,
    signature_matches,
)
from flink_cloud_emulator.oss.state import Bucket

_LONGEST_KEY = 1023


class OssDoor:
    """Serves the calls of OSS.

    All regions share one address, so the region that a call goes to is the one it is signed for.
    """

    def recognise(self, incoming: Incoming, cloud: Cloud, request_id: str) -> Arrival:
        """Find the action by method and query, the caller by the key id in the Authorization
        header.
        """
        bucket, key = _read_path(incoming)
        action = find_action(incoming.method, key, dict(incoming.query))
        authorization = read_authorization(incoming.headers.get("Authorization", ""))
        owner = cloud.owner_of(authorization.access_key_id) if authorization else None
        account, pair = owner or (None, None)
        shown = {
            "bucket": bucket,
            "key": key,
            "region": authorization.region if authorization else "",
        }
        return Arrival(
            incoming=incoming,
            request_id=request_id,
            service="oss",
            action=action.name if action else incoming.method,
            parameters={name: value for name, value in shown.items() if value},
            account=account,
            key=pair,
        )

    def admit(self, arrival: Arrival, cloud: Cloud) -> None:
        """Check the form of the signature, then key, date and signature."""
        authorization = _read_authorization(arrival)
        account, key = _caller(arrival)
        _check_date(arrival.incoming, authorization, account)
        if not signature_matches(authorization, key.secret, arrival.incoming):
            raise errors.signature_does_not_match()
        _check_token(arrival.incoming, key, account)

    def authorise(self, arrival: Arrival) -> None:
        """Refuse a disabled key and an action that the account's deniedActions forbid."""
        account, key = _caller(arrival)
        if not key.active:
            raise errors.invalid_key("The OSS Access Key Id is disabled.")
        action = find_action(
            arrival.incoming.method, arrival.parameters.get("key", ""), dict(arrival.incoming.query)
        )
        if action and any(
            fnmatchcase(action.permission, denied) for denied in account.denied_actions
        ):
            raise errors.access_denied()

    def process(self, arrival: Arrival, now: datetime) -> Outgoing:
        """Find the bucket where the signature says it is, then carry the action out."""
        account, _ = _caller(arrival)
        key, query = arrival.parameters.get("key", ""), dict(arrival.incoming.query)
        action = find_action(arrival.incoming.method, key, query)
        if action is None or not arrival.parameters.get("bucket"):
            raise errors.not_implemented()
        if key.startswith(("/", "\\")) or len(key.encode()) > _LONGEST_KEY:
            raise errors.invalid_object_name(key)
        bucket = _find_bucket(arrival, account)
        incoming = arrival.incoming
        call = ActionCall(bucket, key, query, incoming.headers, incoming.body, account.id, now)
        answer = action.carry_out(call)
        return Outgoing(
            answer.status, answer.body, {**_mark(arrival), **answer.headers}, answer.code
        )

    def refuse(self, arrival: Arrival, error: CloudError) -> Outgoing:
        """An error document; for HEAD, whose answers have no body, in a header."""
        details = [(name, str(value)) for name, value in error.details.items()]
        host = arrival.incoming.headers.get("Host", "")
        fields = [
            ("Code", error.code),
            ("Message", error.message),
            ("RequestId", arrival.request_id),
            ("HostId", host),
        ]
        document = write_document("Error", [*fields, *details])
        finer = {"x-oss-ec": str(error.details["EC"])} if "EC" in error.details else {}
        headers = {**_mark(arrival), "Content-Type": "application/xml", **finer}
        if arrival.incoming.method != "HEAD":
            return Outgoing(error.status, document, headers, error.code)
        in_header = {"x-oss-err": base64.b64encode(document).decode()}
        return Outgoing(error.status, b"", {**headers, **in_header}, error.code)


def _read_path(incoming: Incoming) -> tuple[str, str]:
    bucket, _, key = unquote(incoming.path).removeprefix("/").partition("/")
    return bucket, key


def _read_authorization(arrival: Arrival) -> Authorization:
    header = arrival.incoming.headers.get("Authorization", "")
    if not header and any(name == "OSSAccessKeyId" for name, _ in arrival.incoming.query):
        raise errors.first_signature()
    if not header:
        raise errors.access_denied("Anonymous access is forbidden for this operation.")
    authorization = read_authorization(header)
    if authorization is None and header.startswith("OSS "):
        raise errors.first_signature()
    if authorization is None:
        raise errors.invalid_argument("The Authorization header is not of OSS4-HMAC-SHA256.")
    return authorization


def _caller(arrival: Arrival) -> tuple[Account, KeyPair]:
    if arrival.account is None or arrival.key is None:
        raise errors.invalid_key(
            "The OSS Access Key Id you provided does not exist in our records."
        )
    return arrival.account, arrival.key


def _check_date(incoming: Incoming, authorization: Authorization, account: Account) -> None:
    signed = read_date(incoming.headers)
    if signed is None or authorization.date != f"{signed:%Y%m%d}" or authorization.product != "oss":
        raise errors.invalid_argument(
            "x-oss-date or the scope of the Authorization header is invalid."
        )
    if not account.clock.accepts(
        signed, timedelta(seconds=account.settings.signature_validity_seconds)
    ):
        raise errors.time_too_skewed(f"{account.clock.now():%Y-%m-%dT%H:%M:%S.000Z}")


def _check_token(incoming: Incoming, key: KeyPair, account: Account) -> None:
    """A temporary key needs its token, before its end; a permanent one has none (made up: what
    it gets).
    """
    token = incoming.headers.get("x-oss-security-token", "")
    own = key.token if isinstance(key, TemporaryKey) else ""
    if own and not token:
        raise errors.invalid_key(
            "The OSS Access Key Id you provided does not exist in our records."
        )
    if token != own:
        known = any(
            isinstance(each, TemporaryKey) and each.token == token for each in account.keys.values()
        )
        raise errors.token_of_another_key() if known else errors.invalid_token()
    if isinstance(key, TemporaryKey) and account.clock.now() >= key.expires:
        raise errors.invalid_key(
            "The OSS Access Key Id you provided does not exist in our records."
        )


def _find_bucket(arrival: Arrival, account: Account) -> Bucket:
    if not account.oss.opened:
        raise errors.not_opened()
    name = arrival.parameters["bucket"]
    bucket = account.oss.buckets.get(name)
    if bucket is None:
        raise errors.no_such_bucket(name)
    if bucket.region != arrival.parameters.get("region"):
        raise errors.other_region(name, bucket.region)
    return bucket


def _mark(arrival: Arrival) -> Mapping[str, str]:
    return {"Server": "AliyunOSS", "x-oss-request-id": arrival.request_id}
