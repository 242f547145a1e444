from collections.abc import Callable
from typing import Any

from {= cookiecutter.package_name =} import PROJECT
from {= cookiecutter.package_name =}.serving.application import Service

ROW = {"bmi": 30, "blood sugar": 90.5, "ward": "b", "age": 41}
Call = Callable[..., tuple[int, Any]]
Wait = Callable[[Callable[[], bool]], None]


def test_each_row_is_answered_with_id_score_and_decision(call: Call) -> None:
    status, answer = call("POST", "/predict", {"rows": [ROW, ROW | {"bmi": 20}]})
    assert status == 200
    assert answer["model_version"] == 1
    first, second = answer["predictions"]
    assert set(first) == {"prediction_id", "score", "decision"}
    assert (first["decision"], second["decision"]) == (1, 0)
    assert abs(first["score"] - 0.7310585786300049) < 1e-12
    assert first["prediction_id"] != second["prediction_id"]


def test_the_kserve_protocol_gives_the_same_scores(call: Call) -> None:
    _, ours = call("POST", "/predict", {"rows": [ROW]})
    status, theirs = call("POST", f"/v1/models/{PROJECT}:predict", {"instances": [ROW]})
    assert status == 200
    assert theirs.keys() == {"predictions"}
    assert theirs["predictions"][0]["score"] == ours["predictions"][0]["score"]
    assert call("GET", f"/v1/models/{PROJECT}") == (
        200,
        {"name": PROJECT, "ready": True},
    )


def test_the_log_has_every_answer_and_no_personal_column(
    call: Call, shelf: Any, wait_until: Wait
) -> None:
    _, answer = call("POST", "/predict", {"rows": [ROW, ROW | {"ward": None}]})
    wait_until(lambda: len(shelf.rows()) == 2)
    logged = shelf.rows()
    assert [row["prediction_id"] for row in logged] == [
        row["prediction_id"] for row in answer["predictions"]
    ]
    assert logged[0]["features"] == {"bmi": 30.0, "blood sugar": 90.5, "ward": "b"}
    assert logged[1]["features"]["ward"] is None
    assert logged[0]["model_version"] == 1
    assert set(logged[0]) == {
        "prediction_id",
        "time",
        "model_version",
        "features",
        "score",
        "decision",
    }


def test_every_problem_of_a_request_is_named_at_once_and_no_value_is_repeated(call: Call) -> None:
    rows = [
        {"bmi": 987654, "blood sugar": "secret-1", "ward": "secret-2", "age": -4321},
        {"bmi": True, "ward": None, "age": 41, "blood sugar": None},
        {"blood sugar": 1, "age": 5},
    ]
    status, answer = call("POST", "/predict", {"rows": rows})
    assert status == 422
    assert answer["problems"] == [
        "rows[0].bmi: expected a finite number from 10 to 60",
        "rows[0].blood sugar: expected a finite number",
        'rows[0].ward: expected one of "a", "b", or null',
        "rows[0].age: expected a finite number of at least 0",
        "rows[1].bmi: expected a finite number from 10 to 60",
        "rows[1].blood sugar: expected a finite number",
        "rows[2].bmi: is missing, expected a finite number from 10 to 60",
    ]
    for value in ("987654", "secret", "4321"):
        assert value not in str(answer)


def test_an_unknown_key_is_named_with_the_nearest_known_one(call: Call) -> None:
    status, answer = call("POST", "/predict", {"rows": [ROW | {"bmj": 1}]})
    assert status == 422
    assert answer["problems"] == ["rows[0]: unknown key 'bmj'; did you mean 'bmi'?"]


def test_a_champion_of_another_number_is_served_without_restart(
    call: Call, versions: Any, wait_until: Wait
) -> None:
    versions.number = 2
    wait_until(lambda: call("GET", "/version")[1]["model_version"] == 2)
    assert call("POST", "/predict", {"rows": [ROW]})[1]["model_version"] == 2


