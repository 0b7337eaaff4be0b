"""One state of the whole world: API servers, operator processes, cloud, and which mishaps may still
come.

Everything is a plain value, so that states can be compared and kept in a set. Time is kept as ages,
in ticks, and an age stops growing where nobody asks for more: so time has no end in the model, and
the states are still finitely many."""

from typing import Final, NamedTuple

NOBODY: Final = -1
"""Token and home of an instance that a hand bought."""

OPEN: Final = ("", "Quoted", "AwaitingApproval", "Placing", "Uncertain")
"""States of an order in which its outcome is open; '' is an order without its first status."""
UNSENT: Final = ("Quoted", "AwaitingApproval")
"""Of these, the states from which it may be announced: nothing was sent."""
SENT: Final = ("Placing", "Uncertain")
"""Of these, the states in which a call may have been sent."""
CAME_TO_NOTHING: Final = ("Rejected", "NotPlaced")
"""States of an order that came to nothing although a call may have been sent for it."""
ANSWERED: Final = ("refused", "refused for now", "taken", "open", "bought")
"""Stages of a call that has been answered. Refused: because of what it says, so every copy of it
is. Refused for now: throttled, not permitted, too late. Open: with an error that says nothing."""
CURRENT: Final = 0
STALE: Final = 1
OLD: Final = 2
AGAIN: Final = 3
"""How a version that a process has read stands to what is stored: the same; older, so that a write
which names it conflicts; older than the backup; or of between the backup and its restore, so that
it may be given out again."""


class Resource(NamedTuple):
    """A FlinkWorkspace. All resources of a run want the same workspace name; its generation stands
    for its spec."""

    uid: int
    generation: int = 1
    finalizer: bool = False
    deleting: bool = False
    suspended: bool = False


class Order(NamedTuple):
    """A FlinkWorkspaceOrder: one line of the ledger."""

    key: int
    number: int
    token: int
    """The random mark. Unique, so it serves as the object's uid too."""
    uid: int
    generation: int
    """What it was opened for."""
    state: str = ""
    stale: int = CURRENT
    """In what a process has read."""
    age: int = 0
    """Ticks since it was created; from Placing on, since its intent time by the cloud's clock.
    Refused for now: so that it outgrows the window when the order is no longer outstanding."""
    nonce: int = 0
    instance: int = 0
    taken: bool = False
    """The cloud answered "name taken"."""
    mark: int = 0
    """The random mark of its intent, while it is Placing or Uncertain."""
    short: int = 0
    """By how many ticks the window that was written with its intent is shorter than it must be."""
    asked: int = -1
    """The price that somebody is asked to approve; -1: nobody is."""
    price: int = 0
    """The price at which it was announced."""


class Claim(NamedTuple):
    """The Lease of the workspace name. `uid` is new with every creation."""

    holder: int
    uid: int


class Cluster(NamedTuple):
    """What one API server stores."""

    resources: tuple[Resource | None, ...]
    orders: tuple[Order, ...] = ()
    claim: Claim | None = None
    uids: int = 1
    decisions: frozenset["Decision"] = frozenset()


class Decision(NamedTuple):
    """A person's word on an order at the price that was asked."""

    token: int
    asked: int
    word: str


class Step(NamedTuple):
    """One write that a process has decided on. `token` and `number`: of which order, or `token` of
    which claim."""

    kind: str
    token: int = 0
    number: int = 0
    stale: int = CURRENT
    to: str = ""
    instance: int = 0
    nonce: int = 0
    age: int = 0
    """Of the intent time that will be written, or that the call is signed with."""
    anew: bool = False
    """The window of the order begins with this write."""
    mark: int = 0
    short: int = 0
    """Of the intent."""
    braked: bool = False
    """For the invariants: a brake was acknowledged before the last read of the pass that sends."""
    price: int = 0
    """That is asked, or announced."""
    unapproved: bool = False
    """For the invariants: when the last look began, the order was not approved at its price."""


