"""The command line."""

import argparse
import os

from parcel.price import price


def main() -> None:
    """Print a price."""
    parser = argparse.ArgumentParser(prog="parcel")
    parser.add_argument("--kilograms", type=float, default=1.0)
    parser.add_argument("--country", default="FR")
    asked = parser.parse_args()
    currency = os.environ.get("PARCEL_CURRENCY", "EUR")
    print(f"{price(asked.kilograms, asked.country):.2f} {currency}")
