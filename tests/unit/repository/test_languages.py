"""Imports and calls of the languages beside Python."""

from __future__ import annotations

import pytest

from tests.unit.repository.made import called, edges, repo_of

SCRIPTS = {
    "web/app.ts": 'import Cart, {total as t} from "./cart";\nimport * as util from "./lib";\n'
    "export function run() { const c = new Cart(); c.add(); return t(util.sum(1)); }\n",
    "web/cart.ts": "export default class Cart { add() { return this.more(); } more() {} }\n"
    "export function total(x) { return x; }\n",
    "web/lib/index.js": 'export * from "./sum.js";\n',
    "web/lib/sum.ts": "export const sum = (a) => a;\n",
}
JAVA = {
    "src/a/Main.java": "package a;\nimport b.Shop;\n"
    "class Main { void run() { Shop s = new Shop(); s.sell(); Help.me(); } }\n",
    "src/a/Help.java": "package a;\nclass Help { static void me() {} }\n",
    "src/b/Shop.java": "package b;\npublic class Shop { void sell() {} }\n",
}
GO = {
    "main.go": 'package main\nimport (\n\t"fmt"\n\t"x.org/shop/cart"\n)\n'
    "func run() { c := cart.New(); fmt.Println(c); help() }\n",
    "help.go": "package main\nfunc help() {}\n",
    "cart/a.go": "package cart\ntype Cart struct{}\nfunc (c *Cart) Add() { c.more() }\n",
    "cart/b.go": "package cart\nfunc New() *Cart { return nil }\nfunc (c *Cart) more() {}\n",
}
C = {
    "src/main.c": '#include <stdio.h>\n#include "cart.h"\nint main(void) { return add(1); }\n',
    "include/cart.h": "int add(int x);\n",
    "src/cart.c": '#include "cart.h"\nint add(int x) { return x; }\n',
}
RUST = {
    "src/main.rs": "mod cart;\nuse crate::cart::price::{total, Tax as T};\nuse std::fmt;\n"
    "fn run() { total(); cart::add(); T::new(); }\n",
    "src/cart/mod.rs": "pub mod price;\nuse self::price::*;\npub fn add() { total(); }\n",
    "src/cart/price.rs": "use super::add;\npub struct Tax;\n"
    "impl Tax { pub fn new() -> Tax { Self::make() } fn make() {} }\npub fn total() { add(); }\n",
}


def test_scripts() -> None:
    repo = repo_of(SCRIPTS)
    assert edges(repo) == {
        ("web/app.ts", "web/cart.ts"), ("web/app.ts", "web/lib/index.js"),
        ("web/lib/index.js", "web/lib/sum.ts"),
    }  # fmt: skip
    assert called(repo, "run") == {"Cart", "Cart.add", "total", "sum"}
    assert called(repo, "Cart.add") == {"Cart.more"}


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ('import fs from "node:fs"', "standard library"),
        ('const p = require("path")', "standard library"),
        ('import x from "react"', "external"),
        ('import "./gone"', "missing"),
        ("require(name)", "dynamic"),
        ('import "./style.css"', "external"),
    ],
)
def test_scripts_say_why_there_is_no_file(statement: str, reason: str) -> None:
    repo = repo_of({"a.js": statement + ";\n"})
    assert [one.reason for one in repo.unresolved] == [reason]


def test_commonjs() -> None:
    files = {
        "a.js": "const b = require('./b');\nconst {c: d} = require('./c');\n"
        "function run() { b.go(); d(); }\n",
        "b.js": "function go() {}\n",
        "c.js": "function c() { require('./b'); }\n",
    }
    repo = repo_of(files)
    assert [(one.source, one.target, one.marks) for one in repo.imports] == [
        ("a.js", "b.js", ()), ("a.js", "c.js", ()), ("c.js", "b.js", ("lazy",)),
    ]  # fmt: skip
    assert called(repo, "run") == {"go", "c"}


def test_java() -> None:
    repo = repo_of(JAVA)
    assert edges(repo) == {("src/a/Main.java", "src/b/Shop.java")}
    assert called(repo, "Main.run") == {"Shop", "Shop.sell", "Help.me"}


def test_go() -> None:
    repo = repo_of(GO)
    assert ("main.go", "cart/b.go") in edges(repo)
    assert [(one.name, one.reason) for one in repo.unresolved] == [("fmt", "standard library")]
    assert called(repo, "run") == {"New", "help"}
    assert called(repo, "Cart.Add") == {"Cart.more"}


def test_c() -> None:
    repo = repo_of(C)
    assert edges(repo) == {("src/main.c", "include/cart.h"), ("src/cart.c", "include/cart.h")}
    assert [(one.name, one.reason) for one in repo.unresolved] == [("<stdio.h>", "standard library")]
    assert called(repo, "main") == {"add"}


def test_cpp_methods_outside_of_their_class() -> None:
    text = (
        "class A { public: int f(); int g(); };\nint A::f() { return this->g(); }\nint A::g() { return 0; }\n"
    )
    assert called(repo_of({"a.cpp": text}), "A.f") == {"A.g"}


def test_rust() -> None:
    repo = repo_of(RUST)
    assert edges(repo) == {
        ("src/main.rs", "src/cart/mod.rs"), ("src/main.rs", "src/cart/price.rs"),
        ("src/cart/mod.rs", "src/cart/price.rs"), ("src/cart/price.rs", "src/cart/mod.rs"),
    }  # fmt: skip
    assert called(repo, "run") == {"total", "add", "Tax.new"}
    assert called(repo, "add") == {"total"} and called(repo, "Tax.new") == {"Tax.make"}
