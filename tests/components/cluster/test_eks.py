from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.cluster.eks.component import Eks
from stackwright.cluster.eks.connection import EksAccess
from stackwright.cluster.eks.settings import EksSettings
from stackwright.contracts import Network
from stackwright.plan.graph import Resource
from stackwright.scope import Scope

ADMINISTRATOR = "arn:aws:iam::123456789012:role/platform-admin"
REQUIRED: dict[str, Any] = {
    "access": {"endpoint": "private", "via": "vpn"},
    "administrators": [ADMINISTRATOR],
}
NETWORK = Network(
    vpc_id="vpc-1",
    vpc_cidr="10.20.0.0/16",
    private_subnet_ids=["subnet-1", "subnet-2"],
    public_subnet_ids=["subnet-3", "subnet-4"],
)

Cluster = Callable[..., Mapping[str, Resource]]


@pytest.fixture
def cluster(scope: Scope, on_aws: Any) -> Cluster:
    def make(**settings: Any) -> Mapping[str, Resource]:
        def program(opts: pulumi.ResourceOptions) -> None:
            chosen: Any = {**REQUIRED, **settings}
            Eks("cluster", {"scope": scope, "settings": chosen, "network": NETWORK}, opts)

        made: Mapping[str, Resource] = on_aws(program)
        return made

    return make


@pytest.fixture
def connection(scope: Scope, on_aws: Any) -> Cluster:
    def make(**settings: Any) -> Mapping[str, Resource]:
        def program(opts: pulumi.ResourceOptions) -> None:
            chosen: Any = {**REQUIRED, **settings}
            EksAccess(
                "cluster",
                {
                    "scope": scope,
                    "settings": chosen,
                    "foundation": {
                        "cluster_name": "acme-ml-prod-cluster",
                        "cluster_identifier": "https://1.eks.amazonaws.com",
                        "certificate_authority": "Y2VydA==",
                        "security_group_id": "sg-1",
                        "key_arn": "arn:aws:kms:eu-west-1:123456789012:key/1",
                    },
                },
            )

        made: Mapping[str, Resource] = on_aws(program)
        return made

    return make


def pool(**settings: Any) -> dict[str, Any]:
    return {"general": {}, "extra": settings}


def refused(**settings: Any) -> str:
    text = json.dumps({"kind": "eks", **REQUIRED, **settings})
    with pytest.raises(ValidationError) as error:
        EksSettings.model_validate_json(text)
    return str(error.value)


def test_a_cluster_with_default_pools_is_made_of_these_resources(cluster: Cluster) -> None:
    assert sorted(set(cluster()) - {"aws"}) == [
        "cluster",
        "cluster-AmazonEKSClusterPolicy",
        "cluster-add-on-aws-ebs-csi-driver",
        "cluster-add-on-coredns",
        "cluster-add-on-eks-pod-identity-agent",
        "cluster-add-on-kube-proxy",
        "cluster-add-on-metrics-server",
        "cluster-add-on-vpc-cni",
        "cluster-administrator-123456789012/platform-admin",
        "cluster-administrator-123456789012/platform-admin-policy",
        "cluster-api-from-network",
        "cluster-key",
        "cluster-key-alias",
        "cluster-logs",
        "cluster-node-AmazonEC2ContainerRegistryPullOnly",
        "cluster-node-AmazonEKSWorkerNodePolicy",
        "cluster-node-AmazonEKS_CNI_Policy",
        "cluster-node-role",
        "cluster-pool-general",
        "cluster-pool-general-template",
        "cluster-pool-gpu",
        "cluster-pool-gpu-template",
        "cluster-role",
        "cluster-secrets-key",
        "cluster-volumes-AmazonEBSCSIDriverPolicyV2",
        "cluster-volumes-key",
        "cluster-volumes-role",
    ]


def test_a_private_cluster_has_no_public_endpoint(cluster: Cluster) -> None:
    assert cluster()["cluster"].inputs["vpcConfig"] == {
        "subnetIds": ["subnet-1", "subnet-2"],
        "endpointPrivateAccess": True,
        "endpointPublicAccess": False,
    }


def test_a_public_endpoint_answers_only_the_named_ranges(cluster: Cluster) -> None:
    access = {"endpoint": "public", "allowed_cidrs": ["203.0.113.0/24"]}
    config = cluster(access=access)["cluster"].inputs["vpcConfig"]
    assert config["endpointPrivateAccess"] is True
    assert config["publicAccessCidrs"] == ["203.0.113.0/24"]


def test_a_private_endpoint_is_reached_from_the_network_and_the_named_ranges(
    cluster: Cluster,
) -> None:
    access = {"endpoint": "private", "via": "vpn", "allowed_cidrs": ["10.99.0.0/16"]}
    made = cluster(access=access)
    rules = {
        name: (rule.inputs["cidrIpv4"], rule.inputs["fromPort"], rule.inputs["toPort"])
        for name, rule in made.items()
        if rule.type.endswith("SecurityGroupIngressRule")
    }
    assert rules == {
        "cluster-api-from-network": ("10.20.0.0/16", 443, 443),
        "cluster-api-from-10.99.0.0/16": ("10.99.0.0/16", 443, 443),
    }


