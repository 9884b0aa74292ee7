"""There is one way each to open, spawn, write and print: `octad/host`. Every other is forbidden here.

Ruff says the same of what it knows (T20, S and TID251 in `pyproject.toml`). It knows no methods of objects,
and nothing that is reached by another name: this reads the syntax tree of every file.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from scripts.size_limits import ROOT


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def files(package: str) -> list[str]:
    """The modules of a package, by their paths."""
    return [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / package).rglob("*.py"))]


HOST = [path for path in files("octad") if path.startswith("octad/host/")]
PRODUCT = [path for path in files("octad") if path not in HOST]
LABORATORY = files("octad_train")
OF_A_USER = [
    "octad_train/convert.py", "octad_train/data/code/analyser_labels.py",
    "octad_train/data/code/own_repository.py",
]  # fmt: skip
"""What of the laboratory reads what a user names: weights, and a repository of their own."""

CODE = words("""
    eval exec compile __import__ breakpoint __builtins__ builtins.eval builtins.exec builtins.compile
    builtins.open builtins.print builtins.__import__ builtins.__dict__ pickle marshal shelve dill
    cloudpickle joblib jsonpickle runpy code codeop imp torch.load torch.jit.load torch.hub yaml.load
    yaml.load_all yaml.unsafe_load yaml.unsafe_load_all yaml.full_load yaml.full_load_all yaml.Loader
    yaml.UnsafeLoader yaml.FullLoader yaml.CLoader ctypes cffi importlib.util.spec_from_file_location
    importlib.machinery importlib.reload importlib.__import__
""")
"""What runs what it reads."""
SPAWN = words("""
    subprocess pty multiprocessing asyncio.create_subprocess_exec asyncio.create_subprocess_shell
    os.system os.popen os.fork os.forkpty os.posix_spawn os.posix_spawnp os.startfile os.execl os.execle
    os.execlp os.execlpe os.execv os.execve os.execvp os.execvpe os.spawnl os.spawnle os.spawnlp
    os.spawnlpe os.spawnv os.spawnve os.spawnvp os.spawnvpe os.kill os.killpg
    concurrent.futures.ProcessPoolExecutor concurrent.futures.process webbrowser torch.multiprocessing
    posix _posixsubprocess
""")
OPEN = words("""
    open io.open io.open_code io.FileIO os.open os.fdopen os.read codecs.open gzip.open bz2.open
    bz2.BZ2File lzma.open zipfile tarfile fileinput linecache mmap numpy.load numpy.loadtxt numpy.fromfile
    numpy.genfromtxt numpy.memmap numpy.savez numpy.savez_compressed numpy.savetxt numpy.save json.load
    json.dump tomllib.load configparser safetensors.safe_open safetensors.numpy.load_file
    safetensors.numpy.save_file safetensors.torch.load_file safetensors.torch.save_file
    tokenizers.Tokenizer.from_file onnxruntime.InferenceSession sqlite3 dbm pandas importlib.resources
    pkgutil.get_data os.scandir os.listdir os.fwalk os.walk.followlinks glob
""")
WRITE = words("""
    shutil.copy shutil.copy2 shutil.copyfile shutil.copyfileobj shutil.copytree shutil.move shutil.rmtree
    shutil.make_archive shutil.unpack_archive tempfile os.replace os.rename os.renames os.remove os.unlink
    os.rmdir os.removedirs os.mkdir os.makedirs os.link os.symlink os.truncate os.ftruncate os.write
    os.pwrite os.mkfifo os.mknod os.chmod os.chown
""")
PRINT = words("""
    print input sys.stdout sys.stderr sys.stdin sys.__stdout__ sys.__stderr__ sys.__stdin__ typer.echo
    typer.secho typer.prompt typer.confirm typer.launch typer.edit click traceback.print_exc
    traceback.print_exception traceback.print_stack traceback.print_tb traceback.print_last logging
    rich.print rich.get_console rich.progress rich.prompt rich.live rich.status pprint.pprint pprint.pp
    getpass curses readline faulthandler warnings.showwarning warnings.warn rich.console.Console()
""")
"""A name with () may stand in an annotation, but not be called."""
NETWORK = words("""
    urllib.request http.client http.server socket socketserver ssl ftplib smtplib telnetlib poplib imaplib
    nntplib xmlrpc asyncio requests httpx aiohttp urllib3
