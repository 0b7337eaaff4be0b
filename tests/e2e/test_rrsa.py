"""A process as ACK sets it up for RRSA: no key, but a token in a file, and the names of role and
provider."""

from pathlib import Path

from flink_local.cluster import Cluster
from tests.e2e.processes import end, start_operator
from tests.emulator.tokens import (
    ROLE,
    Issuer,
    emulating_by_tls,
    open_role_account,
    provider_arn,
    role_arn,
)
from tests.scenario.manifests import apply, pay_as_you_go


def test_it_buys_with_keys_of_its_role(own_cluster: Cluster, tmp_path: Path) -> None:
    """By the variables that the webhook of ACK sets; each call of the cloud is the role's."""
    issuer, token = Issuer(), tmp_path / "token"
    token.write_text(issuer.token())
    with emulating_by_tls(tmp_path) as (running, ca_file):
        account = open_role_account(running.url, issuer)
        account.control.settings(provisioningSeconds=1)
        variables = {
            "ALIBABA_CLOUD_ROLE_ARN": role_arn(account),
            "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": provider_arn(account),
            "ALIBABA_CLOUD_OIDC_TOKEN_FILE": str(token),
            "ALIBABA_CLOUD_STS_ENDPOINT": str(running.tls_url).removeprefix("https://"),
            "SSL_CERT_FILE": str(ca_file),
        }
        apply(own_cluster, "default", pay_as_you_go("w"))
        operator = start_operator(
            own_cluster, account, tmp_path / "rrsa", {"identity": "rrsa"}, keys=variables
        )
        try:
            operator.until(lambda: is_ready(operator.workspace("w")))
            assert len(account.control.purchases()) == 1
            assert {call["caller"] for call in account.control.calls()} == {None, f"role/{ROLE}"}
        finally:
            end(operator)


def is_ready(workspace: dict[str, object]) -> bool:
    status = workspace.get("status")
    told = status.get("conditions", []) if isinstance(status, dict) else []
    return any((each["type"], each["status"]) == ("Ready", "True") for each in told)
