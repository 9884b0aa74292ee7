"""What is a value wherever it stands."""

from __future__ import annotations

import pytest

from octad.templates.masks import LONGEST, mask, numbered


@pytest.mark.parametrize(
    ("message", "masked"),
    [
        ("took 12 ms", "took <*> ms"),
        ("at 0xdeadbeef and ab12cd", "at <*> and <*>"),
        ("node1 and blk_123 by SOCKS5", "node<*> and blk_<*> by SOCKS<*>"),
        ("v1.2.3 of a-1b", "<*> of <*>"),
        ("listening on ::, fe80::1 and 10.0.0.1:80", "listening on <*>, <*> and <*>"),
        ("std::string", "std::string"),
        ("id 3fdb463d-f7db-4140-ab65-17398e37efd8.", "id <*>."),
        ("<3fdb463d-f7db-4140-ab65-17398e37efd8|8>", "<<*>|<*>>"),
        ("lifetime <1 sec", "lifetime <*> sec"),
        ("to www.example.com:443 from ann@mail.example.org", "to <*> from <*>"),
        ("class org.apache.Foo", "class org.apache.Foo"),
        ("logname= uid=0 tty=ssh ruser=", "logname=<*> uid=<*> tty=<*> ruser=<*>"),
        ('1.2.3.4 "GET /a/b?c=d HTTP/1.1" 200', '<*> "GET <*>" <*>'),
        ("user \"ann\" of 'x'", "user <*> of <*>"),
        ("open /var/log/x at C:\\a\\b", "open <*> at <*>"),
        ("loaded [a, b, c] from [d]", "loaded [<*>] from [d]"),
        ("on Mon, Jan 12 10:00:00 2024 it was true", "on <*> it was <*>"),
        ("  padded  text ", "padded text"),
    ],
)
def test_values(message: str, masked: str) -> None:
    assert "".join(mask(numbered(message))) == masked


def test_long_messages_are_cut() -> None:
    shape = mask(numbered("word " * 1000))
    assert len(shape) == LONGEST + 1 and shape[-1] == "<*>"


@pytest.mark.parametrize(
    "mark", ['"', '"GET ', "[a,", ":", "0:", "a.", "a@", "a/", "'", "<", "=", "a=", "\\", "a-", "{"]
)
def test_marks_alone_are_read_once(mark: str) -> None:
    assert mask(numbered(mark * (2000 // len(mark))))
