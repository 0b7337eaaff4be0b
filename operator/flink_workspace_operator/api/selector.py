"""A selector of labels, as Kubernetes has it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from flink_workspace_operator.api.base import ApiModel, cel, validated

Text = Annotated[str, Field(max_length=253)]


class Requirement(ApiModel):
    """One condition on a label."""

    model_config = ConfigDict(
        json_schema_extra=validated(
            cel(
                "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
                "`values` must be set with operator 'In' or 'NotIn', and left out with any other",
            )
        )
    )

    key: Annotated[str, Field(min_length=1, max_length=317)]
    """The label."""
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    """In: the label's value is one of `values`. NotIn: it is none of them, or there is no such
    label. Exists, DoesNotExist: the label is there, or not."""
    values: (
        Annotated[
            tuple[Text, ...],
            Field(max_length=20, json_schema_extra={"x-kubernetes-list-type": "set"}),
        ]
        | None
    ) = None
    """The values."""

    def fits(self, labels: Mapping[str, str]) -> bool:
        """True if the labels fulfil it."""
        is_among = labels.get(self.key) in (self.values or ())
        match self.operator:
            case "In":
                return is_among
            case "NotIn":
                return not is_among
            case "Exists":
                return self.key in labels
            case "DoesNotExist":
                return self.key not in labels


class LabelSelector(ApiModel):
    """Labels that an object must have. All parts must fit; without any, everything fits."""

    match_labels: Annotated[dict[str, Text], Field(max_length=20)] = Field(default_factory=dict)
    """Labels with their values."""
    match_expressions: Annotated[
        tuple[Requirement, ...],
        Field(max_length=20, json_schema_extra={"x-kubernetes-list-type": "atomic"}),
    ] = ()
    """Further conditions."""

    def fits(self, labels: Mapping[str, str]) -> bool:
        """True if an object with these labels is selected."""
        has_labels = all(labels.get(key) == value for key, value in self.match_labels.items())
        return has_labels and all(each.fits(labels) for each in self.match_expressions)
