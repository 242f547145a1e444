"""ML projects: templates, the questions they ask, and what is written from the answers."""
