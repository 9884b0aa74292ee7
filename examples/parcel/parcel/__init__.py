"""What it costs to send a parcel."""

from parcel.price import price

__all__ = ["price"]
