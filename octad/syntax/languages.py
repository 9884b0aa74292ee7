"""Which language a file is in, and a parser for it."""

from __future__ import annotations

import importlib
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import PurePosixPath

import tree_sitter

from octad.errors import InputError, MissingExtra
from octad.records.code import Language

EXTENSIONS: dict[str, Language] = {
    ".py": "python", ".pyi": "python", ".pyw": "python",
    ".js": "javascript", ".jsx": "javascript", ".mjs": "javascript", ".cjs": "javascript",
    ".ts": "typescript", ".tsx": "typescript", ".mts": "typescript", ".cts": "typescript",
    ".java": "java", ".go": "go", ".rs": "rust",
    ".c": "c", ".h": "c",
    ".cc": "cpp", ".cpp": "cpp", ".cxx": "cpp", ".hpp": "cpp", ".hh": "cpp", ".hxx": "cpp",
}  # fmt: skip

# Language -> module of its wheel, function in it that returns the grammar.
GRAMMARS: dict[str, tuple[str, str]] = {
    "python": ("tree_sitter_python", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_tsx"),
    "java": ("tree_sitter_java", "language"),
    "go": ("tree_sitter_go", "language"),
    "c": ("tree_sitter_c", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
    "rust": ("tree_sitter_rust", "language"),
}

ERROR_ID = 65535


def language_of(path: str) -> Language:
    """The language that the extension of `path` stands for, `unknown` for any other."""
    return EXTENSIONS.get(PurePosixPath(path.replace("\\", "/")).suffix.lower(), "unknown")


def check_version(found: str) -> None:
    """Refuse releases of tree-sitter that are known to be broken (0.26.0: use after free).

    Raises MissingExtra when `found` is not in >=0.25, <0.27, !=0.26.0.
    """
    parts = found.split(".")
    numbers = tuple(int(part) if part.isdigit() else 0 for part in (*parts, "0", "0")[:3])
    if not (0, 25, 0) <= numbers < (0, 27, 0) or numbers == (0, 26, 0):
        raise MissingExtra(
            f"tree-sitter {found} cannot be used", hint="install tree-sitter>=0.25,!=0.26.0,<0.27"
        )


@cache
def grammar(language: Language) -> tree_sitter.Language:
    """The grammar of `language`.

    Raises InputError where there is none, MissingExtra where its wheel is not installed.
    """
    check_version(version("tree-sitter"))
    if language not in GRAMMARS:
        raise InputError(f"no grammar for language {language!r}")
    module, function = GRAMMARS[language]
    try:
        loaded = importlib.import_module(module)
    except ImportError as error:
        name = module.replace("_", "-")
        raise MissingExtra(f"{language} needs the package {name}", hint=f"pip install {name}") from error
    return tree_sitter.Language(getattr(loaded, function)())


@cache
def parser(language: Language) -> tree_sitter.Parser:
    """The parser of `language`, made once; raises as `grammar` does."""
    return tree_sitter.Parser(grammar(language))


@lru_cache(maxsize=16)
def kind_names(language: Language) -> list[str]:
    """Node kind names by id, so that a walk reads integers only."""
    known = grammar(language)
    return [known.node_kind_for_id(i) or "" for i in range(known.node_kind_count)]


@lru_cache(maxsize=16)
def field_names(language: Language) -> list[str]:
    """Field names by id; id 0 is no field."""
    known = grammar(language)
    return ["", *(known.field_name_for_id(i) or "" for i in range(1, known.field_count + 1))]
