"""Prices by weight and country."""

RATES = {"FR": 4.5, "DE": 5.0}
"""Settings of `[tool.parcel]`: currency, rounding."""
SETTINGS = ("currency", "rounding")


class NoDeliveryError(Exception):
    """Nobody delivers there."""


def price(kilograms: float, country: str, express: bool = False) -> float:
    """The price of a parcel.

    Args:
        weight: What it weighs.
        country (int): Where it goes, as two letters.
        express: Whether it is in a hurry. Defaults to True.

    Returns:
        The price in euros.

    Raises:
        NoDeliveryError: Where nobody delivers.
    """
    rate = RATES.get(country, 0.0)
    return rate * kilograms * (2 if express else 1)


def stored(prices: list[float], one: float) -> None:
    """Keep a price.

    Returns:
        The prices with the new one.
    """
    prices.append(one)
    prices.sort()
