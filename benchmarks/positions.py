"""How a table of 512 positions is best made longer without training: four ways, three measures.

    python benchmarks/positions.py --files 16
    python benchmarks/positions.py tiled --files 12 --radius 64

The texts are modules of the running Python's standard library, cut into word pieces and read by the embedded
backbone with the sparse pattern (a window, the first piece shared).

- *first*: mean cosine of the states of the first 512 pieces, read alone, with those of the unchanged model;
- *far*: mean cosine of states beyond the first 512 of a long text with those that the unchanged model has of
  the 512 pieces around them, read alone;
- *halves*: two stretches of each module; the share whose nearest stretch, by the mean of the states, is the
  other of the same module (and the mean reciprocal rank), beside the unchanged model that reads only the
  first 512 pieces, and beside chance.
"""

from __future__ import annotations

import argparse
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from octad.nn.backbone import Pretrained, embedded, pretrained
from octad_train.evaluate.tables import table
from octad_train.nn.sparse import interface
from octad_train.nn.sparse.budget import Budget
from octad_train.nn.sparse.pattern import pairs_of, pattern_of
from octad_train.nn.sparse.plan import plan_of
from octad_train.nn.sparse.positions import tiled

KNOWN, LONG = 512, 2048
START = torch.tensor([101])
STEP = 412  # from one stretch that is read alone to the next: not a multiple of KNOWN


def mirrored(known: Tensor, items: int) -> Tensor:
    """Copies of which every second one runs backwards: no jump where two meet."""
    return tiled(torch.cat([known, known.flip(0)]), items)


def interpolated(known: Tensor, items: int) -> Tensor:
    """The table stretched (Chen et al. 2023, of rotary positions)."""
    stretched = F.interpolate(known.T[None], size=items, mode="linear", align_corners=True)
    return stretched[0].T


def repeated(known: Tensor, items: int) -> Tensor:
    """The last position for all that is beyond."""
    return torch.cat([known, known[-1:].expand(items - len(known), -1)])


WAYS: dict[str, Callable[[Tensor, int], Tensor]] = {
    "tiled": tiled,
    "mirrored": mirrored,
    "interpolated": interpolated,
    "last repeated": repeated,
}


def read(model: Pretrained, pieces: Tensor, words: Tensor, radius: int = KNOWN) -> Tensor:
    """States `[L, D]` of pieces `[L]`, of which each looks so far on either side."""
    items = len(pieces)
    mask = torch.ones(1, items, dtype=torch.bool)
    none = pairs_of(torch.zeros(0, 4, dtype=torch.long), items, 1)
    pattern = pattern_of(mask, none, Budget(torch.tensor([radius]), torch.tensor([0])))
    return interface.read(model, words[pieces][None], mask, [], plan_of(pattern))[0]


def texts(files: int) -> list[Tensor]:
    """WordPieces `[2 * LONG]` of the modules that are long enough, by name."""
    cut = Tokenizer.from_file(str(embedded() / "tokenizer.json"))
    cut.no_truncation()
    cut.no_padding()
    found: list[Tensor] = []
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")):
        pieces = torch.tensor(cut.encode(path.read_text("utf-8"), add_special_tokens=False).ids)
        if len(pieces) >= 2 * LONG and len(found) < files:
            found.append(pieces[: 2 * LONG])
    return found


def halves(stretches: Tensor) -> tuple[float, float]:
    """Share found first and mean reciprocal rank, of stretches `[2 N, D]` whose pairs stand together."""
    normed = F.normalize(stretches - stretches.mean(0), dim=1)
    close = (normed @ normed.T).fill_diagonal_(-2)
    index = torch.arange(len(close))
    rank = (close > close[index, index ^ 1][:, None]).sum(1) + 1
    return float((rank == 1).float().mean()), float((1 / rank).mean())


def measured(way: str, modules: list[Tensor], words: Tensor, radius: int) -> tuple[Any, ...]:
    """One row of the table."""
    known, model = pretrained(embedded()).eval(), pretrained(embedded()).eval()
    embeddings: Any = model.model.embeddings
    longer = WAYS[way](embeddings.position_embeddings.weight.detach(), LONG)[:LONG]
    interface.lengthen(model, LONG)
    embeddings.position_embeddings.weight.data.copy_(longer)
    first, far, means = [], [], []
    for module in modules:
        text = torch.cat([START, module[: LONG - 1]])
        alone = read(known, text[:KNOWN], words)
        first.append(F.cosine_similarity(read(model, text[:KNOWN], words), alone).mean())
        states = read(model, text, words, radius)
        other = read(model, torch.cat([START, module[-LONG + 1 :]]), words, radius)
        means += [states.mean(0), other.mean(0)]
        for at in range(KNOWN, LONG - KNOWN + 1, STEP):
            around = read(known, torch.cat([START, text[at + 1 : at + KNOWN]]), words)
            inner = slice(KNOWN // 4, -KNOWN // 4)
            far.append(F.cosine_similarity(states[at : at + KNOWN][inner], around[inner]).mean())
    return way, float(torch.stack(first).mean()), float(torch.stack(far).mean()), *halves(torch.stack(means))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ways", nargs="*", help="all by default")
    parser.add_argument("--radius", type=int, default=256)
    parser.add_argument("--files", type=int, default=16)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    known = pretrained(embedded()).eval()
    words: Tensor = known.model.get_input_embeddings().weight.detach()  # type: ignore[operator]
    modules = texts(arguments.files)
    rows = [measured(way, modules, words, arguments.radius) for way in arguments.ways or WAYS]
    cut = [
        read(known, torch.cat([START, half[: KNOWN - 1]]), words).mean(0)
        for module in modules
        for half in (module, module[-LONG + 1 :])
    ]
    chance = 1 / (2 * len(modules) - 1)
    rows.append(("512 pieces, unchanged", 1.0, float("nan"), *halves(torch.stack(cut))))
    rows.append(("chance", float("nan"), float("nan"), chance, float("nan")))
    title = f"{len(modules)} modules, two stretches of {LONG} pieces"
    print(table(title, ("positions", "first", "far", "halves: first", "reciprocal rank"), rows))


if __name__ == "__main__":
    main()
