"""The life of an environment on the real Pulumi engine."""

import os

# gRPC reads it when it is first imported. Its own care for forks writes to standard error each
# time that the engine is started, and what we start never comes back to this code.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