class Process(NamedTuple):
    """One replica of the operator at one key. Each transition is one read or one write; between
    them it may crash, or freeze and thaw later, for a process that takes no step is not waited
    for."""

    home: int
    key: int
    at: str = "idle"
    frozen: bool = False
    resource: Resource | None = None
    orders: tuple[Order, ...] = ()
    listing: tuple["Instance", ...] | None = None
    """What the look showed; None: unknown, or not asked for."""
    claim: Claim | None = None
    alive: bool = True
    """The claim's holder still wants the name, or may have bought it."""
    since: int = 0
    """Ticks since the look, or since the answer."""
    steps: tuple[Step, ...] = ()
    mark: int = 0
    """The mark of the intent that it wrote, or may have written, and sent nothing for. While it
    waits for an answer, or writes it down: of the intent that it sent for; that one is not
    remembered."""
    sent: int = 0
    """Token of the call that it waits for, or whose answer it holds."""
    answer: str = ""
    instance: int = 0
    short: int = 0
    """By how many ticks the windows of its settings are shorter than they must be."""
    decisions: frozenset[Decision] = frozenset()
    price: int = 0
    """As the look showed it."""
    unapproved: bool = False
    """For the invariants: see `Step`."""

    def idle(self, mark: int = 0) -> "Process":
        """At the end of a pass. Nothing is kept but the mark of an intent."""
        return Process(self.home, self.key, mark=mark, short=self.short)


class Call(NamedTuple):
    """One CreateInstance on its way. `age`: since its signed date; once accepted or refused for
    now, since then."""

    token: int
    home: int
    key: int
    nonce: int
    age: int
    stage: str = "wire"
    instance: int = 0
    behind: bool = False
    """Another copy of it was refused for now."""


class Instance(NamedTuple):
    """A workspace in the cloud. Where `tags` is not `full`, its token (or also its owner) cannot be
    seen."""

    id: int
    token: int
    home: int
    key: int
    age: int = 0
    shown: bool = False
    tags: str = "full"
    """full, owner (the token is stripped), late (not visible yet), none (lost for good)."""


class Chances(NamedTuple):
    """How often each of these may still happen."""

    orders: int = 2
    crashes: int = 0
    freezes: int | None = None
    """How often a process may be held up in the middle of a pass while another one works; None:
    freely."""
    lost: int = 0
    """Requests or answers of the purchase that get lost."""
    unknown: int = 0
    """Looks without a usable answer."""
    refusals: int = 0
    """Refusals by the gateway: this copy was not booked."""
    misanswers: int = 0
    """Calls that are delivered, and answered with a refusal that is of another copy."""
    repeats: int = 0
    """Calls that the wire delivers twice."""
    unconnected: int = 0
    """Calls that find no connection, so that nothing is sent."""
    failures: int = 0
    """Answers that leave it open, with nothing booked."""
    unheard: int = 0
    """Writes of an intent whose answer is lost; they may have been carried out."""
    unwritten: int = 0
    """Answers of the cloud that the API server does not take down."""
    narrowed: int = 0
    """Looks that are answered, complete by their own account, and show nothing at all."""
    edits: int = 0
    suspensions: int = 0
    deletions: int = 0
    creations: int = 0
    strips: int = 0
    """Finalizers stripped by hand."""
    removals: int = 0
    """Orders removed by force."""
    forgeries: int = 0
    """Orders moved by hand to where the API server lets them go."""
    late_tags: int = 0
    lost_tags: int = 0
    lost_tokens: int = 0
    restores: int = 0
    """The resource appears in the second cluster, without its orders."""
    clones: int = 0
    """The second cluster becomes a copy of the first."""
    rollbacks: int = 0
    """The first cluster's API server is restored to what it was at some time before; the processes
    live on."""
    early_rollbacks: int = 0
    """The same, while no pass is under way and nothing was bought, or is on its way."""
    approvals: int = 0
    denials: int = 0
    retractions: int = 0
    """All decisions are deleted."""
    rises: int = 0
    """The price rises."""
    strangers: int = 0
    """Somebody buys a workspace of that name, and may release it again."""


class State(NamedTuple):
    """The whole world."""

    clusters: tuple[Cluster, ...]
    processes: tuple[Process, ...]
    calls: tuple[Call, ...] = ()
    instances: tuple[Instance, ...] = ()
    nonces: tuple[tuple[int, int], ...] = ()
    """Nonces that the gateway remembers, with their ages."""
    tokens: int = 0
    """Orders opened so far."""
    bought: int = 0
    """Purchases of ours that were booked so far."""
    announced: frozenset[int] = frozenset()
    """For the invariants: tokens that were in Placing at some time."""
    outdated: frozenset[tuple[int, int]] = frozenset()
    """For the invariants: tokens and marks of intents that were written when the resource had
    changed or gone already, or a workspace of the name was there to be seen."""
    backup: Cluster | None = None
    """What the first cluster may be restored to."""
    restored: bool = False
    chances: Chances = Chances()
    price: int = 0


class Move(NamedTuple):
    """One transition. `wrong`: what an invariant says against it."""

    what: str
    state: State
    wrong: str | None = None
