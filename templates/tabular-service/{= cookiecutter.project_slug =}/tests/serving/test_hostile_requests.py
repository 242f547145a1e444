"""Whatever is sent, the answer is a 4xx with a reason in JSON, and the service goes on."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ROW = {"bmi": 30, "blood sugar": 90.5, "ward": "b", "age": 41}
Call = Callable[..., tuple[int, Any]]

DEEP = 5000
HOSTILE = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
NAMES = st.sampled_from(["rows", "bmi", "blood sugar", "ward", "age"]) | st.text(max_size=5)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(alphabet=st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
VALUES = {
    "bmi": st.floats() | st.integers() | JSON,
    "blood sugar": st.floats() | st.integers() | JSON,
    "ward": st.sampled_from(["a", "b", None]) | JSON,
    "age": st.floats(min_value=0) | JSON,
}


@pytest.fixture
def port(shared_port: int) -> int:
    """One service answers the whole module: what one request broke would fail the next test."""
    return shared_port


@pytest.fixture(autouse=True)
def still_answers(call: Call) -> Iterator[None]:
    """After each test the same service answers a good request, and has never failed."""
    yield
    assert call("POST", "/predict", {"rows": [ROW]})[0] == 200
    assert 'status="5' not in call("GET", "/metrics")[1]


def exchange(port: int, *parts: bytes) -> tuple[int, dict[str, str], Any]:
    """Send bytes as they are; return status, headers and parsed body of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        for part in parts:
            connection.sendall(part)
        received = b""
        while block := connection.recv(65536):
            received += block
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert headers["content-type"] == "application/json"
    return int(status.split()[1]), headers, json.loads(body)


def post(*headers: str) -> bytes:
    lines = ["POST /predict HTTP/1.1", "Host: x", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"{}{}", "not JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"rows": [{"bmi": NaN}]}', "NaN is no JSON number"),
        (b'{"rows": [{"bmi": Infinity}]}', "Infinity is no JSON number"),
        (b'{"rows": [{"bmi": -Infinity}]}', "-Infinity is no JSON number"),
        (b'{"rows": [{"bmi": 1, "bmi": 2}]}', "a key twice"),
        (b'{"rows": [], "rows": []}', "a key twice"),
        (b"[" * DEEP, "nested too deeply"),
        (b'{"a":' * 2000, "nested too deeply"),
        (b"[" * DEEP + b"]" * DEEP, "nested too deeply"),
        (b'{"rows": [{"bmi": ' + b"9" * 5000 + b"}]}", "too many digits"),
        (b"{'rows': []}", "not JSON"),
        (b'{"rows": [\x00]}', "not JSON"),
        (b'{"rows": "\n"}', "not JSON"),
        (b"rows=1&bmi=3", "not JSON"),
    ],
)
def test_a_body_that_is_not_strict_json_is_refused(call: Call, body: bytes, reason: str) -> None:
    status, answer = call("POST", "/predict", raw=body)
    assert status == 400
    assert reason in answer["error"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"null", "body: expected an object with the one key 'rows'"),
        (b"[]", "body: expected an object with the one key 'rows'"),
        (b"{}", "body: expected an object with the one key 'rows'"),
        (b'{"instances": []}', "body: expected an object with the one key 'rows'"),
        (b'{"rows": [], "more": 1}', "body: expected an object with the one key 'rows'"),
        (b'{"rows": {}}', "rows: expected a list of 1 to 50 rows"),
        (b'{"rows": []}', "rows: expected a list of 1 to 50 rows"),
        (b'{"rows": [' + b"1," * 50 + b"1]}", "rows: expected a list of 1 to 50 rows"),
        (
            b'{"rows": [7]}',
            "rows[0]: expected an object with the keys bmi, blood sugar, ward, age",
        ),
        (
            b'{"rows": [{"\\ud800": 1}]}',
            r"rows[0]: unknown key '\ud800'; known: bmi, blood sugar, ward, age",
        ),
    ],
)
def test_a_body_of_another_shape_is_refused(call: Call, body: bytes, problem: str) -> None:
    status, answer = call("POST", "/predict", raw=body)
    assert (status, answer["problems"]) == (422, [problem])


@pytest.mark.parametrize(
    "value", ["1e999", "-1e999", "1" + "0" * 400, '"30"', "true", "[]", "{}", r'"\ud800"', "null"]
)
@pytest.mark.parametrize("name", ["bmi", "blood sugar", "age"])
def test_what_is_no_finite_number_is_refused(call: Call, name: str, value: str) -> None:
    rows = json.dumps({"rows": [ROW | {name: "VALUE"}]}).replace('"VALUE"', value)
    status, answer = call("POST", "/predict", raw=rows.encode())
    assert status == 422
    assert [problem.partition(":")[0] for problem in answer["problems"]] == [f"rows[0].{name}"]


def test_a_number_that_the_model_cannot_take_is_refused(call: Call) -> None:
    # It is finite; the model's arithmetic is what overflows.
    status, answer = call("POST", "/predict", {"rows": [ROW | {"blood sugar": 1.7e308}]})
    assert (status, answer) == (422, {"error": "a number is too large for the model"})


