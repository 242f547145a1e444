import pytest

from {= cookiecutter.package_name =}.serving import reports
from {= cookiecutter.package_name =}.serving.reports import ReportGauges


class Store:
    def __init__(self) -> None:
        self.reads = 0
        self.problem: Exception | None = KeyError("latest.json")

    def read(self, key: str) -> bytes:
        assert key == "latest.json"
        self.reads += 1
        if self.problem is not None:
            raise self.problem
        return b"{}"


def test_no_report_gives_no_lines() -> None:
    assert ReportGauges(Store()).lines() == ""


def test_a_report_that_is_not_valid_gives_no_lines() -> None:
    store = Store()
    store.problem = None
    assert ReportGauges(store).lines() == ""


def test_the_storage_is_asked_once_in_a_while() -> None:
    store = Store()
    gauges = ReportGauges(store)
    assert [gauges.lines(), gauges.lines()] == ["", ""]
    assert store.reads == 1


def test_a_storage_that_fails_keeps_the_last_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "CACHE_SECONDS", 0)
    monkeypatch.setattr(reports, "lines", lambda report: "model_drift_share 0.5\n")
    store = Store()
    store.problem = None
    gauges = ReportGauges(store)
    assert gauges.lines() == "model_drift_share 0.5\n"
    store.problem = ConnectionError()
    assert gauges.lines() == "model_drift_share 0.5\n"
    store.problem = KeyError("latest.json")
    assert gauges.lines() == ""
