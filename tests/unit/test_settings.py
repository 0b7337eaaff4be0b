"""Settings that could cost money are refused at the start."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from flink_workspace_operator.settings import WINDOWS, Settings

EMULATOR = "http://127.0.0.1:9000"


@pytest.mark.parametrize("name", WINDOWS)
def test_a_window_below_its_default_is_refused_with_the_real_cloud(name: str) -> None:
    """What is bought would be taken for absent, and bought again. The message says how to
    insist."""
    least = Settings.model_fields[name].default
    with pytest.raises(ValidationError, match=f"{name} must be at least {least}.*short_windows"):
        Settings.model_validate({name: least - 1})


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize(
    "meant", [{"endpoint": EMULATOR}, {"short_windows": True}], ids=["emulator", "on purpose"]
)
def test_a_short_window_is_taken_where_it_is_meant(name: str, meant: dict[str, object]) -> None:
    """An emulator is as quick as it is told to be."""
    settings = Settings.model_validate({name: 5, **meant})
    assert getattr(settings, name) == 5


def test_a_date_that_is_believed_ends_no_window_too_early() -> None:
    """What it may be off is spare in the windows of the real cloud; an emulator's clock is
    moved."""
    assert Settings().date_tolerance == timedelta(minutes=5)
    assert Settings().spare_window > timedelta(minutes=5)
    assert Settings(endpoint=EMULATOR).date_tolerance is None
    assert Settings(endpoint=EMULATOR, date_tolerance_seconds=60).date_tolerance == timedelta(
        minutes=1
    )


def test_longer_windows_are_taken() -> None:
    """They only cost time."""
    longer = {name: Settings.model_fields[name].default + 1 for name in WINDOWS}
    assert Settings.model_validate(longer).settle_window > Settings().settle_window


def test_a_stop_waits_for_the_answer_to_a_purchase() -> None:
    """Else it would lose it."""
    with pytest.raises(ValidationError, match="drain_seconds must be longer"):
        Settings(drain_seconds=60)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:9000",
        "http://127.8.0.1",
        "http://[::1]:9",
        "http://localhost:9",
        "https://cloud.example.com:8",
    ],
)
def test_an_endpoint_is_on_this_machine_or_has_tls(endpoint: str) -> None:
    """Then nobody else reads the key's id and its token, or answers in the cloud's place."""
    assert Settings(endpoint=endpoint).emulated == endpoint.startswith("http:")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://cloud:8080",
        "http://10.0.0.5",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://127.1",
    ],
)
def test_a_plain_endpoint_elsewhere_must_be_said_to_be_an_emulator(endpoint: str) -> None:
    """It is then told wherever somebody could take what it sells for real."""
    with pytest.raises(
        ValidationError, match=r"endpoint must begin with https://.*set emulator to true"
    ):
        Settings(endpoint=endpoint)
    assert Settings(endpoint=endpoint, emulator=True).emulated


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://user:a-secret@example.com",
        "https://@example.com",
        "https://example.com/",
        "https://example.com/path",
        "https://example.com?x=a-secret",
        "https://example.com?",
        "https://example.com#x",
        "https://example.com:port",
        "https://example.com:0",
        "https://example.com:99999",
        "https://[::1",
        "https://exa mple.com",
        "https://example.com\n",
        "https://example.com\\@evil.example.com",
        "https://",
        "ftp://example.com",
        " https://example.com",
        "example.com",
        "",
    ],
)
@pytest.mark.parametrize("emulator", [False, True])
def test_an_endpoint_is_a_scheme_a_host_and_a_port(endpoint: str, emulator: bool) -> None:
    """Anything else would go to another place than it seems, or be left out of what is signed."""
    with pytest.raises(ValidationError, match=r"must be like http://host:port or https://host"):
        Settings(endpoint=endpoint, emulator=emulator)


def test_an_emulator_is_somewhere() -> None:
    """Whoever sets only that means something else than the real cloud."""
    with pytest.raises(ValidationError, match="emulator is about endpoint"):
        Settings(emulator=True)


def test_nobody_is_paid_for_or_adopts_by_default() -> None:
    """Who installs it names the namespaces, or all of them on purpose."""
    default = Settings()
    assert not default.buys_for("team")
    assert not default.adopts_by_id_in("team")
    for may, setting in (
        ("buys_for", "identity_namespaces"),
        ("adopts_by_id_in", "adoption_namespaces"),
    ):
        named = Settings.model_validate({setting: ("team", "b")})
        assert [getattr(named, may)(each) for each in ("team", "b", "c", "*")] == [
            True,
            True,
            False,
            False,
        ]
        assert getattr(Settings.model_validate({setting: ("*",)}), may)("any")
        assert not getattr(Settings.model_validate({setting: ()}), may)("team")


@pytest.mark.parametrize("setting", ["identity_namespaces", "adoption_namespaces"])
@pytest.mark.parametrize("names", [("*", "team"), ("team-*",), ("**",), ("",), ("Team",)])
def test_all_is_said_alone(setting: str, names: tuple[str, ...]) -> None:
    """A list that looks bounded is bounded; there are no patterns."""
    with pytest.raises(ValidationError):
        Settings.model_validate({setting: names})


@pytest.mark.parametrize("account_id", ["", "team-a", "123 ", "acs:ram::1:root"])
def test_an_account_is_a_number(account_id: str) -> None:
    """As the console shows it."""
    assert Settings(account_id="1000000000000001").account_id == "1000000000000001"
    with pytest.raises(ValidationError):
        Settings(account_id=account_id)
