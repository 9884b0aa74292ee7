"""Weaknesses that the security head knows, by their number in the Common Weakness Enumeration."""

from __future__ import annotations

WEAKNESSES: dict[str, str] = {
    "CWE-22": "a path from outside may leave its folder",
    "CWE-78": "a command from outside may reach the shell",
    "CWE-79": "text from outside may reach a page unescaped",
    "CWE-89": "a query is built from text from outside",
    "CWE-94": "code from outside may be run",
    "CWE-95": "text from outside may be evaluated as code",
    "CWE-125": "memory may be read out of bounds",
    "CWE-190": "an integer may overflow",
    "CWE-259": "a password is written in the code",
    "CWE-295": "a certificate is not checked",
    "CWE-319": "secrets travel in clear text",
    "CWE-326": "the key is too short",
    "CWE-327": "the cryptographic method is broken",
    "CWE-330": "random numbers can be predicted",
    "CWE-377": "a temporary file can be guessed",
    "CWE-400": "nothing bounds the wait",
    "CWE-416": "memory may be used after it was freed",
    "CWE-476": "a null pointer may be followed",
    "CWE-502": "data from outside is turned into objects",
    "CWE-605": "the service listens on every address",
    "CWE-611": "XML from outside may name other files",
    "CWE-732": "the file can be changed by others",
    "CWE-787": "memory may be written out of bounds",
}
