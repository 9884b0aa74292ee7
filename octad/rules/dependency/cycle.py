"""Modules that import each other."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="dependency/cycle",
    level="warning",
    message="modules import each other: …",
    summary=(
        "Modules import each other, so that none can be loaded, tested or moved without the others. "
        "`octad deps` follows every import and names each cycle once. A cycle that only an import inside "
        "a function or for types closes is a note."
    ),
    example=Example(
        wrong="""\
# shop/cart.py
from shop.order import Order

# shop/order.py
from shop.cart import Cart
""",
        right="""\
# shop/cart.py
from shop.item import Item

# shop/order.py
from shop.cart import Cart
from shop.item import Item
""",
    ),
    repair="Move what both need into a third module.",
)
