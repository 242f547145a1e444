"""MLflow on a database and a bucket that are there already.

The cluster has External Secrets, and its ClusterSecretStore `acme` holds the passwords.
"""

import pulumi
import pulumi_kubernetes as kubernetes

from stackwright.contracts import ObjectStore, RelationalDatabase, SecretSource, SecretStore
from stackwright.tracking.mlflow.component import Mlflow

provider = kubernetes.Provider("cluster", context="acme")

tracking = Mlflow(
    "tracking",
    {
        "scope": {"name": "acme-ml", "environment": "dev"},
        "settings": {"replicas": 2, "allowed_hosts": ["mlflow.example.com"]},
        "backend": RelationalDatabase(
            host="postgres.example.com",
            port="5432",
            database="mlflow",
            username="mlflow",
            password=SecretSource(store="acme", key="mlflow-database", property="password"),
            sslmode="verify-full",
        ),
        "artifacts": ObjectStore(
            bucket="acme-artifacts",
            url="s3://acme-artifacts/mlflow",
            region="eu-west-1",
            endpoint="https://s3.example.com",
            credentials={
                "access_key_id": SecretSource(store="acme", key="mlflow-s3", property="id"),
                "secret_access_key": SecretSource(store="acme", key="mlflow-s3", property="key"),
            },
        ),
        "secrets": SecretStore(store="acme"),
    },
    pulumi.ResourceOptions(providers=[provider]),
)

pulumi.export("uri", tracking.uri)
