"""All accounts of the emulated cloud.

Nothing is shared between two accounts but the memory of nonces.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flink_cloud_emulator.bss.state import BssState
from flink_cloud_emulator.calls import CallLog
from flink_cloud_emulator.clock import Clock
from flink_cloud_emulator.faults import FaultRules
from flink_cloud_emulator.foasconsole.lifecycle import let_time_pass
from flink_cloud_emulator.foasconsole.state import FoasconsoleState
from flink_cloud_emulator.keys import KeyPair
from flink_cloud_emulator.nonces import NonceMemory
from flink_cloud_emulator.oss.state import OssState
from flink_cloud_emulator.ram.state import RamState
from flink_cloud_emulator.settings import Settings
from flink_cloud_emulator.vpc.state import VpcState

DEFAULT_ACCOUNT = "1000000000000001"


@dataclass(frozen=True)
class Deferred:
    """A change that was accepted and takes effect later (fault ``commit-late``)."""

    due: datetime
    commit: Callable[[datetime], None]


@dataclass
class Account:
    """Everything that one account has and that was done to it."""

    id: str
    clock: Clock = field(default_factory=Clock)
    settings: Settings = field(default_factory=Settings)
    keys: dict[str, KeyPair] = field(default_factory=dict)
    denied_actions: tuple[str, ...] = ()
    """RAM actions, such as ``ram:CreateRole`` or ``stream:*``, that no key of the account may
    use.
    """
    faults: FaultRules = field(default_factory=FaultRules)
    calls: CallLog = field(default_factory=CallLog)
    deferred: list[Deferred] = field(default_factory=list)
    bss: BssState = field(default_factory=BssState)
    foasconsole: FoasconsoleState = field(default_factory=FoasconsoleState)
    oss: OssState = field(default_factory=OssState)
    ram: RamState = field(default_factory=RamState)
    vpc: VpcState = field(default_factory=VpcState)

    def settle(self) -> None:
        """Let take effect what is due.

        Called before anything looks at the account, so no timer is needed.
        """
        now = self.clock.now()
        due = sorted(
            (entry for entry in self.deferred if entry.due <= now), key=lambda entry: entry.due
        )
        self.deferred = [entry for entry in self.deferred if entry.due > now]
        for entry in due:
            entry.commit(entry.due)
        let_time_pass(self.foasconsole, self.settings, now)


@dataclass
class Cloud:
    """The accounts by id, and what belongs to none of them."""

    accounts: dict[str, Account] = field(default_factory=dict)
    nonces: NonceMemory = field(default_factory=NonceMemory)
    stray_calls: CallLog = field(default_factory=CallLog)
    """Calls with a key that belongs to no account."""

    def owner_of(self, key_id: str) -> tuple[Account, KeyPair] | None:
        """The account that an access key id belongs to."""
        for account in self.accounts.values():
            if key_id in account.keys:
                return account, account.keys[key_id]
        return None

    def account(self, account_id: str) -> Account:
        """The account of this id, opened empty if it is new."""
        return self.accounts.setdefault(account_id, Account(account_id))

    def close(self, account_id: str) -> None:
        """Forget an account and all it did."""
        account = self.accounts.pop(account_id, None)
        if account is not None:
            self.nonces.forget(account.clock)
