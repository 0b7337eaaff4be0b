"""Where the tests stand that mutants name."""

from typing import Final

ERRORS: Final = "tests/unit/adapters/test_errors.py"
PAGING: Final = "tests/unit/adapters/test_paging.py"
WRITES: Final = "tests/unit/adapters/test_writes.py"
LETTING_GO: Final = "tests/unit/core/test_letting_go.py"
PURCHASE: Final = "tests/unit/core/test_purchase.py"
SETTLEMENT: Final = "tests/unit/core/test_settlement.py"
