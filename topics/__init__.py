"""The contracts: topics, schemas, the catalogue of events, and the codec of every message."""
