"""Functions made for tests: a few that do known things, in several languages."""

from __future__ import annotations

from octad.records.code import Code, Language
from octad.search.functions import Function, function_called

SUM = '''# Adds up what is even.
def sum_of_even(numbers):
    """Return the total of the even numbers."""
    total = 0
    for number in numbers:
        if number % 2 == 0:
            total += number
    return total
'''
RENAMED = """def sum_of_even(a):
    b = 0

    for c in a:  # a loop
        if c % 2 == 0:
            b += c
    return b
"""
JAVA = """class Sums {
    /** Adds. */
    static int sumOfEven(int[] numbers) {
        int total = 0;
        for (int number : numbers) {
            if (number % 2 == 0) { total += number; }
        }
        return total;
    }
}
"""
READ = '''def load_settings(path):
    """Read the configuration from a file."""
    with open(path) as file:
        text = file.read()
    if not text.strip():
        raise ValueError(path)
    return parse(text)[0]
'''


def code(text: str, path: str = "made.py", language: Language = "python") -> Code:
    """A file."""
    return Code(path=path, text=text, language=language)


def function(text: str, name: str = "", language: Language = "python") -> Function:
    """The function of a name, else the first."""
    found = function_called(code(text, language=language), name)
    assert found is not None
    return found
