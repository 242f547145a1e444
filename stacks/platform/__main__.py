"""The platform: what runs in the cluster of one environment.

`pulumi up` here deploys the environment that the stack is named after, as the blueprint says.
"""

import stackwright

platform = stackwright.build("platform")

# Resources of your own may follow, with `platform.provider`; `platform.components` holds each tool.
