"""Frames of real stack traces of several languages, the innermost first."""

from __future__ import annotations

import pytest

from octad.read.logs.frames import Frame, frames_of

PYTHON = """charge failed
Traceback (most recent call last):
  File "/srv/shop/cart/handler.py", line 41, in post
    total = self.store.total(cart)
            ^^^^^^^^^^^^^^^^^^^^^^
  File "/srv/shop/cart/store.py", line 88, in total
    return sum(prices[item] for item in cart)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/srv/shop/cart/store.py", line 88, in <genexpr>
    return sum(prices[item] for item in cart)
               ~~~~~~^^^^^^
KeyError: 'apple'
"""
CHAINED = (
    PYTHON
    + """
During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/shop/main.py", line 7, in <module>
    serve()
RuntimeError: no total
"""
)
SYNTAX = """  File "job.py", line 3
    def (:
        ^
SyntaxError: invalid syntax"""
JAVA = """java.lang.IllegalStateException: no stock
\tat com.acme.stock.StockService$Cache.lambda$load$0(StockService.java:57) ~[stock.jar:1.2]
\tat com.acme.stock.StockService.<init>(StockService.java:31)
\tat java.base/java.lang.Thread.run(Thread.java:840)
\tat jdk.internal.reflect.GeneratedMethodAccessor12.invoke(Unknown Source)
\tat MainKt.main(Main.kt:3)
Caused by: java.sql.SQLException: closed
\tat com.acme.db.Pool.take(Pool.java:12)
\t... 23 more
"""
NODE = """TypeError: Cannot read properties of undefined (reading 'price')
    at Cart.total [as sum] (/srv/web/src/cart.js:17:23)
    at new Order (/srv/web/src/order.ts:9:5)
    at async Object.<anonymous> (file:///srv/web/src/index.mjs:4:1)
    at /srv/web/src/util.cjs:30:11
    at Array.map (<anonymous>)
    at node:internal/main/run_main_module:23:47
"""
GO = """panic: runtime error: index out of range [3] with length 3

goroutine 19 [running]:
main.(*Cart).Total(0xc00009e000, {0x5, 0x6})
\t/srv/cart/cart.go:42 +0x1d
main.main()
\t/srv/cart/main.go:11 +0x65
"""


def test_python_names_the_innermost_last() -> None:
    assert frames_of(PYTHON) == [
        Frame("/srv/shop/cart/store.py", 88, "<genexpr>"),
        Frame("/srv/shop/cart/store.py", 88, "total"),
        Frame("/srv/shop/cart/handler.py", 41, "post"),
    ]


def test_of_chained_traces_the_first_says_where_it_began() -> None:
    assert frames_of(CHAINED) == frames_of(PYTHON)


def test_a_function_need_not_be_said() -> None:
    assert frames_of(SYNTAX) == [Frame("job.py", 3, "")]


def test_java_makes_paths_of_packages() -> None:
    assert frames_of(JAVA)[:2] == [
        Frame("com/acme/stock/StockService.java", 57, "lambda$load$0"),
        Frame("com/acme/stock/StockService.java", 31, "<init>"),
    ]
    assert Frame("Main.kt", 3, "main") in frames_of(JAVA)


def test_node_with_and_without_functions() -> None:
    assert frames_of(NODE) == [
        Frame("/srv/web/src/cart.js", 17, "Cart.total [as sum]"),
        Frame("/srv/web/src/order.ts", 9, "new Order"),
        Frame("/srv/web/src/index.mjs", 4, "Object.<anonymous>"),
        Frame("/srv/web/src/util.cjs", 30, ""),
    ]


def test_go_names_files_on_lines_of_their_own() -> None:
    assert frames_of(GO) == [Frame("/srv/cart/cart.go", 42, ""), Frame("/srv/cart/main.go", 11, "")]


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("   at Acme.Cart.Add(Int32 n) in /src/Cart.cs:line 42", Frame("/src/Cart.cs", 42, "")),
        ("thread 'main' panicked at src/main.rs:4:5:\nboom", Frame("src/main.rs", 4, "")),
        ("/srv/app/cart.rb:12:in `total': nil (NoMethodError)", Frame("/srv/app/cart.rb", 12, "")),
        ("PHP Fatal error:  boom in /srv/www/cart.php:9", Frame("/srv/www/cart.php", 9, "")),
    ],
)
def test_other_languages(text: str, frame: Frame) -> None:
    assert frames_of(text) == [frame]


@pytest.mark.parametrize(
    "text", ["", "started in 3 ms", "see http://cart.example:8080/a", "wrote a.json:3", "at noon"]
)
def test_messages_without_a_trace_have_no_frames(text: str) -> None:
    assert frames_of(text) == []


@pytest.mark.parametrize(
    "text", ["at " * 20_000, "at a" + ".a" * 20_000, "a/" * 20_000, "at " + "a " * 20_000, 'File "' * 9_000]
)
def test_hostile_messages_are_read_to_their_end(text: str) -> None:
    assert frames_of(text) == []


@pytest.mark.parametrize(
    "frame", ['File "a.py", line {}, in f', "at a.B.f(B.java:{})", "at f (a.js:{}:1)", "a/b.go:{}"]
)
def test_no_line_has_thousands_of_digits(frame: str) -> None:
    assert len(frames_of(frame.format("7"))) == 1
    assert frames_of(frame.format("9" * 5_000)) == []
