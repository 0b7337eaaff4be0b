"""Every safeguard that keeps money from being spent twice, and who misses it when it is gone."""

from typing import Final

from tests.mutants.catalogue.announced import ANNOUNCED, BINDING, BRAKES
from tests.mutants.catalogue.approval import ALLOWED, WITHIN_THE_CAP
from tests.mutants.catalogue.attacks import ATTACKS
from tests.mutants.catalogue.call import AT_THE_CALL, BEFORE_THE_CALL
from tests.mutants.catalogue.cluster import API_SERVER, BEFORE_IT_BEGINS, ELECTED
from tests.mutants.catalogue.credentials import SIGNED
from tests.mutants.catalogue.evidence import BOUND, EVIDENCE, RECORDING
from tests.mutants.catalogue.further import BESIDE_THE_PURCHASE
from tests.mutants.catalogue.looking import COMPLETE, HOLDING, WHOSE
from tests.mutants.catalogue.neighbours import BESIDE
from tests.mutants.catalogue.obstacles import IN_THE_WAY
from tests.mutants.catalogue.outputs import HANDED_ON
from tests.mutants.catalogue.price import WITHIN_THE_MAXIMUM
from tests.mutants.catalogue.required import REQUIRED
from tests.mutants.catalogue.rounds import CONFIRMED
from tests.mutants.catalogue.waiting import COPIES, HIDDEN, WINDOWS
from tests.mutants.catalogue.wire import ON_THE_WIRE
from tests.mutants.catalogue.working import AT_WORK
from tests.mutants.mutant import Mutant

FURTHER: Final[tuple[Mutant, ...]] = (
    *BEFORE_THE_CALL,
    *AT_THE_CALL,
    *ON_THE_WIRE,
    *EVIDENCE,
    *RECORDING,
    *BOUND,
    *COMPLETE,
    *WHOSE,
    *HOLDING,
    *API_SERVER,
    *BEFORE_IT_BEGINS,
    *ELECTED,
    *ATTACKS,
    *HANDED_ON,
    *SIGNED,
    *BRAKES,
    *ANNOUNCED,
    *BINDING,
    *BESIDE_THE_PURCHASE,
    *COPIES,
    *WINDOWS,
    *HIDDEN,
    *BESIDE,
    *AT_WORK,
    *IN_THE_WAY,
    *CONFIRMED,
    *WITHIN_THE_MAXIMUM,
    *ALLOWED,
    *WITHIN_THE_CAP,
)

__all__ = ["FURTHER", "REQUIRED"]
