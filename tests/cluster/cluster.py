"""The cluster of these tests, and the table of what it went through."""

from __future__ import annotations

from dataclasses import dataclass

import psutil
from live_server import LiveServer
from load import Kept, kept_in
from services import NginxServer, PostgresServer, RedisServer

# Messages a minute in one session: more than any dialogue of these tests has.
SESSION_LIMIT = 250


@dataclass(frozen=True)
class Cluster:
    """Two servers, what they share, and the proxy in front of them."""

    servers: tuple[LiveServer, LiveServer]
    postgres: PostgresServer
    redis: RedisServer
    proxy: NginxServer
    conversations: str

    def kept(self) -> dict[str, list[Kept]]:
        """The messages of users in the store, by their text."""
        return kept_in([self.conversations])

    def processor_seconds(self) -> dict[str, float]:
        """The time of processors that each part has used until now, all its processes together."""
        parts = {"servers": [s.pid for s in self.servers], "PostgreSQL": [self.postgres.pid]}
        parts["Redis"] = [self.redis.pid]
        return {name: sum(map(_used, pids)) for name, pids in parts.items()}


def _used(pid: int) -> float:
    main = psutil.Process(pid)
    return sum(sum(process.cpu_times()[:2]) for process in [main, *main.children(recursive=True)])


_HEAD = ("| what | how much | wrong | measured |", "| --- | --- | --- | --- |")


class ClusterTable:
    """Rows in the order they came."""

    def __init__(self) -> None:
        self._rows: list[str] = []

    def add(self, what: str, how_much: str, wrong: str, measured: str) -> None:
        self._rows.append(f"| {what} | {how_much} | {wrong} | {measured} |")

    def markdown(self) -> str:
        return "\n".join([*_HEAD, *self._rows])
