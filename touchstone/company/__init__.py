"""A small simulated company: what its customers do, as events, from a seed alone."""
