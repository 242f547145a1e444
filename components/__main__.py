"""Serves every tool's components to Pulumi programs in other languages."""

import importlib

from pulumi.provider.experimental import component_provider_host

from stackwright import catalog

COMPONENTS = [
    getattr(importlib.import_module(module), name)
    for tools in catalog.capabilities().values()
    for settings in tools.values()
    for module, name in (settings.component_path(layer) for layer in sorted(settings.parts))
]

if __name__ == "__main__":
    component_provider_host(name="stackwright", components=COMPONENTS)
