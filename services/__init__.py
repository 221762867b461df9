"""The services that run in production: the detector and the API."""
