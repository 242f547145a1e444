"""The repository of small charts is one that Helm can read."""

from __future__ import annotations

import hashlib
import io
import tarfile
import urllib.error
import urllib.request

import pytest
import yaml
from tests.engine.charts import Chart, chart_repository


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as response:
        content: bytes = response.read()
    return content


def test_a_chart_is_found_through_the_index_under_its_name_and_version() -> None:
    with chart_repository() as repository:
        repository.add([Chart("mlflow", "1.2.3"), Chart("mlflow", "v2.0.0")])
        index = yaml.safe_load(get(f"{repository.url}/index.yaml"))
        versions = {entry["version"]: entry for entry in index["entries"]["mlflow"]}
        archive = get(versions["1.2.3"]["urls"][0])
    assert versions.keys() == {"1.2.3", "v2.0.0"}
    assert hashlib.sha256(archive).hexdigest() == versions["1.2.3"]["digest"]


def test_a_chart_has_its_metadata_one_object_and_one_hook() -> None:
    with tarfile.open(fileobj=io.BytesIO(Chart("mlflow", "1.2.3").archive())) as archive:
        texts = {name: archive.extractfile(name) for name in archive.getnames()}
        chart = texts["mlflow/Chart.yaml"]
        assert chart is not None
        assert yaml.safe_load(chart) == {"apiVersion": "v2", "name": "mlflow", "version": "1.2.3"}
        templates = [stream.read().decode() for stream in texts.values() if stream]
    assert sum("helm.sh/hook:" in text for text in templates) == 1
    assert sum("toJson .Values" in text for text in templates) == 1


def test_a_chart_is_the_same_bytes_each_time() -> None:
    assert Chart("mlflow", "1.2.3").archive() == Chart("mlflow", "1.2.3").archive()


def test_what_is_not_there_is_not_found_and_noted() -> None:
    with chart_repository() as repository:
        with pytest.raises(urllib.error.HTTPError) as raised:
            get(f"{repository.url}/other-1.0.0.tgz")
        raised.value.close()
    assert raised.value.code == 404
    assert repository.asked == ["/other-1.0.0.tgz"]
