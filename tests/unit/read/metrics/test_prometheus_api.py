from __future__ import annotations

import gzip
import http.server
import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from octad.budget import Budget, running
from octad.errors import InputError
from octad.read import web as octad_web
from octad.read.metrics.prometheus_api import every_series_of, query_prometheus
from octad.records.series import SeriesSet

UP = b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"]]}]}}'
ERROR = b'{"status":"error","errorType":"bad_data","error":"1:5: parse error: unclosed left parenthesis"}'
Serve = Callable[[Callable[[http.server.BaseHTTPRequestHandler], None]], str]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A server that answers each GET as told; gives its address."""
    servers = []

    def started(respond: Callable[[http.server.BaseHTTPRequestHandler], None]) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                respond(self)

            def log_message(self, *_: object) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """A client that went away is what is tested, and nothing to print."""

        server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield started
    for server in servers:
        server.shutdown()
        server.server_close()


def answering(
    status: int, body: bytes, **headers: str
) -> Callable[[http.server.BaseHTTPRequestHandler], None]:
    def respond(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return respond


def asked(url: str, *queries: str) -> SeriesSet:
    return query_prometheus(url, queries or ("up",), start=0, end=60, step=15)


def refused(url: str) -> str:
    with pytest.raises(InputError) as caught:
        asked(url)
    assert caught.value.hint and "\n" not in str(caught.value)
    return str(caught.value)


def test_each_query_is_asked_and_names_what_has_no_name(serve: Serve) -> None:
    seen = []

    def respond(handler: http.server.BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        seen.append((parts.path, {name: one for name, (one,) in parse_qs(parts.query).items()}))
        answering(200, UP)(handler)

    found = asked(
        serve(respond) + "/prom/", "rate(hits_total[1m])", "sum by (job) (\n a.b)", "rate(hits_total[1m])"
    )
    assert [one.name for one in found.series] == ["rate(hits_total[1m])", "sum by (job) ( a_b)"]
    expected = {"query": "rate(hits_total[1m])", "start": "0", "end": "60", "step": "15"}
    assert seen[0] == ("/prom/api/v1/query_range", expected)


@pytest.mark.parametrize(
    "status, body, said",
    [
        (400, ERROR, "query 'up': Prometheus answered: 1:5: parse error"),
        (503, ERROR.replace(b"bad_data", b"timeout"), "Prometheus answered: "),
        (404, b"<html>no such page</html>", "query 'up': HTTP status 404"),
        (401, b"{}", "query 'up': HTTP status 401"),
        (302, b"", "query 'up': redirected"),
        (200, b"<html>Grafana</html>", "query 'up': not JSON"),
        (200, b"\x00\xff\x1f\x8b", "query 'up': not JSON"),
        (200, b'{"status": "success"}', "no answer of Prometheus"),
        (200, UP.replace(b'[[1,"2"]]', b"[]"), "no points in this window"),
    ],
)
def test_answers_that_are_none(serve: Serve, status: int, body: bytes, said: str) -> None:
    url = serve(answering(status, body, Location="file:///etc/hostname"))
    message = refused(url)
    assert said in message and message.startswith(url)


def test_no_redirect_is_followed(serve: Serve) -> None:
    visited = []
    other = serve(lambda handler: visited.append(handler.path))
    for code in (301, 302, 303, 307, 308):
        assert "redirected" in refused(serve(answering(code, b"", Location=f"{other}/api/v1/query_range")))
    assert visited == []


def test_servers_that_keep_us_waiting(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(octad_web, "TIMEOUT_S", 0.1)
    over = threading.Event()

    def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not over.wait(0.02):
            handler.wfile.write(b" ")

    def slow_head(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not over.wait(0.02):
            handler.connection.sendall(b"X-A: b\r\n")

    def go_on(handler: http.server.BaseHTTPRequestHandler) -> None:
        while not over.is_set():
            handler.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    def slow_status(handler: http.server.BaseHTTPRequestHandler) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" * 100:
            if over.wait(0.02):
                return
            handler.connection.sendall(bytes([byte]))

    def trickle_of_chunks(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not over.wait(0.02):
            handler.connection.sendall(b"1\r\n \r\n")

    def endless_trailer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        while not over.is_set():
            handler.connection.sendall(b"X-A: b\r\n")

    keep_waiting = (drip, slow_head, go_on, slow_status, trickle_of_chunks, endless_trailer)
    for respond in (lambda handler: over.wait(5) and None, *keep_waiting):
        assert "no answer in 0.1 s" in refused(serve(respond))
    over.set()


def test_a_name_that_is_looked_up_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(octad_web, "TIMEOUT_S", 0.1)
    over = threading.Event()

    def slow(*_: object, **__: object) -> list[object]:
        over.wait(5)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    assert "no answer in 0.1 s" in refused("http://slow.example:9090")
    over.set()


@pytest.mark.parametrize(
    "said",
    [
        b"up 1\n",  # as HTTP/0.9
        b"HTTP/1.1 200 OK\r\nA: " + b"b" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 2_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        b"\x00\xff garbage\r\n\r\n",
    ],
)
def test_answers_that_are_no_http(serve: Serve, said: bytes) -> None:
    def respond(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.connection.sendall(said)
        handler.close_connection = True

    assert "no answer that is HTTP" in refused(serve(respond))


def test_a_compressed_answer_is_not_unpacked(serve: Serve) -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    answer = answering(200, bomb, **{"Content-Encoding": "gzip"})
    assert "not JSON" in refused(serve(answer))


def test_an_exchange_is_over_before_the_run(serve: Serve) -> None:
    over = threading.Event()
    with running(Budget(0.1)):
        assert "the deadline of 0.1 s was reached" in refused(serve(lambda handler: over.wait(5) and None))
    over.set()


def test_one_deadline_for_all_queries(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(octad_web, "TIMEOUT_S", 0.5)

    def slow(handler: http.server.BaseHTTPRequestHandler) -> None:
        time.sleep(0.2)
        answering(200, UP)(handler)

    with pytest.raises(InputError, match=r"no answer in 0\.5 s"):
        asked(serve(slow), "a", "b", "c")


def test_nothing_is_left_running_after_the_deadline(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(octad_web, "TIMEOUT_S", 0.1)
    gone = threading.Event()

    def endless(handler: http.server.BaseHTTPRequestHandler) -> None:
        try:
            while True:
                handler.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        except OSError:
            gone.set()

    refused(serve(endless))
    assert gone.wait(10)


def test_warnings_and_partial_answers_are_noted(serve: Serve) -> None:
    said = b'"warnings": ["a store is\\n away", 7], "isPartial": true, "status"'
    found = asked(serve(answering(200, UP.replace(b'"status"', said))))
    assert [one.reason.partition("warns: ")[2] for one in found.skipped] == [
        "a store is away", "7", "the answer is partial",
    ]  # fmt: skip


def test_steps_become_longer_where_the_answer_is_too_large(serve: Serve) -> None:
    steps = []

    def respond(handler: http.server.BaseHTTPRequestHandler) -> None:
        steps.append(float(parse_qs(urlsplit(handler.path).query)["step"][0]))
        too_much = ERROR.replace(b"1:5", b"query processing would load too many samples into memory")
        answering(*((400, too_much) if len(steps) < 3 else (200, UP)))(handler)

    found = asked(serve(respond))
    assert steps == [15, 60, 240] and "a point every 240 s" in found.skipped[-1].reason
    steps.clear()
    assert "too many samples" in refused(serve(answering(400, ERROR.replace(b"1:5", b"too many samples"))))


def test_results_of_the_same_labels_are_told_apart_by_their_query(serve: Serve) -> None:
    def respond(handler: http.server.BaseHTTPRequestHandler) -> None:
        query = parse_qs(urlsplit(handler.path).query)["query"][0]
        named = UP.replace(b'"metric":{}', b'"metric":{"__name__":"up","job":"api"}')
        answering(200, named.replace(b'"2"', b'"3"') if "offset" in query else named)(handler)

    found = asked(serve(respond), "up", "up{job='api'}", "up offset 1d")
    assert [(one.name, one.values) for one in found.series] == [
        ("api.up", (2,)), ("api.up offset 1d", (3,)),
    ]  # fmt: skip


def test_answers_are_bounded_and_may_break_off(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(octad_web, "MAX_BYTES", len(UP) - 1)
    assert f"more than {len(UP) - 1:,} bytes" in refused(serve(answering(200, UP)))
    monkeypatch.undo()
    monkeypatch.setenv("no_proxy", "*")
    assert "cut off" in refused(serve(answering(200, UP, **{"Content-Length": "9999"})))


def test_nobody_listens_or_speaks_otherwise() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert "connection refused" in refused(f"http://127.0.0.1:{free.getsockname()[1]}")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            client, _ = server.accept()
            with client:
                client.recv(4096)
                client.sendall(b"220 ftp ready\r\n\r\n")

        greeter = threading.Thread(target=greet)
        greeter.start()
        assert "no answer that is HTTP" in refused(f"http://127.0.0.1:{server.getsockname()[1]}")
        greeter.join()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname", "ftp://host/x", "localhost:9090", "", "http://", "http:///x", "http://h:99999",
        "http://h:0", "http://[::1", "http://h/a b", "http://h/\r\nX: y", "http://ü", "data:,x", "http://h?q=1",
        "http://user:secret@h", "http://h/#x", "gopher://h",
    ],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    message = refused(url)
    assert "http://localhost:9090" in message and "secret" not in message


@pytest.mark.parametrize(
    "window", [(2, 1, 1), (1, 1, 1), (0, 1, 0), (0, 1, -1), (0, float("nan"), 1), (0, 9, float("inf"))]
)
def test_windows_that_are_none(window: tuple[float, float, float]) -> None:
    start, end, step = window
    with pytest.raises(InputError, match="no such window"):
        query_prometheus("http://localhost:1", ["up"], start=start, end=end, step=step)


HISTORY = r"""# TYPE hits counter
hits_total{job="api",instance="10.0.0.1:80"} 10 1700000000
hits_total{job="api",instance="10.0.0.1:80"} 40 1700000015
hits_total{job="api",instance="10.0.0.1:80"} 15 1700000030
# TYPE load gauge
load{job="api",instance="10.0.0.1:80"} 0.5 1700000000
load{job="api",instance="10.0.0.1:80"} NaN 1700000015
load{job="api",instance="10.0.0.1:80"} 0.75 1700000030
load{job="a\"b\\c"} 1 1700000000
# EOF
"""


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Prometheus on loopback that scrapes itself and remembers HISTORY; ended after the tests."""
    if not (shutil.which("prometheus") and shutil.which("promtool")):
        pytest.skip("needs prometheus and promtool")
    folder = tmp_path_factory.mktemp("prometheus")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    (folder / "history").write_text(HISTORY)
    targets = [
        {
            "job_name": "self",
            "scrape_interval": "100ms",
            "scrape_timeout": "100ms",
            "static_configs": [{"targets": [address]}],
        }
    ]
    (folder / "config.yml").write_text(json.dumps({"scrape_configs": targets}))
    fill = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "history", "data"]
    subprocess.run(fill, cwd=folder, check=True, capture_output=True, timeout=30)
    options = {"config.file": "config.yml", "storage.tsdb.path": "data", "web.listen-address": address}
    options |= {"storage.tsdb.retention.time": "100y", "log.level": "error"}
    process = subprocess.Popen(
        ["prometheus", *(f"--{name}={value}" for name, value in options.items())],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(30)


def patiently(ask: Callable[[], SeriesSet]) -> SeriesSet:
    """The answer as soon as there is one."""
    for _ in range(600):
        try:
            return ask()
        except InputError:
            time.sleep(0.05)
    return ask()


def test_a_real_prometheus(prometheus: str) -> None:
    start, end = 1_700_000_000, 1_700_000_030

    def ask(*queries: str) -> SeriesSet:
        return query_prometheus(prometheus, queries, start=start, end=end)

    found = {
        one.name: one for one in patiently(lambda: ask(every_series_of("api"), "load", "sum(load)")).series
    }
    hits = found["api.hits_total{instance=10_0_0_1:80}"]
    assert (hits.times, hits.values, hits.flags) == ((start + 15, end), (2, 1), ("counter", "resets"))
    load = found["api.load{instance=10_0_0_1:80}"]
    assert (load.values, load.flags, load.source) == ((0.5, None, 0.75), ("gaps",), prometheus)
    assert set(found) == {hits.name, load.name, 'a"b\\c.load', "sum(load)"}
    assert [one.name for one in ask(every_series_of('a"b\\c')).series] == ['a"b\\c.load']
    for query, said in (("sum(", "unclosed left parenthesis"), ("nothing", "no points in this window")):
        with pytest.raises(InputError, match=said):
            ask(query)
    with pytest.raises(InputError, match="exceeded maximum resolution"):
        query_prometheus(prometheus, ["load"], start=start, end=end, step=1e-5)
    finer = query_prometheus(prometheus, ["load"], start=start, end=end, step=0.001)
    assert "shorter steps are too many" in finer.skipped[0].reason


def test_a_real_prometheus_that_scrapes_itself(prometheus: str) -> None:
    def ask() -> SeriesSet:
        now = time.time()
        return query_prometheus(prometheus, ["up", every_series_of("self")], start=now - 1, end=now, step=0.2)

    found = {one.name.partition("{")[0]: one for one in patiently(ask).series}
    assert found["self.up"].values[-1] == 1
    assert "counter" in found["self.prometheus_http_requests_total"].flags
    assert "counter" in found["self.go_gc_duration_seconds_count"].flags
    assert "counter" not in found["self.go_goroutines"].flags
    assert len(found) > 50
