"""KServe: models served by one short custom resource each."""
