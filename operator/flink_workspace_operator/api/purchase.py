"""The limits that a team sets for its own purchases. Not part of what is bought."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from flink_workspace_operator.api.base import ApiModel, cel, matching, validated


class MaximumPrice(ApiModel):
    """The highest price that an order may have."""

    # Text, because a number in YAML may lose digits on its way.
    amount: Annotated[
        str,
        Field(
            max_length=15,
            json_schema_extra=validated(
                matching(
                    "amount",
                    "^(0|[1-9][0-9]{0,11})([.][0-9]{1,2})?$",
                    "an amount of money in quotes, with a point and at most two places, such as"
                    " '3000.00'",
                )
            ),
        ),
    ]
    """Amount, as text in quotes: "3000.00"."""
    currency: Annotated[
        str,
        Field(
            max_length=10,
            json_schema_extra=validated(
                matching("currency", "^[A-Z]{3}$", "the code of a currency, such as CNY or USD")
            ),
        ),
    ]
    """Currency that the account is billed in: CNY, or USD on the international site. It is
    compared, never converted."""

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"


class Purchase(ApiModel):
    """The limits."""

    # Without a default of `approval`: a block that says nothing is a mistake.
    model_config = ConfigDict(
        json_schema_extra=validated(
            cel(
                "has(self.maximumPrice) || has(self.approval)",
                "`purchase` must set `maximumPrice` or `approval`, or be left out",
            )
        )
    )

    approval: Literal["Automatic", "Manual"] | None = None
    """Manual: nothing is bought before somebody creates a FlinkPurchaseApproval for the order, at
    its price or a higher one. Automatic, or left out: a policy alone may ask for one."""

    maximum_price: MaximumPrice | None = None
    """The highest price of an order, for the whole term and after discount. Nothing is bought at a
    higher price, in another currency, or without a known price; pay-as-you-go has none. It does not
    cover what is billed by use: load balancer, OSS, ARMS."""
