"""How a score fades: by whole steps, 256 of them to a half-life, in integers."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, localcontext

STEPS = 256


def _factor(step: int) -> int:
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(2**32) * Decimal(2) ** (Decimal(-step) / STEPS)
        return int(exact.to_integral_value(ROUND_HALF_EVEN))


_FACTORS = [_factor(step) for step in range(STEPS)]


def faded(value: int, as_of: int, t: int, half_life: int | None) -> tuple[int, int]:
    """Give what is left of a value at `t`, and the instant of the last whole step."""
    if half_life is None:
        return value, as_of
    step = max(1, half_life // STEPS)
    steps = (t - as_of) // step
    halvings, rest = divmod(steps, STEPS)
    left = abs(value) * _FACTORS[rest] >> 32 + halvings
    return (left if value >= 0 else -left), as_of + steps * step
