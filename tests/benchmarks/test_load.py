from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from benchmarks.load import FEATURES, client, rows_in

ROWS = [{"bmi": 20.0}, {"bmi": 30.0}, {"bmi": 40.0}]


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1  # type: ignore[attr-defined]

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        rows = json.loads(self.rfile.read(length))["rows"]
        self.server.asked.append([row["bmi"] for row in rows])  # type: ignore[attr-defined]
        predictions = rows[self.server.forgotten :]  # type: ignore[attr-defined]
        body = json.dumps({"predictions": predictions}).encode()
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("content-length", str(len(body)))
        if self.server.closes:  # type: ignore[attr-defined]
            self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    status, forgotten, closes, connections = 200, 0, False, 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked: list[list[float]] = []


@contextmanager
def answering(**changes: int | bool) -> Iterator[Server]:
    with Server() as server:
        vars(server).update(changes)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def test_all_requests_go_over_one_connection_and_are_counted() -> None:
    with answering() as server, client("127.0.0.1", server.server_port) as asking:
        times = asking.single_rows(ROWS, 4)
        rate = asking.batches(ROWS, 5, 2)
        assert server.connections == 1
    assert server.asked == [[20.0], [30.0], [40.0], [20.0]] + [[20.0, 30.0, 40.0, 20.0, 30.0]] * 2
    assert asking.rows_asked == 14
    assert len(times) == 4
    assert min(times) > 0
    assert rate > 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": 503}, "answered 503"),
        ({"forgotten": 1}, "answered 200"),
        ({"closes": True}, "closed the connection"),
    ],
)
def test_an_answer_that_is_not_a_prediction_for_each_row_is_not_timed(
    changes: dict[str, int | bool], expected: str
) -> None:
    with (
        answering(**changes) as server,
        client("127.0.0.1", server.server_port) as asking,
        pytest.raises(RuntimeError, match=expected),
    ):
        asking.single_rows(ROWS, 3)
    assert len(server.asked) == 1


def test_rows_hold_the_features_only(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    head = ",".join(("age", *FEATURES, "label"))
    file.write_text(f"{head}\n61,32.1,101,157,93.2,38,4,4.86,87,1\n", encoding="utf-8")
    assert rows_in(file) == [
        {
            "bmi": 32.1,
            "bp": 101.0,
            "s1": 157.0,
            "s2": 93.2,
            "s3": 38.0,
            "s4": 4.0,
            "s5": 4.86,
            "s6": 87.0,
        }
    ]