def test_secrets_logs_and_disks_are_encrypted_with_the_clusters_key(cluster: Cluster) -> None:
    made = cluster()
    key = "::cluster-key#arn}"
    encryption = made["cluster"].inputs["encryptionConfig"]
    disk = made["cluster-pool-general-template"].inputs["blockDeviceMappings"][0]["ebs"]
    assert encryption["resources"] == ["secrets"]
    assert encryption["provider"]["keyArn"].endswith(key)
    assert made["cluster-logs"].inputs["kmsKeyId"].endswith(key)
    assert disk["encrypted"] == "true"
    assert disk["kmsKeyId"].endswith(key)


def test_every_control_plane_log_is_kept_in_a_group_that_is_there_before(cluster: Cluster) -> None:
    made = cluster()
    logs = made["cluster-logs"]
    assert made["cluster"].inputs["enabledClusterLogTypes"] == [
        "api",
        "audit",
        "authenticator",
        "controllerManager",
        "scheduler",
    ]
    assert logs.inputs["name"] == "/aws/eks/acme-ml-prod-cluster/cluster"
    assert logs.inputs["retentionInDays"] == 365
    assert logs.urn in made["cluster"].dependencies


def test_only_named_roles_administer_the_cluster(cluster: Cluster) -> None:
    made = cluster()
    assert made["cluster"].inputs["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }
    entries = [found for found in made.values() if found.type.endswith(":AccessEntry")]
    assert [entry.inputs["principalArn"] for entry in entries] == [ADMINISTRATOR]


def test_the_cluster_is_protected_and_so_are_its_key_and_logs(cluster: Cluster) -> None:
    made = cluster()
    protected = {name for name, found in made.items() if found.options.protect}
    assert protected == {"cluster", "cluster-key", "cluster-logs"}
    assert made["cluster"].inputs["deletionProtection"] is True


def test_pods_do_not_reach_the_nodes_credentials(cluster: Cluster) -> None:
    assert cluster()["cluster-pool-gpu-template"].inputs["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }


def test_nodes_stand_in_private_subnets_without_a_door(cluster: Cluster) -> None:
    made = cluster()
    groups = [found for found in made.values() if found.type.endswith(":NodeGroup")]
    assert [group.inputs["subnetIds"] for group in groups] == [["subnet-1", "subnet-2"]] * 2
    assert not any("remoteAccess" in group.inputs for group in groups)


def test_network_policies_are_enforced_before_a_node_starts(cluster: Cluster) -> None:
    made = cluster()
    network = made["cluster-add-on-vpc-cni"]
    assert json.loads(network.inputs["configurationValues"]) == {"enableNetworkPolicy": "true"}
    assert network.urn in made["cluster-pool-general"].dependencies


def test_a_gpu_pool_starts_empty_and_takes_only_pods_that_ask_for_it(cluster: Cluster) -> None:
    inputs = cluster()["cluster-pool-gpu"].inputs
    assert inputs["scalingConfig"] == {"minSize": 0, "maxSize": 4, "desiredSize": 0}
    assert inputs["amiType"] == "AL2023_x86_64_NVIDIA"
    assert inputs["labels"] == {"stackwright.dev/pool": "gpu"}
    assert inputs["taints"] == [{"key": "nvidia.com/gpu", "value": "true", "effect": "NO_SCHEDULE"}]


def test_what_an_autoscaler_did_is_not_undone(cluster: Cluster) -> None:
    assert cluster()["cluster-pool-general"].options.ignore_changes == (
        "scalingConfig.desiredSize",
    )


def test_a_pool_says_how_it_is_bought_labelled_and_tainted(cluster: Cluster) -> None:
    made = cluster(
        node_pools=pool(
            instance_types=["m7g.large"],
            capacity="spot",
            labels={"team": "research"},
            taints=[{"key": "dedicated", "value": "training", "effect": "PreferNoSchedule"}],
            desired_size=3,
        )
    )
    inputs = made["cluster-pool-extra"].inputs
    assert inputs["capacityType"] == "SPOT"
    assert inputs["amiType"] == "AL2023_ARM_64_STANDARD"
    assert inputs["labels"] == {"team": "research", "stackwright.dev/pool": "extra"}
    assert inputs["taints"] == [
        {"key": "dedicated", "value": "training", "effect": "PREFER_NO_SCHEDULE"}
    ]
    assert inputs["scalingConfig"]["desiredSize"] == 3


def test_pools_come_and_go_without_moving_anything_else(cluster: Cluster) -> None:
    before = cluster(node_pools={"general": {}, "old": {}})
    after = cluster(node_pools={"new": {}, "general": {}})
    gone = {name for name in before if name not in after}
    assert gone == {"cluster-pool-old", "cluster-pool-old-template"}
    assert all(after[name].urn == before[name].urn for name in set(before) - gone)


def test_add_on_versions_are_left_to_eks_unless_given(cluster: Cluster) -> None:
    made = cluster(add_on_versions={"coredns": "v1.13.1-eksbuild.1"})
    versions = {
        name: found.inputs.get("addonVersion")
        for name, found in made.items()
        if found.type.endswith(":Addon") and found.inputs.get("addonVersion")
    }
    assert versions == {"cluster-add-on-coredns": "v1.13.1-eksbuild.1"}


def test_the_autoscaling_role_is_made_only_on_demand_and_never_deleted(cluster: Cluster) -> None:
    assert "cluster-autoscaling-role" not in cluster()
    made = cluster(create_autoscaling_role=True)
    assert made["cluster-autoscaling-role"].options.retain_on_delete is True
    assert made["cluster-autoscaling-role"].urn in made["cluster-key"].dependencies


def test_the_platform_connects_with_short_lived_credentials(connection: Cluster) -> None:
    provider = connection()["cluster-provider"].inputs
    config = json.loads(provider["kubeconfig"])
    assert provider["clusterIdentifier"] == "https://1.eks.amazonaws.com"
    assert config["clusters"][0]["cluster"]["server"] == "https://1.eks.amazonaws.com"
    (user,) = config["users"]
    assert set(user["user"]) == {"exec"}
    assert user["user"]["exec"]["args"] == [
        "eks",
        "get-token",
        "--output",
        "json",
        "--region",
        "eu-west-1",
        "--cluster-name",
        "acme-ml-prod-cluster",
    ]


@pytest.mark.parametrize("policy", ["Retain", "Delete"])
def test_volumes_are_encrypted_and_kept_as_the_setting_says(
    connection: Cluster, policy: str
) -> None:
    inputs = connection(volume_reclaim_policy=policy)["cluster-storage-class"].inputs
    assert inputs["parameters"] == {
        "type": "gp3",
        "encrypted": "true",
        "kmsKeyId": "arn:aws:kms:eu-west-1:123456789012:key/1",
        "csi.storage.k8s.io/fstype": "ext4",
    }
    assert inputs["reclaimPolicy"] == policy
    assert inputs["volumeBindingMode"] == "WaitForFirstConsumer"
    annotations = inputs["metadata"]["annotations"]
    assert annotations == {"storageclass.kubernetes.io/is-default-class": "true"}


def test_a_storage_class_of_other_fixed_fields_takes_the_place_of_the_old_one(
    connection: Cluster,
) -> None:
    options = connection()["cluster-storage-class"].options
    assert options.replace_on_changes == ("reclaimPolicy", "volumeBindingMode")
    assert options.delete_before_replace is True


def test_an_administrator_of_another_partition_is_refused(scope: Scope) -> None:
    china = "arn:aws-cn:iam::123456789012:role/platform-admin"
    settings = EksSettings.model_validate_json(
        json.dumps({"kind": "eks", **REQUIRED, "administrators": [ADMINISTRATOR, china]})
    )
    (misfit,) = settings.misfits(scope)
    assert misfit[0] == ("administrators", 1)
    assert misfit[1].endswith("it begins with arn:aws:.")


@pytest.mark.parametrize(
    "cidr", ["0.0.0.0/0", "::/0", "10.0.0.0/8", "203.0.0.0/15", "203.0.113.5/24", "203.0.113.0"]
)
def test_a_range_that_is_too_wide_or_no_range_is_refused(cidr: str) -> None:
    assert "access" in refused(access={"endpoint": "public", "allowed_cidrs": [cidr]})


@pytest.mark.parametrize(
    "settings",
    [
        {"access": {"endpoint": "public"}},
        {"access": {"endpoint": "public", "allowed_cidrs": []}},
        {"access": {"endpoint": "private"}},
        {"access": {"endpoint": "public", "via": "vpn", "allowed_cidrs": ["203.0.113.0/24"]}},
        {"administrators": []},
        {"administrators": ["arn:aws:iam::123456789012:root"]},
        {"administrators": ["arn:aws:iam::123456789012:user/me"]},
        {"administrators": ["arn:aws:iam::123456789012:role/*"]},
        {"administrators": [ADMINISTRATOR, ADMINISTRATOR]},
        {"version": "1.33"},
        {"log_retention_days": 90},
        {"add_on_versions": {"coredns": "latest"}},
        {"node_pools": {}},
        {"node_pools": {"general": {"min_size": 0}}},
        {"node_pools": {"general": {"taints": [{"key": "dedicated"}]}}},
        {"node_pools": pool(min_size=3, max_size=2)},
        {"node_pools": pool(min_size=1, max_size=2, desired_size=3)},
        {"node_pools": pool(instance_types=["m7i.large", "m7g.large"])},
        {"node_pools": pool(instance_types=["g6.xlarge"])},
        {"node_pools": pool(gpu=True)},
        {"node_pools": pool(disk_gib=10)},
    ],
)
def test_settings_that_make_no_safe_cluster_are_refused(settings: dict[str, Any]) -> None:
    assert "EksSettings" in refused(**settings)
