"""Every metric of the API. No label ever holds a customer's id."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """The metrics of one API process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "touchstone_api_requests",
            "Requests answered, by method, route and status. Many 401: a client without a token.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "touchstone_api_request_seconds",
            "Time to the start of the answer, by route. High: look at the lag and at the disk.",
            ["route"],
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0),
            registry=self.registry,
        )
        self.stream_clients = Gauge(
            "touchstone_stream_clients",
            "Clients connected to the live stream.",
            registry=self.registry,
        )
        self.stream_cut = Counter(
            "touchstone_stream_clients_cut",
            "Clients cut off because they did not keep up. High: a slow network, or wide filters.",
            registry=self.registry,
        )
        self.lag_seconds = Gauge(
            "touchstone_read_model_lag_seconds",
            "Age of the oldest record not yet in the read model. High: the disk, or the broker.",
            registry=self.registry,
        )
        self.lag_records = Gauge(
            "touchstone_read_model_lag_records",
            "Offsets of the followed topics that are not yet in the read model.",
            registry=self.registry,
        )
        self.rows = Counter(
            "touchstone_read_model_rows",
            "Rows written into the read model, by table.",
            ["table"],
            registry=self.registry,
        )
