"""A diff shown to people and to machines: text, Markdown, HTML, SARIF; no Pulumi is needed."""
