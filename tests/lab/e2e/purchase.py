"""A purchase that the cloud keeps waiting."""

from tests.lab.e2e.installation import Installation


def delay_purchase(installation: Installation, milliseconds: int) -> None:
    """Let the cloud take so long for the next one, before it does anything."""
    delay = {
        "service": "foasconsole",
        "action": "CreateInstance",
        "fault": "delay",
        "ms": milliseconds,
        "times": 1,
    }
    installation.emulator("PUT", "faults", [delay])


def is_sent(installation: Installation) -> bool:
    """Whether the call has come to the cloud."""
    return any(
        rule["struck"]
        for rules in installation.emulator("GET", "faults").values()
        for rule in rules
    )
