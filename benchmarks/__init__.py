"""Measurements. Nothing here asserts: figures depend on the machine, so look at the ratios."""
