"""The pure engine: model language, fold, clock, explanation. No I/O, no async, no wall clock."""
