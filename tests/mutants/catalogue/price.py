"""What keeps a purchase within the maximum that its resource sets."""

from typing import Final

from tests.mutants.catalogue.cluster import ORDERS
from tests.mutants.catalogue.files import LEDGER_AT_THE_API_SERVER, LIMITS, PRICE
from tests.mutants.mutant import Mutant

RACES: Final = "tests/simulation/test_interleavings.py::test_one_preemption"
DETAILS: Final = "tests/unit/core/checks/test_purchase_details.py"
SHOWN: Final = "tests/unit/core/reporting/test_quote.py"

WITHIN_THE_MAXIMUM: Final = (
    Mutant(
        name="no order above the maximum",
        fact="no order is opened at a price above the maximum",
        file="core/checks/purchase.py",
        old="    stopped = stop_before_opening(case, wish[1], quote)\n",
        new="    stopped = None\n",
        tests=(PRICE, LIMITS),
    ),
    Mutant(
        name="no intent above the maximum",
        fact="an order that is open is not announced once its price rose above the maximum, or that was lowered",
        file="core/checks/spending.py",
        old="    stopped = stop_at_limits(case, quote, order.spec.block) or stop",
        new="    stopped = stop",
        tests=(PRICE, LIMITS, f"{RACES}[the-price-rises]"),
    ),
    Mutant(
        name="no call above the maximum",
        fact="the maximum of the resource as it was read last stops the call",
        file="core/checks/spending.py",
        old="    limit = verdict_on_limits(case, order.status.quote, order.spec.block)\n",
        new="    limit = None\n",
        tests=(PRICE, LIMITS),
    ),
    Mutant(
        name="the price of the announcing pass",
        fact="what is compared and announced is the price that was asked last, not that of the order's opening",
        file="core/checks/price.py",
        old="    return asked if known is None or isinstance(asked, Quote) or _is_stale(known, case) else known\n",
        new="    return asked if known is None else known\n",
        tests=(PRICE,),
    ),
    Mutant(
        name="no old price",
        fact="a price that is older than a quarter of an hour is not used, also if no other is answered",
        file="core/checks/price.py",
        old="    return case.cloud_time - quote.quoted_at > validity\n",
        new="    return False\n",
        tests=(DETAILS,),
    ),
    Mutant(
        name="one currency is not another",
        fact="a maximum in one currency allows no price in another, whatever the number",
        file="core/checks/price.py",
        old="    if quote.currency != maximum.currency:\n",
        new="    if False:\n",
        tests=(PRICE,),
    ),
    Mutant(
        name="above is above",
        fact="a price that is a cent above the maximum is not paid",
        file="core/checks/price.py",
        old="    if amount > Decimal(maximum.amount):\n",
        new="    if amount > Decimal(maximum.amount) + 1:\n",
        tests=(PRICE,),
    ),
    Mutant(
        name="no price is not a low one",
        fact="where a maximum is set, nothing is bought whose price is not known",
        file="core/checks/price.py",
        old="    except InvalidOperation:\n        return None\n",
        new="    except InvalidOperation:\n        return Decimal(0)\n",
        tests=(PRICE,),
    ),
    Mutant(
        name="an hour is not the whole",
        fact="the price of an hour is not compared with the maximum of an order",
        file="core/checks/price.py",
        old=' or quote.basis != "Term"',
        new="",
        tests=(PRICE,),
    ),
    Mutant(
        name="the maximum that held stands on the order",
        fact="the ledger says what was allowed when the price was agreed to",
        file="core/orders/unsent.py",
        old='        "maximum_price": terms.maximum,\n',
        new="",
        tests=(PRICE,),
    ),
    Mutant(
        name="the API server compares too",
        fact="no process, however old, announces an order whose price is above the maximum that it carries",
        file=ORDERS,
        old="double(self.status.quote.tradeAmount) <= double(self.status.maximumPrice.amount)",
        new="true",
        tests=(f"{LEDGER_AT_THE_API_SERVER}::test_nothing_is_announced_above_its_maximum",),
    ),
    Mutant(
        name="the maximum of an order does not rise",
        fact="what was allowed is a record: nobody raises it after the announcement",
        file=ORDERS,
        old="has(oldSelf.status.maximumPrice) && oldSelf.status.maximumPrice == self.status.maximumPrice",
        new="true",
        tests=(f"{LEDGER_AT_THE_API_SERVER}::test_what_was_allowed_is_a_record",),
    ),
    Mutant(
        name="no price of another spec",
        fact="a price is shown only for the spec that it was asked for",
        file="core/reporting/quote.py",
        old=" or known.observed_generation != generation",
        new="",
        tests=(SHOWN,),
    ),
)
