"""The Prometheus metrics of the server. No label contains a text, a session or an address."""

from __future__ import annotations

from prometheus_client import Counter, Histogram, start_http_server

REQUESTS = Counter("jalon_requests", "Requests, by route and status", ["route", "status"])
SECONDS = Histogram(
    "jalon_request_seconds",
    "Seconds from a request to its reply, by route",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20),
)
REPLIES = Counter("jalon_replies", "Messages in reply to pupils, by outcome", ["outcome"])
RATE_LIMITED = Counter("jalon_rate_limited", "Requests refused as too fast, by limit", ["limit"])
FEEDBACK = Counter("jalon_feedback", "Replies rated by pupils, by whether they were useful", ["useful"])
PURGED = Counter("jalon_purged", "Rows that grew too old and were removed, by what they hold", ["what"])


def serve_metrics(port: int) -> None:
    """Serve /metrics on 127.0.0.1 at `port`, in a thread of its own; raises OSError if the port is taken."""
    start_http_server(port, addr="127.0.0.1")
