"""Break everything that can break under a running deployment, then count what it said.

`make chaos ROUNDS=50`; CONTRIBUTING.md says how to read what it prints.
"""
