"""Prices by weight and country."""

RATES = {"FR": 4.5, "DE": 5.0}


def price(kilograms: float, country: str, express: bool = False) -> float:
    """The price of a parcel.

    Args:
        weight: What it weighs.
        country: Where it goes, as two letters.
        express: Whether it is in a hurry. Defaults to True.

    Returns:
        str: The price in euros.

    Raises:
        LookupError: Where nobody delivers.
    """
    if country not in RATES:
        return 0.0
    return RATES[country] * kilograms * (2 if express else 1)


def told(kilograms: float, country: str) -> None:
    """Print a price.

    Returns:
        The line that was printed.
    """
    print(f"{price(kilograms, country):.2f}")
