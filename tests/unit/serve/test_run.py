"""The server as a process: signals, ports, descriptors, closed outputs, TLS."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from octad.client import Client
from octad.errors import InputError
from octad.serve.run import config_of, run
from octad.serve.settings import ServeSettings
from tests.served import Scripted, Served, listening

AGENT = "debugger"
PROGRAM = """
import asyncio, json, os, resource, sys
from pathlib import Path
from octad.serve.exchange import Answered
from octad.serve.run import run
from tests.served import REPORT, Scripted, Served

given = json.loads(sys.argv[1])
if given.get("files"):
    resource.setrlimit(resource.RLIMIT_NOFILE, (given["files"], given["files"]))

async def by(asking):
    await asyncio.sleep(float(asking.body))
    return Answered(id=asking.id, body=REPORT)

class Service(Scripted):
    async def start(self):
        pass
    async def stop(self, seconds):
        return len(self.asked) - self.done

async def counted(asking):
    found = await by(asking)
    service.done += 1
    return found

service = Service(by=counted)
service.done = 0
settings = {"port": 0, "drain_seconds": given.get("drain", 5)}
served = Served(Path(given["folder"]), service, agents=["debugger"], **settings)

def listening(address):
    Path(given["folder"], "address").write_text(json.dumps([address, served.plain["infer"]]))

if given.get("closed"):
    os.close(1), os.close(2)
ended = run(served.app, served.context, service, listening)
Path(given["folder"], "ended").write_text(json.dumps([ended.lost, ended.is_forced]))
"""


class Running:
    """A server in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self.process, self.folder = process, folder
        until = time.monotonic() + 30
        while not (folder / "address").exists() or not (folder / "address").read_bytes():
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.02)
        self.address, token = json.loads((folder / "address").read_bytes())
        self.client = Client(self.address, token, tries=1)
        self.replies: list[Any] = []

    def ask(self, seconds: float) -> threading.Thread:
        """Ask in a thread for what takes so long."""

        def asked() -> None:
            try:
                self.replies.append(self.client.ask(AGENT, str(seconds).encode()).report["agent"])
            except Exception as error:
                self.replies.append(error)

        thread = threading.Thread(target=asked)
        thread.start()
        return thread

    def ended(self) -> tuple[int, bool]:
        self.process.wait(10)
        lost, is_forced = json.loads((self.folder / "ended").read_bytes())
        return lost, is_forced


@contextmanager
def started(folder: Path, **given: Any) -> Iterator[Running]:
    program = [sys.executable, "-c", PROGRAM, json.dumps({"folder": str(folder), **given})]
    process = subprocess.Popen(
        program, env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    )
    try:
        yield Running(process, folder)
    finally:
        process.kill()
        process.wait()


def connect(running: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(running.address.rpartition(":")[2])), timeout=5)


def test_a_signal_drains(tmp_path: Path) -> None:
    with started(tmp_path) as running:
        asked = [running.ask(0.8) for _ in range(3)]
        time.sleep(0.3)
        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.05)
        assert running.client.health() == (True, False), "not ready at once, while it finishes"
        for one in asked:
            one.join()
        assert running.ended() == (0, False) and running.process.returncode == 0
        assert running.replies == ["a"] * 3


def test_who_connected_and_asks_while_it_closes_is_told_so(tmp_path: Path) -> None:
    with started(tmp_path) as running, connect(running) as connected:
        assert running.client.health() == (True, True)
        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.4)
        connected.sendall(b"GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"server.draining" in b"".join(iter(lambda: connected.recv(4_096), b""))
        assert running.ended() == (0, False)


def test_draining_ends(tmp_path: Path) -> None:
    with started(tmp_path, drain=0.2) as running:
        asked = running.ask(60)
        time.sleep(0.3)
        running.process.send_signal(signal.SIGTERM)
        lost, is_forced = running.ended()
        asked.join()
        assert (lost, is_forced) == (1, False)
        assert isinstance(running.replies[0], Exception)


def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    with started(tmp_path, drain=60) as running:
        asked = running.ask(60)
        time.sleep(0.3)
        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        running.process.send_signal(signal.SIGTERM)
        assert running.ended() == (1, True)
        asked.join()


def test_closed_outputs_and_spent_descriptors_are_survived(tmp_path: Path) -> None:
    with started(tmp_path, closed=True, files=60) as running:
        held = []
        for _ in range(90):
            held.append(connect(running))
        time.sleep(0.2)
        for one in held:
            one.close()
        time.sleep(1.2)
        assert running.client.health() == (True, True)
        with connect(running) as gone:
            gone.sendall(b"POST /v1/agents/debugger HTTP/1.1\r\n")
        assert running.client.ask(AGENT, b"0").report["agent"] == "a"


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    class Service(Scripted):
        async def start(self) -> None:
            return None

        async def stop(self, seconds: float) -> int:
            return 0

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        served = Served(tmp_path, Service(), agents=[AGENT], port=taken.getsockname()[1])
        with pytest.raises(InputError, match="cannot listen"):
            run(served.app, served.context, served.service, lambda address: None)


@pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----\n"])
def test_a_certificate_that_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.pem"
    for name in (path, tmp_path / "missing.pem"):
        path.write_text(text)
        with pytest.raises(InputError, match="certificate or key"):
            config_of(lambda: None, ServeSettings(certificate=name, key=name))


def test_over_tls(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    served = Served(
        tmp_path,
        Scripted(),
        agents=[AGENT],
        port=0,
        certificate=certificate,
        key=key,
    )
    with listening(served, served.service):
        assert served.address.startswith("https://")
        context = ssl.create_default_context(cafile=str(certificate))
        port = int(served.address.rpartition(":")[2])
        plain = socket.create_connection(("127.0.0.1", port), timeout=5)
        with context.wrap_socket(plain, server_hostname="localhost") as secure:
            secure.sendall(b"GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert secure.recv(1 << 16).startswith(b"HTTP/1.1 200")


def self_signed(folder: Path) -> tuple[Path, Path]:
    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, private
