"""The words of PlantUML's component, deployment and sequence diagrams, https://plantuml.com/.

Every repetition that another may take from is bounded, so that no line takes longer than it is long.
"""

from __future__ import annotations

import re

BLANK = re.compile(r"[ \t\r]+")
BETWEEN = re.compile(r"\n+")
CLOSE = re.compile(r"\}")
REST = re.compile(r"[^\n]+")
DIAGRAM = re.compile(r"^[ \t]*@start(\w+)[^\n]*(.*?)(?:^[ \t]*@end\w+|\Z)", re.DOTALL | re.MULTILINE)

_GROUPS = "component|node|rectangle|cloud|frame|folder|package|storage|stack|card|agent|artifact|file|hexagon"
_THINGS = f"{_GROUPS}|database|queue|actor|collections|boundary|control|entity|process"
_TURNS = "left|right|up|down|le|ri|do|[lrud]"
_SHORT = r'\[[^\]\n]*\]|\(\)[ \t]*(?:"[^"\n]*"|[\w.]{1,200})|\([^()\n]*\)|:[^:\n]+:'
_NAME = rf'"[^"\n]*"|{_SHORT}|\w[\w.@/]{{0,199}}(?:-(?!(?:{_TURNS})?[-.\[>])[\w.@/]{{1,200}}){{0,20}}'
_MORE = (
    r"(?:[ \t]*(?:<<[^<>\n]*>>|#[^\s#<$\[]*|\$\w+|order[ \t]+\d+|\[[^\]]{0,500}\]))*"
    r"(?:[ \t]+[A-Z][A-Z0-9_]*)?[ \t\r]*"
)
_END = r"(?:'[^\n]*)?(?=\n|\Z)"
_STYLE = r"(?:\[[^\]\n]{0,100}\])?"
_BODY = rf"[-.=~]{{1,20}}{_STYLE}(?:(?:{_TURNS})(?=[-.=~\[]))?{_STYLE}[-.=~]{{0,20}}"
_TAIL = r"<<?\|?|[*+^}#]|[ox](?=[-.=~])|0?\)|[/\\]{1,2}"
_HEAD = r"\|?>>?|[*+^{#]|\(0?|0\)?|[ox](?=[\s\]])|[/\\]{1,2}"
_SIDE = r'[ \t]*(?:"[^"\n]*"[ \t]*)?'

ARROW = re.compile(
    rf"(?:&[ \t]*)?({_NAME}){_SIDE}({_TAIL})?({_BODY})({_HEAD})?(?:[ox](?=[\s\]]))?(\+\+|--)?"
    rf'(?:[ \t]*"[^"\n]*"(?=[ \t]*[\w\["(:]))?[ \t]*({_NAME}|\])[ \t]*(\+\+|--|\*\*|!!)?[^:\n]*(?::([^\n]*))?'
)
FRAME = re.compile(
    rf"({_THINGS}|together|namespace)\b[ \t]*({_NAME})?(?:[ \t]+as[ \t]+({_NAME}))?"
    rf"{_MORE}\{{[ \t\r]*(?=\n|\Z)"
)
THING = re.compile(
    rf"(?:create[ \t]+)?({_THINGS}|participant|interface)[ \t]+({_NAME})"
    rf"(?:[ \t]+as[ \t]+({_NAME}))?{_MORE}{_END}"
)
SHORT_THING = re.compile(rf'({_SHORT})(?:[ \t]+as[ \t]+("[^"\n]*"|[\w.-]+))?{_MORE}{_END}')
BLOCK = re.compile(r"[^\n{]*\{[ \t\r]*(?=\n|\Z)")
ASIDE = re.compile(
    r"(?:[!@=|]|\.\.\.|\[[ox]?<?[-.]|(?:skinparam|hide|show|remove|restore|scale|caption|mainframe|title|header"
    r"|footer|left|top|allow_?mixing|autonumber|autoactivate|activate|deactivate|destroy|create|return|alt|else|and"
    r"|opt|loop|par2?|break|critical|group|end|ref|box|newpage|[rh]?note|legend|url)\b)[^\n]*",
    re.IGNORECASE,
)

COMPONENTS = re.compile(
    rf"^[ \t]*(?:(?:{_GROUPS}|interface|usecase)[ \t]+[\w\"\[(]|\(\)|\[\w[^\]\n]*\])|[-.]>[ \t]*\[\w",
    re.MULTILINE,
)
MESSAGES = re.compile(
    r"^[ \t]*(?:participant|activate|deactivate|autonumber|autoactivate|return|alt)\b", re.MULTILINE
)
OTHERS = re.compile(
    r"^[ \t]*(?:(?:abstract[ \t]+)?class[ \t]+[\w\"]|enum[ \t]+\w|state[ \t]+[\w\"]|\[\*\]|object[ \t]+[\w\"]"
    r"|[\w\"]+[ \t]+[|}][|o][-.]{1,9}[|o][|{]|(?:start|stop)[ \t\r]*$|:[^;\n]*;[ \t\r]*$)",
    re.MULTILINE,
)

_NO_PART = re.compile(
    r"/'.*?(?:'/|\Z)|^[ \t]*'[^\n]*|^[ \t]*(?:"
    r"[rh]?note\b[^\n:\"]*\n.*?(?:^[ \t]*end[ \t]?[rh]?note|\Z)"
    r"|(?:legend|title|header|footer)(?:[ \t]+(?:left|right|top|bottom|center))*[ \t\r]*\n"
    r".*?(?:^[ \t]*end[ \t]?(?:legend|title|header|footer)|\Z)"
    r"|<style>.*?(?:</style>|\Z)|skinparam[^\n{]*\{[^}]*(?:\}|\Z)"
    r"|ref[ \t]+over\b[^\n:]*\n.*?(?:^[ \t]*end[ \t]?ref|\Z)"
    r"|!(?:unquoted[ \t]+)?(?:procedure|function)\b[^\n]*\n.*?(?:^[ \t]*!end(?:procedure|function)|\Z)"
    r"|!definelong\b.*?(?:!enddefinelong|\Z))",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)


def without_asides(text: str) -> str:
    """The text without comments, notes, legends and styles, every line still in its place."""
    return _NO_PART.sub(lambda match: "\n" * match.group().count("\n"), text)
