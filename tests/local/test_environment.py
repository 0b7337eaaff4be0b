"""What the programs of the demo and of the tests are told by the user's environment."""

import pytest

from flink_local.environment import python_environment


@pytest.mark.parametrize(
    "name", ["HTTP_PROXY", "https_proxy", "All_Proxy", "no_proxy", "NO_PROXY", "SSL_CERT_FILE"]
)
def test_programs_of_this_machine_take_no_proxy(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the user's, even a dead one, is not asked for the emulator next door."""
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert name not in python_environment()


def test_nothing_leads_to_a_real_cloud_or_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither keys nor a kubeconfig of the user's; the rest stays."""
    for name in (
        "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "ALICLOUD_ACCESS_KEY",
        "KUBECONFIG",
        "KUBERNETES_SERVICE_HOST",
    ):
        monkeypatch.setenv(name, "real")
    monkeypatch.setenv("LANG_OF_THE_USER", "kept")
    environment = python_environment()
    assert "real" not in environment.values()
    assert environment["LANG_OF_THE_USER"] == "kept"
