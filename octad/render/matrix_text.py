"""A graph for the terminal: a small one as a matrix, a large one by its size."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from octad.host.terminal import visible
from octad.records.report import Block
from octad.render.excerpt import counted
from octad.render.matrix import CELL, HEAD, matrix_of

MAX_ROWS = 40


def matrix(block: Block, width: int) -> Iterator[Text]:
    """A line per node with `■` under what it depends on, `▲` where that goes against the order."""
    drawn = matrix_of(block)
    if drawn is None or block.graph is None:
        yield Text("  nothing to draw", "dim")
        return
    n_nodes, n_edges = len(block.graph.nodes), len(block.graph.edges)
    size = f"{counted(n_nodes, 'node')}, {counted(n_edges, 'edge')}"
    names = max(len(row.name) for row in drawn.rows)
    if len(drawn.rows) > MAX_ROWS or names + 7 + 2 * len(drawn.rows) > width:
        yield Text(f"  {size}; --format html draws them, dot and mermaid write them", "dim")
        return
    marks = {((c.y - HEAD) // CELL, (c.x - HEAD) // CELL): "▲" if c.is_back else "■" for c in drawn.cells}
    for row in drawn.rows:
        line = Text(f"  {visible(row.name):>{names}} {row.number + 1:>3} ")
        for column in range(len(drawn.rows)):
            mark = marks.get(
                (row.number, column), "·" if column < row.number else "╲" if column == row.number else " "
            )
            line.append(f"{mark} ", {"▲": "bold red", "■": "cyan"}.get(mark, "dim"))
        yield line
    folders = ", folders as one" if drawn.is_grouped else ""
    yield Text(f"  {size}{folders}; a row depends on the columns marked, numbered as the rows", "dim")
