"""The weights of this version: the SHA-256 of each manifest, which names agent and files.

Written by `python scripts/pin_weights.py`; `make test` fails where it is not as the weights are.
"""

from __future__ import annotations

PINNED = frozenset(
    {
        "0ceaa39fef09a570bf468a7b149d3aa158290da3ca6007dc22519d68e87904a6",
        "152484241bb5893f3ca8517361940e34fe5cb2dc0e8f88b7a24d0efe96b68383",
        "5391644e109822b78fd0052a89ce943eab2fb37067c531f7df9d0000d9a27f22",
        "6db612ab91141473fc035428557d3eba6fda0a6e92163f6304c0616c1c91e78b",
        "88851b5a6ba9c7e9784e22a44bff3383076c462990fec365c288ee9894478109",
        "8a67aa4db20541a8a10be35bd57c33c006d361c9091f993b32a71cc18f9aed64",
        "a4de9d3bb0de7dcd5ad5e98816cf90b0d348194e55d2f489f8458ec4f80f450e",
        "bd06b3783ead83f80dfac19450171be75665002be5fda274827f853195385481",
    }
)
