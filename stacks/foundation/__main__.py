"""The foundation: the network, the cluster, buckets, databases and roles of one environment.

`pulumi up` here deploys the environment that the stack is named after, as the blueprint says.
"""

import stackwright

platform = stackwright.build("foundation")

# Resources of your own may follow, with `platform.provider`; `platform.components` holds each tool.
