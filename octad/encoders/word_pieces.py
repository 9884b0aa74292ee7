"""Word pieces of words and texts, by the backbone's own tokenizer, cached per word."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from octad.errors import ArtefactError, first_line
from octad.host.files import read_bytes

FILE = "tokenizer.json"
LARGEST = 1 << 26
"""Bytes of a tokenizer; large ones have 20 million."""
LONGEST_WORD = 12
LONGEST_TEXT = 64
"""Word pieces of one text, its marks included: most names, sentences and lines are shorter."""
_WORDS = re.compile(r"[^\W\d]\w*|\d+|[^\w\s]")


class WordPieces:
    """Words and texts to piece ids. Names are split at underscores and case changes first.

    Raises ArtefactError when the folder holds no `tokenizer.json` that can be read.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        path = folder / FILE
        if not path.is_file():
            raise ArtefactError(
                f"no tokenizer in {folder}", hint="name a folder of weights or of a checkpoint"
            )
        try:
            # By way of the file it names: checkpoints are often kept as links.
            self.tokenizer = Tokenizer.from_str(
                read_bytes(path.resolve(), LARGEST, follow=False).decode("utf-8")
            )
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # it panics with what is no Exception
            raise ArtefactError(f"{path} cannot be read: {first_line(error)}") from error
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.summary = self._known("[CLS]", "<s>", "</s>", "<|endoftext|>") or 0
        self.end = self._known("[SEP]", "</s>", "<|endoftext|>")
        self.of = lru_cache(maxsize=200_000)(self._of)

    def _known(self, *marks: str) -> int | None:
        """The id of the first of some special tokens that the tokenizer has."""
        found = (self.tokenizer.token_to_id(mark) for mark in marks)
        return next((int(number) for number in found if number is not None), None)

    def of_text(self, text: str, most: int = LONGEST_TEXT) -> tuple[int, ...]:
        """The pieces of a text in their order, between the marks of beginning and end; at most `most`."""
        found: list[int] = [self.summary]
        for word in _WORDS.findall(text):
            found.extend(self.of(word))
            if len(found) >= most - 1:
                break
        del found[most - 1 :]
        return (*found, *(() if self.end is None else (self.end,)))

    def _of(self, word: str) -> tuple[int, ...]:
        spaced = split_identifier(word)
        try:
            ids = self.tokenizer.encode(spaced, add_special_tokens=False).ids
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            raise ArtefactError(f"the tokenizer cannot read {word[:40]!r}: {first_line(error)}") from error
        return tuple(ids[:LONGEST_WORD])


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
