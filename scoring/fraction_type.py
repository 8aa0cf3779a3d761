"""A number between 0 and 1 as people give it on the command line."""

from __future__ import annotations

import math
from typing import Any

import click


class Fraction(click.FloatRange):
    """From 0 to 1. ``nan``, which click lets pass since it lies below and above nothing, is refused."""

    def __init__(self, *, min_open: bool = False, max_open: bool = False) -> None:
        super().__init__(0, 1, min_open=min_open, max_open=max_open)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value} is not a number between 0 and 1.", param, ctx)
        return number