""")
EVERYTHING = CODE | SPAWN | OPEN | WRITE | PRINT | NETWORK
METHODS = words("""
    open read_text read_bytes write_text write_bytes mkdir rmdir unlink rename touch symlink_to
    hardlink_to chmod iterdir glob rglob from_file tofile to_csv to_parquet extractall
""")
"""Methods that only paths, and readers and writers of paths, have."""
BUILT_IN = words("open print input eval exec compile __import__ breakpoint __builtins__")

_OURS = {"importlib.import_module": "modules of the package, by their names in it"}
_LOOP = {"asyncio": "waits for others on the loop of the server; opens, starts and sends nothing itself"}
_DRAWING = {"*.open": "begins a block of a drawing"}
ALLOWED: Mapping[str, Mapping[str, str]] = {
    "octad/agents/command.py": {"importlib.import_module": "what a declaration names in the package"},
    "octad/budget.py": {"open": "the kernel's count of the memory of this process"},
    "octad/catalog.py": {
        **_OURS,
        "importlib.util.spec_from_file_location": "agents in a folder that its user named in OCTAD_AGENTS",
    },
    "octad/cli/extras.py": _OURS,
    "octad/host/inside.py": dict.fromkeys(
        ("compile", "exec", "importlib.machinery"),
        "what is handed to the sandbox as a text, and imported by nothing",
    ),
    "octad/lsp/server.py": {"logging": "switches off the log of the library below it"},
    "octad/engines.py": {
        "onnxruntime.InferenceSession": "maps the weights beside a graph, by their path; digests come first"
    },
    "octad/read/graphs/c4.py": _DRAWING,
    "octad/read/graphs/mermaid_flowchart.py": _DRAWING,
    "octad/read/graphs/plantuml.py": _DRAWING,
    "octad/read/metrics/plain_table.py": {"numpy.loadtxt": "of bytes that were read"},
    "octad/read/web.py": dict.fromkeys(
        ("http.client", "socket", "urllib.request", "*.open"), "the one way to a network"
    ),
    "octad/render/renderers.py": _OURS,
    "octad/repository/manifest.py": {"configparser": "of text that was read"},
    "octad/repository/targets.py": {"configparser": "of text that was read"},
    "octad/rollout/flags.py": {"importlib.import_module": "flagd's provider of flags, where it is installed"},
    "octad/rules/rule.py": _OURS,
    "octad/syntax/languages.py": {"importlib.import_module": "grammars, whose names stand in the file"},
    "octad/syntax/python_source.py": {"compile": "to see whether it compiles; what comes of it is never run"},
    "octad/serve/body.py": _LOOP,
    "octad/serve/cache.py": _LOOP,
    "octad/serve/connections.py": _LOOP,
    "octad/serve/gate.py": _LOOP,
    "octad/serve/pool.py": _LOOP,
    "octad/serve/questions.py": _LOOP,
    "octad/serve/queue.py": _LOOP,
    "octad/serve/ray.py": _LOOP,
    "octad/serve/routes/batch.py": _LOOP,
    "octad/serve/service.py": _LOOP,
    "octad/serve/run.py": {"asyncio": "where the server listens: its address is named by who starts it"},
    "octad/store/artefact.py": {"importlib.resources": "where the package lies"},
    "octad/store/output_cache.py": {"sqlite3": "one file in a private folder, checked before it is opened"},
    "octad_train/inject/bug_injector.py": {"compile": "to see whether it compiles, never run"},
}
"""What stays possible where, and why that is no second way."""


def aliases(tree: ast.AST) -> dict[str, str]:
    """What names of a file stand for, by its imports."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                first = one.name.partition(".")[0]
                found[one.asname or first] = one.name if one.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return found