def test_a_bad_new_champion_leaves_the_old_one_serving_and_is_told_everywhere(
    call: Call, versions: Any, wait_until: Wait
) -> None:
    versions.number = 13
    wait_until(lambda: call("GET", "/version")[1]["refused_version"] == 13)
    status, ready = call("GET", "/readyz")
    assert status == 200
    assert ready["degraded"].startswith("version 13 is refused: model.skops is not")
    assert call("POST", "/predict", {"rows": [ROW]})[1]["model_version"] == 1
    metrics = call("GET", "/metrics")[1]
    assert f'model_degraded{{model="{PROJECT}"}} 1.0' in metrics
    assert f'model_version_workers{{model="{PROJECT}",version="1"}} 1.0' in metrics


def test_without_a_champion_readiness_fails_with_the_reason_and_liveness_holds(
    call: Call, versions: Any, wait_until: Wait
) -> None:
    versions.number = None
    wait_until(lambda: call("GET", "/readyz")[0] == 503)
    assert "no champion" in call("GET", "/readyz")[1]["error"]
    assert call("GET", "/healthz") == (200, {"status": "alive"})
    assert call("GET", f"/v1/models/{PROJECT}")[0] == 503
    status, answer = call("POST", "/predict", {"rows": [ROW]})
    assert status == 503
    assert "no champion" in answer["error"]
    assert f'model_ready{{model="{PROJECT}"}} 0.0' in call("GET", "/metrics")[1]


def test_a_registry_that_is_gone_leaves_the_model_serving(
    call: Call, versions: Any, wait_until: Wait
) -> None:
    versions.problem = ConnectionError("password=hunter2")
    wait_until(lambda: call("GET", "/readyz")[1]["degraded"] is not None)
    status, ready = call("GET", "/readyz")
    assert status == 200
    assert ready["degraded"] == "the registry cannot be read: ConnectionError"
    assert call("POST", "/predict", {"rows": [ROW]})[0] == 200


def test_a_service_that_is_stopping_is_not_ready_and_still_answers(
    call: Call, service: Service
) -> None:
    service.drain()
    assert call("GET", "/readyz") == (
        503,
        {"status": "not ready", "error": "the service is stopping"},
    )
    assert call("POST", "/predict", {"rows": [ROW]})[0] == 200
    assert call("GET", "/healthz")[0] == 200


def test_a_storage_that_fails_never_fails_an_answer(
    call: Call, shelf: Any, wait_until: Wait
) -> None:
    shelf.problem = OSError("no space")
    for _ in range(3):
        assert call("POST", "/predict", {"rows": [ROW]})[0] == 200
    wait_until(lambda: "prediction_log_failures_total 0.0" not in call("GET", "/metrics")[1])
    shelf.problem = None


def test_metrics_count_requests_by_route_and_decisions(call: Call) -> None:
    call("POST", "/predict", {"rows": [ROW, ROW | {"bmi": 20}]})
    call("POST", "/predict", {"rows": []})
    call("GET", "/no/such/path")
    metrics = call("GET", "/metrics")[1]
    for line in (
        'http_requests_total{method="POST",route="/predict",status="200"} 1.0',
        'http_requests_total{method="POST",route="/predict",status="422"} 1.0',
        'http_requests_total{method="GET",route="none",status="404"} 1.0',
        f'model_predictions_total{{decision="1",model="{PROJECT}"}} 1.0',
        f'model_predictions_total{{decision="0",model="{PROJECT}"}} 1.0',
        'http_request_duration_seconds_count{method="POST",route="/predict"} 2.0',
        f'model_ready{{model="{PROJECT}"}} 1.0',
    ):
        assert line in metrics.splitlines()


def test_the_openapi_document_has_the_row_of_the_model(call: Call) -> None:
    status, document = call("GET", "/openapi.json")
    assert status == 200
    row = document["components"]["schemas"]["Row"]
    assert list(row["properties"]) == ["bmi", "blood sugar", "ward", "age"]
    assert row["required"] == ["bmi", "blood sugar", "age"]
    assert row["properties"]["bmi"]["maximum"] == 60
    assert row["additionalProperties"] is False
    assert f"/v1/models/{PROJECT}:predict" in document["paths"]
