"""The safe way to change something that holds data, in steps."""

from __future__ import annotations

from collections.abc import Mapping

_DATABASE = (
    "Take a snapshot of it, and copy it to another account or region.",
    "Restore the snapshot under another name, with the new settings, and compare the data.",
    "Stop what writes to it, take over the last changes, and let it use the restored one.",
)

_SNAPSHOT = (
    "Take a snapshot of it by hand, and wait until it is complete.",
    "Make the new one from the snapshot under another name, and compare the data.",
    "Let what uses it use the new one, and only then let the old one go.",
)

_FILES = (
    "Make the new file system beside it, under another name.",
    "Copy the files with AWS DataSync, and compare the two sides in its report.",
    "Stop what writes, copy once more, and mount the new one.",
)

_STREAM = (
    "Make the new one beside it, under another name, and let what writes write there.",
    "Wait until what reads has read the old one to its end.",
)

_STUDIO = (
    "Let every user save running work, and copy the home directories to a bucket.",
    "Make the new domain beside it, and copy the directories into its file system.",
)

WAYS: Mapping[str, tuple[str, ...]] = {
    "aws:cloudwatch/logGroup:LogGroup": (
        "Export its events to a bucket (CreateExportTask), and wait until the export is complete.",
    ),
    "aws:docdb/cluster:Cluster": _DATABASE,
    "aws:dynamodb/table:Table": (
        "Take a backup of it, or export it to a bucket by point-in-time recovery.",
        "Restore it as a table of another name, and compare the number of items.",
        "Stop what writes, take over the last changes, and let it use the new table.",
    ),
    "aws:ebs/volume:Volume": _SNAPSHOT,
    "aws:ecr/repository:Repository": (
        "Make the new repository beside it, under another name.",
        "Copy every image by its digest (crane copy or skopeo sync).",
        "Let deployments name the new repository, and wait until none pulls from the old one.",
    ),
    "aws:efs/fileSystem:FileSystem": _FILES,
    "aws:eks/cluster:Cluster": (
        "Add a second environment to the blueprint, with a cluster of its own, and deploy it.",
        "Back up what runs on the old cluster with its volumes (Velero), and restore it there.",
        "Move the traffic over, watch it, and only then let the old cluster go.",
    ),
    "aws:elasticache/cluster:Cluster": _SNAPSHOT,
    "aws:elasticache/replicationGroup:ReplicationGroup": _SNAPSHOT,
    "aws:fsx/lustreFileSystem:LustreFileSystem": _FILES,
    "aws:kinesis/stream:Stream": _STREAM,
    "aws:kms/key:Key": (
        "Find what is encrypted with the key: buckets, volumes, databases, snapshots and secrets.",
        "Encrypt all of it with the new key: copy objects onto themselves, copy snapshots with the"
        " new key, write secrets again.",
        "Switch the old key off for some days before it is deleted, and watch for refused calls.",
    ),
    "aws:memorydb/cluster:Cluster": _SNAPSHOT,
    "aws:msk/cluster:Cluster": (
        "Make the new cluster beside it, and copy topics and offsets (MSK Replicator).",
        "Move what reads first, then what writes, and wait until nothing lags.",
    ),
    "aws:neptune/cluster:Cluster": _DATABASE,
    "aws:opensearch/domain:Domain": (
        "Take a snapshot of all indices by hand, into a bucket of yours.",
        "Restore it in a domain of another name, and compare the number of documents.",
        "Let what uses it use the new domain.",
    ),
    "aws:rds/cluster:Cluster": _DATABASE,
    "aws:rds/instance:Instance": _DATABASE,
    "aws:redshift/cluster:Cluster": _SNAPSHOT,
    "aws:s3/bucket:Bucket": (
        "Make the new bucket beside it, under another name.",
        "Copy every object with its versions (S3 Batch Replication), and compare both inventories.",
        "Let what writes use the new bucket, copy what came meanwhile, and empty the old one.",
    ),
    "aws:sagemaker/domain:Domain": _STUDIO,
    "aws:sagemaker/userProfile:UserProfile": _STUDIO,
    "aws:secretsmanager/secret:Secret": (
        "Write the value into the new secret, by a tool that does not show it.",
        "Let what reads it name the new secret, and watch that nobody reads the old one.",
    ),
    "aws:sqs/queue:Queue": _STREAM,
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": (
        "Write down every object of the kind: kubectl get KIND --all-namespaces -o yaml.",
        "Find out what the objects stand for and would take with them, and keep that apart.",
    ),
    "kubernetes:apps/v1:StatefulSet": (
        "Find its volume claims, and take a VolumeSnapshot of each.",
        "Give the volumes the reclaim policy Retain before anything is deleted.",
    ),
    "kubernetes:core/v1:Namespace": (
        "List what is in the namespace, above all volume claims, secrets and certificates.",
        "Give the volumes the reclaim policy Retain, and take a VolumeSnapshot of each claim.",
        "Restore what is needed in the new namespace before the old one goes.",
    ),
    "kubernetes:core/v1:PersistentVolume": (
        "Take a snapshot of the disk behind it, and set its reclaim policy to Retain.",
    ),
    "kubernetes:core/v1:PersistentVolumeClaim": (
        "Take a VolumeSnapshot of the claim, and wait until it is ready to use.",
        "Make the new claim from the snapshot (dataSource), under another name.",
        "Let the pods use the new claim, and check the files.",
    ),
    "kubernetes:helm.sh/v3:Release": (
        "Write down the release's values, and its volume claims, secrets and custom resources.",
        "Find out which of them Helm deletes: all but those with the annotation"
        " helm.sh/resource-policy: keep, and but the claims that stateful sets made, which stay"
        " behind until they are deleted by hand.",
        "Take a VolumeSnapshot of each claim that matters.",
        "Where the new release lays its data out otherwise, it reads no old volume: copy the data"
        " through the program itself (a store of objects: rclone sync; a database: its dump).",
    ),
    "kubernetes:postgresql.cnpg.io/v1:Cluster": (
        "Take a backup now (a Backup object), and wait until it is completed.",
        "Make the new cluster under another name, by bootstrap.recovery from the backup, or by"
        " bootstrap.initdb.import from the running one.",
        "Stop what writes, compare the data, and let it use the new cluster.",
    ),
}
"""Type -> the steps before the old one may go."""

GENERAL = (
    "Back up what is in it, outside of it, and try to restore the backup.",
    "Make the new one beside it, under another name, and move what uses it over.",
)
"""The steps for every other type."""
