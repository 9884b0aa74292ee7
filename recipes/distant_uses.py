"""How the head `uses` of code-reviewer was made, and how to make it again: uses that fit what they use.

    python -m octad.data.distant WHEELS .data/distant
    python recipes/distant_uses.py WHEELS --data .data/distant --out runs/uses

Only this head and what it reads are trained, over the weights of a finished code-reviewer. None of these
change: they stay in their file byte by byte, what is new lies beside it, and what they say of a unit is
computed once, before training begins.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from octad.agents.code_reviewer import Case, Label, agent, labelled
from octad.data import distant
from octad.data.archives import archives
from octad.data.corpus import pins
from octad.data.distant import Distant
from octad.evaluate.golden import golden
from octad.heads.agreement import Uses
from octad.inspection import pieces
from octad.modalities.uses import SORTS
from octad.model import Model, to_tensors
from octad.nn.relations import one_hot
from octad.records.code import Code
from octad.repository.heads import Heads
from octad.runtime import Runner, cut
from octad.store.artefact import Manifest, digest, load, seal, shipped
from octad.syntax.definitions import Definitions
from octad.train.assemble import make_model, make_pieces
from octad.train.finish import start_from, store
from octad.train.loop import half, schedule
from octad.train.settings import Settings
from octad.train.thresholds import Promise, choose, everything

SHARES = {"signature": 0.3, "field": 0.1, "constant": 0.1, "released": 0.5}
"""How often each kind is shown: constants are rare."""
STEPS, ROWS, RATE, WARMUP, DECAY = 4_000, 48, 1e-3, 0.025, 0.05
KEPT = 3
"""Uses of a unit beside those that are asked for that one step reads."""
ASKED = 2.0
"""What a use that is asked for counts beside the others."""
MORE, MORE_OF_ONE = 12, 6
"""Files of each train package, and units of each, that are shown as they are beside the rows of the set."""
JUDGED = 1_000
"""Rows of valid packages that the temperature is fitted on."""
RELEASED = 6_000
"""Units of valid packages that thresholds are chosen on."""
FILES, CHANGES = Promise(0.005, 0.02), Promise(0.02, 0.2)
"""What is promised of this head alone: the other heads have promises of their own."""


class Meetings(NamedTuple):
    """The uses of one unit with what the weights below say of the near items."""

    near: Tensor
    far: Tensor
    sorts: Tensor
    features: Tensor
    wrong: Tensor
    asked: Tensor


def meetings(model: Model, rows: Sequence[Distant]) -> Iterator[tuple[str, Meetings]]:
    """The kind and the uses of every row that has any, computed once."""
    cases = [labelled(row) for row in rows]
    known = make_pieces(SETTINGS)
    units: list[Any] = [agent.fusion.prepare(case, agent.inputs, known) for case, _ in cases]
    core: Any = model.core
    for batch in cut([unit.cost for unit in units], 4_096, 0.1):
        arrays = to_tensors(agent.fusion.collate([units[i] for i in batch]))
        with torch.inference_mode(), half(torch.device("cpu")):
            vectors, mask = model.vectors(arrays), arrays["mask"]
            B, L = mask.shape
            indicator = one_hot(arrays["edges"], B, L, core.relations, torch.float32)
            states = core.states(vectors["vectors"], arrays["features"], mask, indicator)
        row = arrays["uses"][:, 0].long()
        near = states[row[:, None], arrays["near"].long()].bfloat16()
        for place, index in enumerate(batch):
            held, label = row == place, cases[index][1].uses
            if not len(units[index].uses) or label is None:
                continue
            offsets = units[index].tokens.offsets[units[index].uses.at[:, 0], 0]
            truth = [torch.from_numpy(np.isin(offsets, list(one))) for one in (label.wrong, label.asked)]
            parts = (near, vectors["far"].bfloat16(), arrays["uses"][:, 2], arrays["meetings"])
            yield rows[index].kind, Meetings(*(part[held] for part in parts), *truth)


def thinned(one: Meetings, rng: np.random.Generator) -> Meetings:
    """Those that are asked for, and a few others."""
    kept = one.asked.clone()
    kept[torch.from_numpy(rng.permutation(len(kept))[:KEPT])] = True
    return Meetings(*(part[kept] for part in one))


def loss(model: Model, batch: Sequence[Meetings]) -> Tensor:
    """Cross-entropy over all uses of a batch: one long row, in which every use has near items of its own."""
    core: Any = model.core
    near, far, sorts, features, wrong, asked = (torch.cat(parts) for parts in zip(*batch, strict=True))
    T, K = near.shape[:2]
    item = torch.arange(T) * K
    at = torch.stack([torch.zeros_like(item), item, sorts.long()], 1)
    states = near.float().reshape(1, T * K, -1)
    met = core.meeting(states, far.float(), at, torch.arange(T * K).reshape(T, K), features)
    logits = core.heads["uses"](met)[0][0, item, 0].float()
    weight = 1 + (ASKED - 1) * asked.float()
    return F.binary_cross_entropy_with_logits(logits, wrong.float(), weight=weight)


def learn(model: Model, held: dict[str, list[Meetings]], steps: int) -> None:
    """Train what is not held still."""
    learned = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=RATE, betas=(0.9, 0.98), weight_decay=DECAY)
    rng, kinds = np.random.default_rng(0), list(SHARES)
    model.core.train()
    for step in range(steps):
        drawn = rng.choice(len(kinds), ROWS, p=list(SHARES.values()))
        batch = [held[kinds[k]][rng.integers(len(held[kinds[k]]))] for k in drawn]
        for group in optimiser.param_groups:
            group["lr"] = RATE * schedule(step / steps, WARMUP)
        with half(torch.device("cpu")):
            found = loss(model, [thinned(one, rng) for one in batch])
        optimiser.zero_grad()
        found.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        if step % 500 == 0:
            print(f"{step:,} steps, loss {found.item():.3f}", flush=True)
    model.core.eval()


def more(wheels: Path) -> list[Distant]:
    """Units of the train packages as they were released, with what they use from their own files."""
    rng, known = np.random.default_rng(1), archives(wheels)
    found: list[Distant] = []
    for pin in sorted((pin.name, pin.version) for pin in pins() if pin.split == "train"):
        sources = [] if pin not in known else [one for one in known[pin].sources() if not one.is_test]
        for index in rng.permutation(len(sources))[:MORE]:
            code = Code(path=sources[index].path, text=sources[index].text)
            definitions, units = Definitions(code), pieces([code])
            for place in rng.permutation(len(units))[:MORE_OF_ONE]:
                context = definitions.of(units[place])
                if context:
                    found.append(Distant(package=pin[0], kind="released", code=units[place], context=context))
    return found


def released(wheels: Path, split: str) -> list[tuple[Case, Label]]:
    """Units of the packages of a split, with what they use from all files of the package."""
    rng, known = np.random.default_rng(0), archives(wheels)
    found: list[tuple[Case, Label]] = []
    for pin in sorted((pin.name, pin.version) for pin in pins() if pin.split == split):
        if pin not in known:
            continue
        codes = [Code(path=one.path, text=one.text) for one in known[pin].sources() if not one.is_test]
        heads, units = Heads(codes), pieces(codes)
        for index in rng.permutation(len(units))[: RELEASED // 8]:
            case = Case(code=units[index], context=heads.of(units[index]))
            found.append((case, Label(uses=Uses(frozenset()))))
    return [found[i] for i in rng.permutation(len(found))[:RELEASED]]


def completed(folder: Path, like: Manifest, data: Path) -> None:
    """Give the other heads back what the artefact said of them, and answer the golden case anew."""
    made = load(folder, agent.name)
    fingerprint = {path.name: digest(path)[:16] for path in sorted(data.glob("*-distant.jsonl.xz"))}
    update = {
        "temperatures": {**like.temperatures, "uses": made.temperatures["uses"]},
        "offsets": like.offsets,
        "metrics": {**like.metrics, **made.metrics},
        "data": {**like.data, **fingerprint},
        "recipe": {**like.recipe, "uses": "recipes/distant_uses.py"},
    }
    sealed = seal(folder, made.model_copy(update=update))
    seal(folder, sealed.model_copy(update={"golden": golden(Runner.load(agent, folder))}))


def thresholds(folder: Path, planted: list[tuple[Case, Label]], clean: list[tuple[Case, Label]]) -> None:
    """Choose the thresholds of this head on valid packages, and seal them in beside the others."""
    runner: Runner[Any, Any] = Runner.load(agent, folder)
    rules = [f"uses/{sort}" for sort in SORTS]
    samples = everything(runner, planted, rules), everything(runner, clean, rules)
    called = sum(samples[0].called.values())
    shares = {rule: count / called for rule, count in samples[0].called.items()}
    chosen, precisions = choose(*samples, shares, FILES)
    changes, _ = choose(*samples, shares, CHANGES)
    manifest = load(folder, agent.name)
    silent = [rule for rule in rules if rule not in chosen]
    update = {
        "thresholds": {**manifest.thresholds, **chosen},
        "changes": {**manifest.changes, **changes},
        "precisions": {**manifest.precisions, **precisions},
        "silent": tuple(dict.fromkeys([*manifest.silent, *silent])),
    }
    seal(folder, manifest.model_copy(update=update))


SETTINGS = Settings(examples=STEPS * ROWS, folder=Path(), tasks=("uses",), adaptation="heads", rate=RATE)


def main() -> None:
    """Compute what does not change, train, store, choose thresholds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wheels", type=Path)
    parser.add_argument("--data", type=Path, default=Path(".data/distant"))
    parser.add_argument("--start", type=Path, default=shipped(agent.name))
    parser.add_argument("--out", type=Path, default=Path("runs/uses"))
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()
    model = make_model(agent, SETTINGS).eval()
    start_from(model, agent, arguments.start)
    held: dict[str, list[Meetings]] = {}
    rows = [*distant.read(arguments.data / "train-distant.jsonl.xz"), *more(arguments.wheels)]
    for kind, one in meetings(model, rows):
        held.setdefault(kind, []).append(one)
    print({kind: len(some) for kind, some in held.items()}, flush=True)
    learn(model, held, arguments.steps)
    valid = [labelled(row) for row in distant.read(arguments.data / "valid-distant.jsonl.xz")][:JUDGED]
    like = load(arguments.start, agent.name)
    store(agent, model, valid, SETTINGS, arguments.out, like=like, base=arguments.start)
    completed(arguments.out, like, arguments.data)
    planted = [one for one in valid if one[1].uses is not None and one[1].uses.wrong]
    thresholds(arguments.out, planted, released(arguments.wheels, "valid"))


if __name__ == "__main__":
    main()