class Reader:
    """What one file uses of the names that it should not."""

    def __init__(self, tree: ast.AST, names: frozenset[str]) -> None:
        parameters = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        self.known = {name: name for name in BUILT_IN - parameters} | aliases(tree)
        self.names = names
        self.methods = METHODS if names >= OPEN else frozenset[str]()
        self.tree = tree

    def found(self) -> Iterator[tuple[int, str]]:
        """Lines, and what they use."""
        for node in ast.walk(self.tree):
            said = [self.forbidden(name) for name in _imports(node)]
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                said += [self.forbidden(self.dotted(node)), self.of_method(node)]
            if isinstance(node, ast.Call):
                said += [self.forbidden(f"{self.dotted(node.func)}()"), self.of_call(node)]
            yield from ((getattr(node, "lineno", 0), one) for one in said if one)

    def dotted(self, node: ast.expr) -> str:
        """The full name of an expression such as `np.load`, empty where it is none of an import."""
        if isinstance(node, ast.Name):
            return self.known.get(node.id, "")
        owner = self.dotted(node.value) if isinstance(node, ast.Attribute) else ""
        return f"{owner}.{node.attr}" if owner and isinstance(node, ast.Attribute) else ""

    def forbidden(self, name: str) -> str:
        """What of the names a full name is, or lies in; empty where it is allowed."""
        parts = name.split(".")
        whole = (".".join(parts[:count]) for count in range(1, len(parts) + 1))
        return next((one for one in whole if one in self.names), "")

    def of_method(self, node: ast.Name | ast.Attribute) -> str:
        """A method of a path, whether it is called at once or given to somebody."""
        if not isinstance(node, ast.Attribute) or node.attr not in self.methods - {"open"}:
            return ""
        owner = self.dotted(node.value)
        return f"*.{node.attr}" if not owner or owner.startswith("pathlib.") else ""

    def of_call(self, node: ast.Call) -> str:
        """What a call reaches by its arguments, or by a method whose name others have too."""
        function = self.dotted(node.func)
        texts = [
            one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        if function == "importlib.import_module":
            return self.forbidden(texts[0] if texts else function) or (
                "" if texts else self.unknown(function)
            )
        if function == "os.walk" and any(one.arg == "followlinks" for one in node.keywords):
            return self.forbidden("os.walk.followlinks")
        if isinstance(node.func, ast.Name) and node.func.id == "getattr" and texts:
            owner = self.dotted(node.args[0])
            return self.forbidden(f"{owner}.{texts[0]}" if owner else "")
        if isinstance(node.func, ast.Attribute) and self.methods and not function:
            single = len(node.args) == 1 and not node.keywords
            if node.func.attr == "open" or (node.func.attr == "replace" and single):
                return f"*.{node.func.attr}"
        return ""

    def unknown(self, function: str) -> str:
        """An import by a name that is computed: a reason stands in ALLOWED for each."""
        return function if self.names >= EVERYTHING else ""


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [f"{node.module}.{one.name}" for one in node.names]
    return []


def used(text: str, names: frozenset[str] = EVERYTHING) -> dict[str, int]:
    """What a program uses, and the first line that does."""
    return {name: line for line, name in sorted(Reader(ast.parse(text), names).found(), reverse=True)}


def used_by(path: str, names: frozenset[str] = EVERYTHING) -> dict[str, int]:
    """The same of a file, without what it may."""
    found = used(Path(ROOT, path).read_text("utf-8"), names)
    return {name: line for name, line in found.items() if name not in ALLOWED.get(path, {})}


@pytest.mark.parametrize("path", [*PRODUCT, *OF_A_USER])
def test_files_processes_and_the_terminal_are_reached_by_the_host_alone(path: str) -> None:
    assert not used_by(path), f"{path} has a way of its own: call octad.host, or say why in ALLOWED"


@pytest.mark.parametrize("path", [*HOST, *LABORATORY])
def test_nothing_that_is_read_is_run_and_no_network_is_asked(path: str) -> None:
    if path == "octad/host/workers.py":  # pipes to programs of our own, beside other work
        assert used_by(path, CODE | NETWORK).keys() == {"asyncio"}
        return
    assert not used_by(path, CODE | NETWORK)


def test_every_exception_is_needed() -> None:
    for path, names in ALLOWED.items():
        needed = used(Path(ROOT, path).read_text("utf-8"))
        assert set(names) <= set(needed), f"{path} needs less"


WAYS = (
    "open('x')", "map(open, names)", "import io\nio.open('x')", "import os\nos.open('x', 0)",
    "from os import fdopen", "from pathlib import Path\nPath('x').open()", "path.read_text()",
    "path.read_bytes()", "path.write_text('')", "path.write_bytes(b'')",
    "from pathlib import Path\nlist(map(Path.read_text, paths))", "path.replace(other)",
    "import numpy as np\nnp.load('x')", "import numpy as np\nnp.save('x', a)", "from numpy import loadtxt",
    "import numpy\nnumpy.fromfile('x')", "import numpy as np\nnp.memmap('x')", "import json\njson.load(file)",
    "import tomllib\ntomllib.load(file)", "import zipfile", "import tarfile", "import gzip\ngzip.open('x')",
    "import lzma\nlzma.open('x')", "import mmap", "import linecache", "import codecs\ncodecs.open('x')",
    "from safetensors.numpy import load_file", "from safetensors import safe_open",
    "from tokenizers import Tokenizer\nTokenizer.from_file('x')",
    "def f():\n    import onnxruntime\n    onnxruntime.InferenceSession('x')",
    "import sqlite3\nsqlite3.connect('x')", "from importlib import resources\nresources.files('octad')",
    "import pandas as pd\npd.read_csv('x')", "import os\nos.scandir('.')", "import os\nos.listdir()",
    "from glob import glob", "path.iterdir()", "path.glob('*')", "path.rglob('*')",
    "import os\nos.walk('.', followlinks=True)", "import subprocess\nsubprocess.run(['x'])",
    "from subprocess import Popen as P\nP(['x'])", "import subprocess as s\ns.check_output('x', shell=True)",
    "import os\nos.system('x')", "import os\nos.popen('x')", "from os import execv",
    "import os as o\no.execvp('x', [])", "import os\nos.spawnl(0, 'x')", "import os\nos.fork()",
    "import os\nos.posix_spawn('x', [], {})", "import pty", "import multiprocessing",
    "import os\nos.killpg(1, 9)", "from concurrent.futures import ProcessPoolExecutor", "import webbrowser",
    "import asyncio\nasyncio.create_subprocess_shell('x')", "import os\ngetattr(os, 'system')('x')",
    "import importlib\nimportlib.import_module('subprocess')",
    "from importlib import import_module as m\nm(name)", "__import__('os').system('x')",
    "import builtins\nbuiltins.open('x')", "__builtins__['open']('x')", "print('x')", "map(print, lines)",
    "input()", "import sys\nsys.stdout.write('x')", "from sys import stderr",
    "import sys\nsys.stdin.buffer.read()", "import sys\nout = sys.__stdout__",
    "import click\nclick.echo('x')", "import typer\ntyper.echo('x')", "from typer import secho",
    "from rich.console import Console\nConsole()", "from rich import print as p",
    "from rich.progress import Progress", "import traceback\ntraceback.print_exc()", "import logging",
    "import warnings\nwarnings.warn('x')", "from pprint import pprint", "import getpass",
    "import shutil\nshutil.rmtree('x')", "import shutil\nshutil.move('x', 'y')",
    "from shutil import copyfile", "import tempfile", "import os\nos.replace('x', 'y')",
    "import os\nos.remove('x')", "import os\nos.makedirs('x')", "import os\nos.chmod('x', 0)",
    "path.unlink()", "path.mkdir()", "path.rename(other)", "path.touch()", "path.symlink_to(other)",
    "path.chmod(0)", "array.tofile('x')", "eval('x')", "exec('x')", "compile('x', '', 'exec')",
    "import pickle", "from marshal import loads", "import shelve", "import dill", "import joblib",
    "import torch\ntorch.load('x')", "import yaml\nyaml.load(text, Loader=loader)",
    "import yaml\nyaml.full_load(text)", "from yaml import UnsafeLoader", "import yaml\nyaml.CLoader",
    "import runpy", "import ctypes", "from importlib.util import spec_from_file_location",
    "import importlib\nimportlib.reload(module)", "import urllib.request", "from urllib import request",
    "import http.client", "import socket", "import ssl", "import asyncio", "import requests", "import httpx",
    "import ftplib", "import socketserver",
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_every_other_way_is_seen(way: str) -> None:
    """The control: what the lint forbids is found in a program that does it, and in a function of one."""
    assert used(way)
    assert used("def f():\n" + "".join(f"    {line}\n" for line in way.split("\n")))


def test_what_is_no_other_way_is_left_alone() -> None:
    innocent = """
import gzip, io, json, os, sys, yaml
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from rich.console import Console
from octad.host import files
def f(console: Console, input: str) -> None:
    "a function"
    files.read_text("x"), json.loads("1"), yaml.safe_load("1"), gzip.GzipFile(fileobj=io.BytesIO())
    import_module("zstandard"), os.walk("."), Path("x").is_file(), "a".replace("a", "b"), input.strip()
    sys.exit(len(sys.argv)), os.environ.get("X"), console.print("x"), HTTPStatus.OK
"""
    assert used(innocent) == {}
