"""Write the shared text encoder: `python -m octad_train.backbone FOLDER [--from CHECKPOINT]`.

The graph of a pre-trained encoder over plain texts, its word pieces and its tokenizer, for agents that do not
train a backbone of its own. Nothing is learned here.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch

from octad import __version__
from octad.model import Model
from octad.nn.backbone import pretrained
from octad.nn.core import Core
from octad.nn.fusion import OneStream
from octad.nn.text_encoder import TextEncoder
from octad.store.artefact import Manifest, seal
from octad.store.piece_table import PieceTable
from octad_train.compress.export import export_encoder, store_weights
from octad_train.train.assemble import backbone_folder


def write(checkpoint: str, folder: Path) -> Manifest:
    """Write graph, weights, word pieces and tokenizer; the agent of the manifest is the folder's name."""
    source = backbone_folder(checkpoint)
    torch.manual_seed(0)
    base = pretrained(source)
    table = base.table()
    model = Model(table, TextEncoder(base, None, None), Core(OneStream(), {}, {}, (0, 0))).eval()
    folder.mkdir(parents=True, exist_ok=True)
    store_weights(model, folder, texts=True, core=False)
    export_encoder(model, base.width, folder)
    PieceTable.quantise(table.numpy()).save(folder)
    shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")
    manifest = Manifest(
        agent=folder.resolve().name, version=__version__, backbone="", width=base.width, outputs={}
    )
    return seal(folder, manifest.model_copy(update={"recipe": {"program": "python -m octad_train.backbone"}}))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write it from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m octad_train.backbone", description=__doc__.splitlines()[0]
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--from", dest="checkpoint", default="embedded", help="a checkpoint of a text encoder"
    )
    options = parser.parse_args(arguments)
    write(options.checkpoint, options.folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