def test_of_many_unknown_keys_only_some_are_named(call: Call) -> None:
    row = {f"k{number}": 1 for number in range(1500)}
    status, answer = call("POST", "/predict", {"rows": [row]})
    assert status == 422
    assert len(answer["problems"]) == 20
    assert answer["more_problems"] == 1


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"],
)
def test_another_content_type_is_refused(call: Call, content_type: str) -> None:
    status, answer = call("POST", "/predict", {"rows": [ROW]}, content_type=content_type)
    assert status == 415
    assert "application/json" in answer["error"]


def test_a_compressed_body_is_refused(port: int) -> None:
    headers = ("Content-Encoding: gzip", "Content-Length: 2")
    # In one piece: a body that arrives after the refusal resets the connection, and may take the
    # answer with it.
    status, _, answer = exchange(port, post(*headers) + b"{}")
    assert status == 415
    assert "Content-Encoding" in answer["error"]


def test_a_body_that_is_announced_too_large_is_refused_before_it_is_sent(port: int) -> None:
    status, headers, answer = exchange(port, post("Content-Length: 20001"))
    assert status == 413
    assert headers["connection"] == "close"
    assert answer["error"] == "the body is larger than 20000 bytes"


def test_a_chunked_body_is_counted_while_it_is_read(port: int) -> None:
    chunk = b"1000\r\n" + b" " * 0x1000 + b"\r\n"
    status, _, answer = exchange(port, post("Transfer-Encoding: chunked"), *[chunk] * 5)
    assert status == 413
    assert answer["error"] == "the body is larger than 20000 bytes"


def test_a_body_that_does_not_end_in_time_is_refused(port: int) -> None:
    started = time.monotonic()
    status, headers, answer = exchange(port, post("Content-Length: 100"), b'{"rows"')
    assert status == 408
    assert headers["connection"] == "close"
    assert answer["error"] == "the body was not complete after 2 seconds"
    assert time.monotonic() - started >= 2


@pytest.mark.parametrize("begin", [b"", b"POST /predict HTTP/1.1\r\nHost: x\r\nX-A: "])
def test_headers_that_do_not_end_in_time_are_refused(port: int, begin: bytes) -> None:
    status, _, answer = exchange(port, begin)
    assert status == 408
    assert answer["error"] == "the headers were not complete after 2 seconds"


def test_slow_headers_of_a_second_request_are_refused(port: int) -> None:
    begin = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(begin)
        received = b""
        while b"alive" not in received:
            received += connection.recv(65536)
        connection.sendall(b"GET /he")
        received = b""
        while block := connection.recv(65536):
            received += block
        assert received.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x00\xa5\x01\x00\x00\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: \x00\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX A: 1\r\n\r\n",
        b"GET /h\xffz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        post("Content-Length: two"),
        post("Content-Length: -1"),
        post("Content-Length: 2", "Content-Length: 3"),
        post("Content-Length: " + "9" * 30),
        post("Transfer-Encoding: gzip"),
        post("Transfer-Encoding: chunked") + b"zz\r\n\r\n",
        post("Transfer-Encoding: chunked") + b"-1\r\n\r\n",
        post("Transfer-Encoding: chunked") + b"2\r\n{}0\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused(port: int, request_bytes: bytes) -> None:
    status, _, answer = exchange(port, request_bytes)
    assert 400 <= status < 500 or status == 501
    assert answer["error"]


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/predict", 405),
        ("DELETE", "/healthz", 405),
        ("PUT", "/predict", 405),
        ("BREW", "/predict", 405),
        ("GET", "/", 404),
        ("GET", "/docs", 404),
        ("GET", "/%00", 404),
        ("GET", "/%ff%fe", 404),
        ("GET", "//predict", 404),
        ("GET", "/../etc/passwd", 404),
        ("GET", "/v1/models/other", 404),
        ("POST", "/v1/models/other:predict", 404),
    ],
)
def test_another_path_or_method_is_refused(
    call: Call, method: str, path: str, expected: int
) -> None:
    status, answer = call(method, path)
    assert status == expected
    assert answer["error"]


@HOSTILE
@given(body=st.binary(max_size=300))
def test_no_bytes_make_the_service_fail(call: Call, body: bytes) -> None:
    status, answer = call("POST", "/predict", raw=body)
    assert 400 <= status < 500
    assert answer["error"]


@HOSTILE
@given(body=JSON | st.fixed_dictionaries({"rows": JSON}))
def test_no_json_makes_the_service_fail(call: Call, body: Any) -> None:
    status, answer = call("POST", "/predict", body)
    assert 400 <= status < 500
    assert answer["error"]


@HOSTILE
@given(row=st.fixed_dictionaries({}, optional=VALUES))
def test_a_row_is_scored_or_refused_with_the_place(call: Call, row: dict[str, Any]) -> None:
    status, answer = call("POST", "/predict", {"rows": [row]})
    if status == 200:
        assert 0 <= answer["predictions"][0]["score"] <= 1
    else:
        assert status in {400, 422}
        assert answer["error"]


@HOSTILE
@given(headers=st.binary(max_size=200), body=st.binary(max_size=50))
def test_no_header_bytes_make_the_service_fail(port: int, headers: bytes, body: bytes) -> None:
    parts = (
        b"POST /predict HTTP/1.1\r\nHost: x\r\nConnection: close\r\n",
        headers,
        b"\r\n\r\n",
        body,
    )
    status, _, answer = exchange(port, b"".join(parts))
    assert 400 <= status < 500
    assert answer["error"]
