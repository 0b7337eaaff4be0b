"""The garbage collector, kept from stopping the event loop.

A full collection looks at all that lives: 170 ms after the imports, 70 ms more for a thousand
workspaces. So what has lived for a while is set aside, and not looked at again. If it becomes a
cycle of garbage later, it is found at the next look at everything, a few times a day.
"""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Final

FIRST_SECONDS: Final = 60.0
"""By then thousands of workspaces were listed and looked at."""
SECONDS: Final = 600.0
YOUNG: Final = 20_000
"""Objects that are made before the young ones are looked at. After each 700, as by default, it took
a twelfth of the processor time of a wave."""
FULL_ROUND: Final = 36
"""Of so many rounds, six hours, one looks at everything."""


def set_aside_all() -> None:
    """Look at everything, and set aside what lives."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def set_aside() -> None:
    """The same, but look only at what is young: it takes a millisecond or two."""
    gc.collect(1)
    gc.freeze()


async def keep_setting_aside(sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """For as long as the process leads."""
    gc.set_threshold(YOUNG)
    await sleep(FIRST_SECONDS)
    for number in count(1):
        set_aside_all() if number % FULL_ROUND == 0 else set_aside()
        await sleep(SECONDS)
