from __future__ import annotations

from stackwright.engine.kubernetes_inputs import asks_for_volumes


def test_volumes_are_asked_for_in_manifests_and_in_values_of_charts() -> None:
    assert asks_for_volumes({"values": {"prometheus": {"storageSpec": {"storageClassName": "x"}}}})
    assert asks_for_volumes({"spec": [{"persistentVolumeClaim": {"claimName": "x"}}]})
    assert not asks_for_volumes({"spec": {"volumeClaimTemplates": []}, "volumes": ["emptyDir"]})
