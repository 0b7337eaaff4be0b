"""An identity provider of a cluster, as RRSA has one: it signs tokens of service accounts."""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from flink_cloud_emulator.server import Running
from flink_local.certificates import Authority
from tests.contract.servers import tls_of
from tests.emulator_fixture import EmulatedAccount, emulating, open_account
from tests.raw_client import Call, Key, call_v3

ISSUER, AUDIENCE = "https://oidc.cluster.example.com", "sts.aliyuncs.com"
SUBJECT = "system:serviceaccount:flink-workspace-operator:flink-workspace-operator"
PROVIDER, ROLE = "ack-rrsa", "flink-operator"


@dataclass
class Issuer:
    """The cluster's side: a key, and the tokens that it signs."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def public_key(self) -> str:
        """PEM."""
        return (
            self.key.public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    def token(self, algorithm: str = "RS256", **claims: object) -> str:
        """A token of the service account for an hour; `claims` go over its own."""
        now = datetime.now(UTC)
        hour = timedelta(hours=1)
        own = {
            "iss": ISSUER,
            "sub": SUBJECT,
            "aud": [AUDIENCE],
            "iat": _seconds(now),
            "exp": _seconds(now + hour),
        }
        unsigned = f"{_part({'alg': algorithm, 'kid': '1'})}.{_part({**own, **claims})}"
        return f"{unsigned}.{_text(self.key.sign(unsigned.encode(), PKCS1v15(), SHA256()))}"


@contextmanager
def emulating_by_tls(folder: Path) -> Iterator[tuple[Running, Path]]:
    """An emulator that answers by TLS too, as the official library wants it of STS, and whom to
    trust."""
    authority, ca_file = Authority.create(), folder / "ca.pem"
    ca_file.write_bytes(authority.pem)
    with emulating(tls_of(authority, folder)) as running:
        yield running, ca_file


def open_role_account(url: str, issuer: Issuer) -> EmulatedAccount:
    """An account whose only keys are those that STS gives out. The caller resets it."""
    opened = open_account(url)
    set_up_rrsa(opened, issuer)
    opened.control.state({"removeAccessKeys": [opened.access_key_id]})
    return opened


def trust_in_service_account(account: EmulatedAccount, subject: str = SUBJECT) -> str:
    """The trust policy of a role for RRSA."""
    condition = {"oidc:iss": ISSUER, "oidc:aud": AUDIENCE, "oidc:sub": subject}
    return json.dumps(
        {
            "Version": "1",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Federated": [provider_arn(account)]},
                    "Condition": {"StringEquals": condition},
                }
            ],
        }
    )


def set_up_rrsa(account: EmulatedAccount, issuer: Issuer, **role: object) -> None:
    """What the account needs for RRSA: the provider, and a role that trusts it."""
    account.control.state(
        {
            "oidcProviders": [{"name": PROVIDER, "issuer": ISSUER, "publicKey": issuer.public_key}],
            "roles": [{"name": ROLE, "trust": trust_in_service_account(account), **role}],
        }
    )


def temporary_key(account: EmulatedAccount) -> Key:
    """A key that STS gives a RAM user, good for an hour."""
    user = Key(f"of-a-user-{account.id}", "s")
    everybody = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"RAM": [f"acs:ram::{account.id}:root"]},
    }
    trust = json.dumps({"Version": "1", "Statement": [everybody]})
    account.control.state(
        {
            "accessKeys": [{"id": user.id, "secret": user.secret, "user": "somebody"}],
            "roles": [{"name": "open-to-users", "trust": trust}],
        }
    )
    query = [("RoleArn", role_arn(account, "open-to-users")), ("RoleSessionName", "test")]
    answer = call_v3(account.endpoint, user, Call("2015-04-01", "AssumeRole", "GET", query))
    given = answer.body["Credentials"]
    return Key(given["AccessKeyId"], given["AccessKeySecret"], given["SecurityToken"])


def provider_arn(account: EmulatedAccount, name: str = PROVIDER) -> str:
    return f"acs:ram::{account.id}:oidc-provider/{name}"


def role_arn(account: EmulatedAccount, name: str = ROLE) -> str:
    return f"acs:ram::{account.id}:role/{name}"


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _part(content: Mapping[str, object]) -> str:
    return _text(json.dumps(content).encode())


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
