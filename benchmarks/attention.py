"""What one layer of attention costs at 1,024 to 32,768 items, and the whole encoder: time, memory, slopes.

    python benchmarks/attention.py

One thread, single precision, 12 heads of 32, projections included, random weights, the relations of real code
(modules of the running Python's standard library, end to end). Each point is a process of its own: its
memory is the peak of the resident set above what lay there before, its time the processor's in the best of a
few runs. A point that needs more than `--most` is left out, and none is waited for longer than two minutes.

- *dense*: SDPA over everything, without relations;
- *dense, relations*: the same with the bias of relations as a full table, as inputs of 512 items are read;
- *sparse* and *sparse, relations*: chunks over window (256 on either side), shared item and relations, the
  pattern's making included; *one chunk*, the same with relations and a window of everything: the fallback;
- *Longformer* (window of 256 on either side, one global item) and *BigBird* (blocks of 64, three at random):
  those of transformers.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from octad.nn.relations import RelationBias, one_hot
from octad.records.code import Code
from octad.syntax.relations import Relation
from octad.syntax.tokenizer import tokenize
from octad_train.evaluate.tables import machine, table
from octad_train.nn.sparse.budget import Budget, budget_of
from octad_train.nn.sparse.chunks import Chunks
from octad_train.nn.sparse.interface import lengthen, of_pairs, read
from octad_train.nn.sparse.pattern import pairs_of, pattern_of

HEADS, WIDTH, RADIUS, NEIGHBOURS = 12, 384, 256, 16
LENGTHS = (1024, 2048, 4096, 8192, 16384, 32768)
SHORT = (256, 512, 768, 1024, 1536)
ENCODED = (512, 1024, 2048, 4096, 8192, 16384)
SECONDS = 120
RELATIONS = len(Relation)
SOURCES = ("_pydecimal.py", "argparse.py", "typing.py", "turtle.py")
Call = Callable[[], object]


class Attention(nn.Module):
    """Projections of items to queries, keys and values."""

    def __init__(self) -> None:
        super().__init__()
        self.project = nn.Linear(WIDTH, 3 * WIDTH)
        self.bias = RelationBias(1, HEADS, RELATIONS)
        nn.init.normal_(self.bias.weight, std=0.02)

    def forward(self, items: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Items `[B, L, D]` to three of `[B, H, L, D/H]`."""
        B, L, _ = items.shape
        q, k, v = self.project(items).reshape(B, L, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        return q, k, v


def edges(items: int) -> Tensor:
    """The edges `[E, 4]` of so many items of code."""
    library = Path(sysconfig.get_path("stdlib"))
    text = "".join((library / name).read_text("utf-8") for name in SOURCES)
    found = torch.from_numpy(tokenize(Code(path="a.py", text=text, language="python"), items).edges)
    return F.pad(found, (1, 0))


def dense(items: Tensor, relations: bool) -> Call:
    """Everything at once; with relations the bias is made from the edges as a batch brings them."""
    layer, given = Attention(), edges(items.shape[1])

    def call() -> Tensor:
        bias = None
        if relations:
            (bias,) = layer.bias(one_hot(given, 1, items.shape[1], RELATIONS, items.dtype))
        query, key, value = layer(items)
        return F.scaled_dot_product_attention(query, key, value, bias)

    return call


def sparse(items: Tensor, relations: bool, radius: int = RADIUS) -> Call:
    """In chunks, from the edges on; without relations neither bias nor neighbours."""
    layer, length = Attention(), items.shape[1]
    given = edges(length)[: None if relations else 0]
    mask = torch.ones(1, length, dtype=torch.bool)
    budget = Budget(torch.tensor([radius]), torch.tensor([NEIGHBOURS]))

    def call() -> Tensor:
        pattern = pattern_of(mask, pairs_of(given, length, RELATIONS), budget)
        bias = of_pairs(layer.bias, pattern.pairs.kinds)[0] if relations else None
        return Chunks(pattern).attend(layer(items), bias)

    return call


def longformer(items: Tensor) -> Call:
    """Longformer's layer with item 0 global."""
    from transformers import LongformerConfig
    from transformers.models.longformer.modeling_longformer import LongformerSelfAttention

    config = LongformerConfig(
        hidden_size=WIDTH, num_attention_heads=HEADS, attention_window=[2 * RADIUS], num_hidden_layers=1
    )
    layer = LongformerSelfAttention(config, 0).eval()
    mask = torch.zeros(items.shape[:2])
    mask[:, 0] = 10_000
    absent, shared = mask < 0, mask > 0
    return lambda: layer(items, mask, absent, shared, is_global_attn=True)


def bigbird(items: Tensor) -> Call:
    """BigBird's layer with the masks that its model makes."""
    from transformers import BigBirdConfig
    from transformers.models.big_bird.modeling_big_bird import BigBirdBlockSparseAttention, BigBirdModel

    config = BigBirdConfig(
        hidden_size=WIDTH, num_attention_heads=HEADS, max_position_embeddings=items.shape[1], block_size=64
    )
    layer = BigBirdBlockSparseAttention(config, seed=0).eval()
    blocked, band, rows, columns = BigBirdModel.create_masks_for_block_sparse_attn(
        torch.ones(items.shape[:2]), 64
    )
    return lambda: layer(items, band, rows, columns, blocked, blocked)


def encoder(items: Tensor, plan: bool) -> Call:
    """The embedded backbone with relations, in the plan of the input's budget or dense."""
    from octad.nn.backbone import embedded, pretrained

    base, length, given = pretrained(embedded()).eval(), items.shape[1], edges(items.shape[1])
    lengthen(base, length)
    bias, mask = RelationBias(base.layers, HEADS, RELATIONS), torch.ones(1, length, dtype=torch.bool)
    nn.init.normal_(bias.weight, std=0.02)

    def thin() -> Tensor:
        pairs = pairs_of(given, length, RELATIONS)
        pattern = pattern_of(mask, pairs, budget_of(mask, pairs.at))
        return read(base, items, mask, of_pairs(bias, pattern.pairs.kinds), Chunks(pattern))

    def full() -> Tensor:
        found: Tensor = base(items, mask, bias(one_hot(given, 1, length, RELATIONS, items.dtype)))
        return found

    return thin if plan else full


WAYS: dict[str, Callable[[Tensor], Call]] = {
    "dense": lambda items: dense(items, False),
    "dense, relations": lambda items: dense(items, True),
    "sparse": lambda items: sparse(items, False),
    "sparse, relations": lambda items: sparse(items, True),
    "one chunk": lambda items: sparse(items, True, items.shape[1]),
    "Longformer": longformer,
    "BigBird": bigbird,
    "encoder, dense": lambda items: encoder(items, False),
    "encoder, sparse": lambda items: encoder(items, True),
}


def resident(field: str) -> int:
    """Bytes of this process: VmRSS in memory now, VmHWM at the most since the last reset, VmSize reserved."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def point(way: str, items: int, most: int) -> dict[str, float]:
    """Measure in this process, which may grow by `most` bytes: memory in the first run, time in the best."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    torch.set_grad_enabled(False)
    if way != "BigBird":  # has too few blocks in so short an input
        WAYS[way](torch.randn(1, 512, WIDTH))()  # what is loaded and made once is not counted
    call = WAYS[way](torch.randn(1, items, WIDTH))
    Path("/proc/self/clear_refs").write_text("5")
    resource.setrlimit(resource.RLIMIT_AS, (resident("VmSize") + most, -1))
    before, times = resident("VmRSS"), [seconds(call)]
    peak = resident("VmHWM") - before
    while len(times) < 5 and sum(times) < 2:
        times.append(seconds(call))
    return {"seconds": min(times), "bytes": float(peak)}


def seconds(call: Call) -> float:
    """How long one call keeps its one thread busy: waiting for a core is not counted."""
    started = time.process_time()
    call()
    return time.process_time() - started


def measure(way: str, items: int, most: float) -> dict[str, float]:
    """One point in a process of its own; NaN where time was not enough, infinite where memory was not."""
    command = [sys.executable, __file__, "--point", way, str(items), "--most", str(most)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return {"seconds": math.nan, "bytes": math.nan}
    except subprocess.CalledProcessError as error:
        if "can't allocate memory" not in error.stderr and "MemoryError" not in error.stderr:
            raise
        return {"seconds": math.nan, "bytes": math.inf}
    found: dict[str, float] = json.loads(done.stdout)
    return found


def slope(points: dict[int, float]) -> float:
    """Of log value on log length, least squares, over the lengths that were measured."""
    known = [(math.log(n), math.log(value)) for n, value in points.items() if 0 < value < math.inf]
    if len(known) < 2:
        return math.nan
    x, y = torch.tensor(known, dtype=torch.float64).T
    x = x - x.mean()
    return float((x * y).sum() / (x * x).sum())


def side_by_side(title: str, ways: Sequence[str], lengths: Sequence[int], most: float) -> str:
    """Two tables: milliseconds, and megabytes with their slope over the upper lengths."""
    # All ways of a length one after the other: other work on the machine hits them alike.
    found = {(items, way): measure(way, items, most) for items in lengths for way in ways}
    made = []
    for field, unit, scale in (("seconds", "ms", 1e3), ("bytes", "MB", 1e-6)):
        rows = [[f"{n:,}", *(_short(found[n, way][field] * scale) for way in ways)] for n in lengths]
        upper = [n for n in lengths if n >= 2048]
        slopes = [slope({n: found[n, way][field] for n in upper}) for way in ways]
        rows += [["slope from 2,048", *(f"{value:.2f}" for value in slopes)]] if len(upper) > 2 else []
        made.append(table(f"{title}, {unit}", ("items", *ways), rows))
    return "\n".join(made)


def _short(value: float) -> str:
    if not math.isfinite(value):
        return "-" if value != value else "too much"
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def main() -> None:
    """Measure one point, or all of them and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--point", nargs=2, metavar=("WAY", "ITEMS"))
    parser.add_argument("--most", type=float, default=8.0, help="gigabytes of one point")
    arguments = parser.parse_args()
    most = arguments.most
    if arguments.point:
        print(json.dumps(point(arguments.point[0], int(arguments.point[1]), int(most * 1e9))))
        return
    layer = [way for way in WAYS if not way.startswith("encoder") and way != "one chunk"]
    print(f"{machine()}, points of at most {most:g} GB", flush=True)
    print(side_by_side("One layer of attention", layer, LENGTHS, most), flush=True)
    print(side_by_side("Where it begins to pay", ("one chunk", "sparse, relations"), SHORT, most), flush=True)
    print(side_by_side("The whole encoder, relations", ("encoder, dense", "encoder, sparse"), ENCODED, most))


if __name__ == "__main__":
    main()
