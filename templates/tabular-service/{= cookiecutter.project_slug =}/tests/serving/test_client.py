import socket
from collections.abc import Callable
from typing import Any

import pytest

from {= cookiecutter.package_name =}.errors import InputError, ProjectError
from {= cookiecutter.package_name =}.serving.client import Limits, predict

ROW = {"bmi": 30, "blood sugar": 90.5, "ward": "b", "age": 41}
LIMITS = Limits(rows=4, bytes=20_000, seconds=10)


def test_many_rows_are_asked_in_parts_and_answered_in_order(port: int) -> None:
    rows = [ROW | {"bmi": bmi} for bmi in range(15, 35)]
    found = predict(f"http://127.0.0.1:{port}/", rows, LIMITS)
    scores = [row.score for row in found]
    assert len(scores) == 20
    assert scores == sorted(scores)
    assert [row.decision for row in found] == [0] * 10 + [1] * 10
    assert len({row.prediction_id for row in found}) == 20
    assert {row.model_version for row in found} == {1}


def test_a_part_is_bounded_in_bytes_as_well(port: int, call: Callable[..., Any]) -> None:
    found = predict(f"http://127.0.0.1:{port}", [ROW] * 10, Limits(1000, 150, 10))
    assert len(found) == 10
    line = 'http_requests_total{method="POST",route="/predict",status="200"} 5.0'
    assert line in call("GET", "/metrics")[1]


def test_a_refused_row_is_named_by_its_place_in_all_rows(port: int) -> None:
    rows = [*[ROW] * 5, ROW | {"bmi": 5}]
    with pytest.raises(InputError) as refused:
        predict(f"http://127.0.0.1:{port}", rows, LIMITS)
    first, second = refused.value.problems
    assert "status 422; 4 rows before were answered" in first
    assert second == "rows[5].bmi: expected a finite number from 10 to 60"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8000",
        "ftp://127.0.0.1",
        "http://",
        "http://127.0.0.1:x",
        "http://user:password@127.0.0.1",
        "http://[::1",
        "http://127.0.0.1/?a=b",
    ],
)
def test_a_wrong_url_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="expected http://HOST:PORT"):
        predict(url, [ROW], LIMITS)


def test_a_service_that_does_not_run_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(ProjectError, match=f"{url}: cannot be asked: Connection refused"):
        predict(url, [ROW], LIMITS)


def test_a_service_that_does_not_answer_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ProjectError, match=r"gave no answer within 0\.1 s"):
            predict(url, [ROW], Limits(4, 20_000, 0.1))


def test_a_service_without_a_model_says_so(
    port: int, versions: Any, call: Callable[..., Any], wait_until: Callable[..., None]
) -> None:
    versions.number = None
    wait_until(lambda: call("GET", "/readyz")[0] == 503)
    with pytest.raises(ProjectError, match="no champion"):
        predict(f"http://127.0.0.1:{port}", [ROW], LIMITS)


def test_another_path_is_no_service_of_ours(port: int) -> None:
    with pytest.raises(InputError, match="Not Found"):
        predict(f"http://127.0.0.1:{port}/elsewhere", [ROW], LIMITS)
