"""Classes of real repairs, in the words of a reviewer.

Which classes there are and how common follows what 49,000 real repairs of functions did; the finer classes of
the set `real_fixes` are joined where a reviewer would say the same.
"""

from __future__ import annotations

CLASSES = {
    "guard": "a check before this may be missing",
    "condition": "the condition may be wrong or incomplete",
    "argument": "an argument or element may be wrong, missing or out of order",
    "call": "another call may be meant",
    "conversion": "a conversion or wrapping call may be missing",
    "default": "a default or parameter may be missing or wrong",
    "exception": "an exception may not be handled as it should",
    "index": "an index, key or bound may be wrong",
    "reference": "another variable or attribute may be meant",
    "missing": "a statement may be missing",
    "statement": "the statement may have to be rewritten",
    "value": "a value or expression may be wrong",
}
"""What is said of each class."""
