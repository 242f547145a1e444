// MLflow on a database and a bucket that are there already.
//
// The cluster has External Secrets, and its ClusterSecretStore `acme` holds the passwords.

import * as kubernetes from "@pulumi/kubernetes";
import * as stackwright from "@pulumi/stackwright";

const cluster = new kubernetes.Provider("cluster", { context: "acme" });

const tracking = new stackwright.Mlflow(
  "tracking",
  {
    scope: { name: "acme-ml", environment: "dev" },
    settings: { replicas: 2, allowedHosts: ["mlflow.example.com"] },
    backend: {
      host: "postgres.example.com",
      port: "5432",
      database: "mlflow",
      username: "mlflow",
      password: { store: "acme", key: "mlflow-database", property: "password" },
      sslmode: "verify-full",
    },
    artifacts: {
      bucket: "acme-artifacts",
      url: "s3://acme-artifacts/mlflow",
      region: "eu-west-1",
      endpoint: "https://s3.example.com",
      credentials: {
        accessKeyId: { store: "acme", key: "mlflow-s3", property: "id" },
        secretAccessKey: { store: "acme", key: "mlflow-s3", property: "key" },
      },
    },
    secrets: { store: "acme" },
  },
  { providers: [cluster] },
);

export const uri = tracking.uri;
