"""Word pieces of single words, by the backbone's own tokenizer, cached per word."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from tokenizers import Tokenizer

LONGEST = 12
MOST = 64
_WORDS = re.compile(r"[^\W\d]\w*|\d+|[^\w\s]")


class Pieces:
    """Word → piece ids. A word is split at underscores and case changes before the tokenizer sees it.

    Raises FileNotFoundError when the folder holds no `tokenizer.json`.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "tokenizer.json"
        if not path.is_file():
            raise FileNotFoundError(path)
        self.tokenizer = Tokenizer.from_file(str(path))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.summary = self._summary()
        self.of = lru_cache(maxsize=200_000)(self._of)

    def _summary(self) -> int:
        """The id of the item that stands for the whole: [CLS], <s> or the first special token."""
        for token in ("[CLS]", "<s>", "</s>", "<|endoftext|>"):
            found = self.tokenizer.token_to_id(token)
            if found is not None:
                return int(found)
        return 0

    def of_text(self, text: str) -> tuple[int, ...]:
        """The pieces of all words of a text, the first `MOST` of them; names in it are split as names are."""
        found: list[int] = []
        for word in _WORDS.findall(text):
            found.extend(self.of(word))
            if len(found) >= MOST:
                break
        return tuple(found[:MOST])

    def _of(self, word: str) -> tuple[int, ...]:
        spaced = split_identifier(word)
        ids = self.tokenizer.encode(spaced, add_special_tokens=False).ids
        return tuple(ids[:LONGEST])


def split_identifier(word: str) -> str:
    """`parseHTTPReply_v2` → `parse HTTP Reply v2`; words that are no identifiers stay as they are.

    Underscores become spaces, so that the pieces are words the backbone has seen in prose.
    """
    if not word.isidentifier() or (word.islower() and "_" not in word):
        return word
    parts: list[str] = []
    for i, char in enumerate(word):
        before = word[i - 1] if i else ""
        after = word[i + 1] if i + 1 < len(word) else ""
        if char.isupper() and (
            before.islower() or before.isdigit() or (before.isupper() and after.islower())
        ):
            parts.append(" ")
        parts.append(" " if char == "_" else char)
    return "".join(parts).strip() or word
