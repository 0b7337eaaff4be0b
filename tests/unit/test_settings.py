"""Settings that could cost money are refused at the start."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from flink_workspace_operator.settings import WINDOWS, Settings

EMULATOR = "http://127.0.0.1:9000"


@pytest.mark.parametrize("name", WINDOWS)
def test_a_window_below_its_default_is_refused_with_the_real_cloud(name: str) -> None:
    """What is bought would be taken for absent, and bought again. The message says how to insist."""
    least = Settings.model_fields[name].default
    with pytest.raises(ValidationError, match=f"{name} must be at least {least}.*short_windows"):
        Settings.model_validate({name: least - 1})


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("meant", [{"endpoint": EMULATOR}, {"short_windows": True}], ids=["emulator", "on purpose"])
def test_a_short_window_is_taken_where_it_is_meant(name: str, meant: dict[str, object]) -> None:
    """An emulator is as quick as it is told to be."""
    settings = Settings.model_validate({name: 5, **meant})
    assert getattr(settings, name) == 5


def test_a_date_that_is_believed_ends_no_window_too_early() -> None:
    """What it may be off is spare in the windows of the real cloud; an emulator's clock is moved."""
    assert Settings().date_tolerance == timedelta(minutes=5)
    assert Settings().spare_window > timedelta(minutes=5)
    assert Settings(endpoint=EMULATOR).date_tolerance is None
    assert Settings(endpoint=EMULATOR, date_tolerance_seconds=60).date_tolerance == timedelta(minutes=1)


def test_longer_windows_are_taken() -> None:
    """They only cost time."""
    longer = {name: Settings.model_fields[name].default + 1 for name in WINDOWS}
    assert Settings.model_validate(longer).settle_window > Settings().settle_window


def test_a_stop_waits_for_the_answer_to_a_purchase() -> None:
    """Else it would lose it."""
    with pytest.raises(ValidationError, match="drain_seconds must be longer"):
        Settings(drain_seconds=60)
