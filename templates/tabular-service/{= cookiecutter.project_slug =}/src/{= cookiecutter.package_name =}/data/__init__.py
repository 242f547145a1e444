"""Data: the contract, where rows come from, what is valid, and the frozen holdout."""
