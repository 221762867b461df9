"""The command line, and the local runner behind `touchstone up`."""
