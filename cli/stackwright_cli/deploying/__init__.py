"""How a person and a script see an environment being previewed, deployed and destroyed."""
