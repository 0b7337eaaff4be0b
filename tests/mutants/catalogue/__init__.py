"""Every safeguard that keeps money from being spent twice, and who misses it when it is gone."""

from tests.mutants.catalogue.required import REQUIRED

__all__ = ["REQUIRED"]
