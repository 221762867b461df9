"""The contenders of the comparison, one a module; what runs in a worker process is beside it."""
