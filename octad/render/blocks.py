"""Blocks for the terminal: paragraphs, tables, timelines, and graphs."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from octad.host.terminal import visible
from octad.records.report import Block
from octad.render.matrix_text import matrix
from octad.render.timeline_text import timeline


def print_block(block: Block, console: Console) -> None:
    """The block under its title, and an empty line."""
    console.print(Text(visible(block.title), "bold"), soft_wrap=True)
    if block.kind == "paragraph":
        for row in block.rows:
            console.print(Text("  " + visible(" ".join(row))), soft_wrap=True)
    elif block.kind == "timeline":
        for part in timeline(block, console.width):
            console.print(part, soft_wrap=isinstance(part, Text))
    elif block.kind == "graph":
        for line in matrix(block, console.width):
            console.print(line, soft_wrap=True)
    elif block.rows:
        console.print(_table(block))
    console.print()


def _table(block: Block) -> Table:
    """A table whose first row is its head."""
    table = Table(box=None, pad_edge=True, header_style="dim")
    for number, cell in enumerate(block.rows[0]):
        # What the first column names is of no use in part: the others give way to it.
        table.add_column(Text(visible(cell)), overflow="fold", no_wrap=number == 0)
    for row in block.rows[1:]:
        table.add_row(*(Text(visible(cell)) for cell in row))
    return table
