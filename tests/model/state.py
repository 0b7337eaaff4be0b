"""One state of the whole world: API servers, operator processes, cloud, and which mishaps may still come.

Everything is a plain value, so that states can be compared and kept in a set. Time is kept as ages, in ticks, and an
age stops growing where nobody asks for more: so time has no end in the model, and the states are still finitely many.
"""

from typing import Final, NamedTuple

NOBODY: Final = -1
"""Token and home of an instance that a hand bought."""

OPEN: Final = ("", "Quoted", "Placing", "Uncertain")
"""States of an order in which its outcome is open; '' is an order without its first status."""
SENT: Final = ("Placing", "Uncertain")
"""Of these, the states in which a call may have been sent."""


class Resource(NamedTuple):
    """A FlinkWorkspace. All resources of a run want the same workspace name; its generation stands for its spec."""

    uid: int
    generation: int = 1
    finalizer: bool = False
    deleting: bool = False


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
    stale: bool = False
    """In what a process has read: the order was written since, so a write that names this resourceVersion conflicts."""
    age: int = 0
    """Ticks since it was created; from Placing on, since its intent time by the cloud's clock."""
    nonce: int = 0
    instance: int = 0
    taken: bool = False
    """The cloud answered "name taken"."""


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


class Step(NamedTuple):
    """One write that a process has decided on. `token` and `number`: of which order, or `token` of which claim."""

    kind: str
    token: int = 0
    number: int = 0
    stale: bool = False
    to: str = ""
    instance: int = 0
    nonce: int = 0
    age: int = 0
    """Of the intent time that will be written, or that the call is signed with."""


class Process(NamedTuple):
    """One replica of the operator at one key. Each transition is one read or one write; between them it may crash,
    or freeze and thaw later, for a process that takes no step is not waited for."""

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
    """Whether the claim's holder still wants the name."""
    since: int = 0
    """Ticks since the look."""
    steps: tuple[Step, ...] = ()
    intent: int = 0
    """Token of the order that it moved to Placing, that nobody wrote to since, and that it sent nothing for."""
    sent: int = 0
    """Token of the call that it waits for, or whose answer it holds."""
    answer: str = ""
    instance: int = 0


class Call(NamedTuple):
    """One CreateInstance on its way. `age`: since its signed date; once accepted, since then."""

    token: int
    home: int
    key: int
    nonce: int
    age: int
    stage: str = "wire"
    instance: int = 0


class Instance(NamedTuple):
    """A workspace in the cloud. Where `tags` is not `full`, its token (or also its owner) cannot be seen."""

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
    """How often a process may be held up in the middle of a pass while another one works; None: freely."""
    lost: int = 0
    """Requests or answers of the purchase that get lost."""
    unknown: int = 0
    """Looks without a usable answer."""
    refusals: int = 0
    """Refusals by the gateway: nothing was booked for certain."""
    failures: int = 0
    """Answers that leave it open, with nothing booked."""
    edits: int = 0
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
    outdated: frozenset[int] = frozenset()
    """For the invariants: tokens whose intent was written when the resource had changed or gone already, or a
    workspace of the name was there to be seen."""
    chances: Chances = Chances()


class Move(NamedTuple):
    """One transition. `wrong`: what an invariant says against it."""

    what: str
    state: State
    wrong: str | None = None
