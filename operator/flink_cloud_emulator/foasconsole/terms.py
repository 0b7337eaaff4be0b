"""How long paid time lasts.

Source: help.aliyun.com/en/flink/realtime-flink/product-overview/subscription: months are calendar
months, and paid time ends at 00:00:00 UTC+8 on the day after its last day, whatever the hour of the
purchase. The sample of the cloud's own OpenAPI metadata fits: 1637337600000, which is 2021-11-20
00:00:00 +08:00. For a month that lacks the day, its last day counts: inferred.
"""

import calendar
from datetime import UTC, datetime, time, timedelta, timezone

_BILLING = timezone(timedelta(hours=8))
_MONTHS = {"Month": 1, "Year": 12}


def months(cycle: str, duration: int) -> int:
    """The length of a term."""
    return _MONTHS[cycle] * duration


def end_of_term(start: datetime, term_months: int) -> datetime:
    """The moment at which a term is over that began at ``start``."""
    first = start.astimezone(_BILLING).date()
    years, month = divmod(first.year * 12 + first.month - 1 + term_months, 12)
    last = first.replace(
        year=years, month=month + 1, day=min(first.day, calendar.monthrange(years, month + 1)[1])
    )
    return datetime.combine(last + timedelta(days=1), time(), _BILLING).astimezone(UTC)
