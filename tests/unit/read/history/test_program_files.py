from __future__ import annotations

import pytest

from octad.read.history.program_files import is_cosmetic, is_product, is_test

COSMETIC = (
    ("", "a.py"), ("   ", "a.c"), ("# why", "a.py"), ("// why", "a.go"), ("  * why", "a.java"),
    ("});", "a.js"), ("end", "a.rb"), ("import os", "a.py"), ("from a import b", "a.py"),
    ("#include <x.h>", "a.c"), ("use std::fmt;", "a.rs"), ("const a = require('a')", "a.js"),
    ("package main", "a.go"),
    ('"""', "a.py"),
)  # fmt: skip
CODE = (
    ("x = 1  # why", "a.py"), ("#define N 4", "a.c"), ("*p = 0;", "a.c"), ("a // b", "a.py"),
    ("return x", "a.py"), ("important = 1", "a.py"), ("x--;", "a.c"),
)  # fmt: skip
PRODUCT = (
    "src/click/core.py",
    "lib/index.js",
    "gin.go",
    "include/fmt/core.h",
    "src/attest.rs",
    "latest/a.py",
)
OTHER = (
    "tests/test_core.py", "core_test.go", "src/test/java/A.java", "AppTest.java", "docs/conf.py", "README.md",
    "spec/a_spec.rb", "dist/axios.js", "lib/jquery.min.js", "api_pb2.py", "vendor/x/y.go", "setup.cfg",
)  # fmt: skip


@pytest.mark.parametrize(("line", "path"), COSMETIC)
def test_a_line_that_runs_nothing(line: str, path: str) -> None:
    assert is_cosmetic(line, path)


@pytest.mark.parametrize(("line", "path"), CODE)
def test_a_line_of_code(line: str, path: str) -> None:
    assert not is_cosmetic(line, path)


def test_files_of_the_program() -> None:
    assert all(map(is_product, PRODUCT))
    assert not any(map(is_product, OTHER))
    assert [path for path in OTHER if is_test(path)] == [
        "tests/test_core.py", "core_test.go", "src/test/java/A.java", "AppTest.java", "spec/a_spec.rb",
    ]  # fmt: skip
    assert not any(map(is_test, PRODUCT))
