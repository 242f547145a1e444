"""The pipelines of our ML projects: jobs without a forge, and the files that forges read."""
