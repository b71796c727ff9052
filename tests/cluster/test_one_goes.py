"""One of the servers goes, killed or to be started again: nothing acknowledged is lost, nobody waits for long."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import httpx
import pytest
from cluster import Cluster, ClusterTable
from live_server import CLIENT_SECONDS, Pupil
from load import Load, losses

PUPILS = 8
# A server that starts takes one of the two processors of a small machine, and the other server what it needs of both.
TALKING, PAUSE_SECONDS = 4, 0.5
BACK_SECONDS = 10.0
ANSWER_SECONDS = 5.0
# Whoever is refused after so long had a server that was at it.
WAITED_SECONDS = 3.0


@pytest.fixture
def through_the_proxy(cluster: Cluster) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=cluster.proxy.url, timeout=CLIENT_SECONDS) as client:
        yield client


def test_killed_in_the_middle(
    cluster: Cluster, through_the_proxy: httpx.Client, table: ClusterTable, clock_counts: bool
) -> None:
    """The other one goes on with all conversations, and knows what they were about; choices stay good."""
    pupils = [Pupil(through_the_proxy) for _ in range(PUPILS)]
    replies = [pupil.say("quels métiers après MSPC ?") for pupil in pupils]
    with Load(cluster.proxy.url, TALKING, PAUSE_SECONDS, keys=True) as load:
        killed = time.monotonic()
        cluster.servers[0].kill()
        for pupil, (reply,) in zip(pupils, replies, strict=True):
            (answer,) = (message["answer"] for message in pupil.say("et ça dure combien de temps ?"))
            assert answer["outcome"] == "answered"
            assert answer["facets"] == ["duree"]
            assert answer["fiches"] == reply["answer"]["fiches"]
            assert pupil.choose(reply["choices"][0]["id"])
        back = load.wait_for_answers(since=killed)
        cluster.servers[0].start()
        load.wait_for_answers(since=time.monotonic())
    lost = losses([asked for asked in load.asked if asked.status == 200], cluster.kept())
    refused = [asked for asked in load.asked if asked.status != 200]
    slowest = max(asked.took for asked in load.asked)
    table.add(
        "one of two servers killed (SIGKILL) under load, and started again",
        f"{len(load.asked)} messages of {len(load._threads)} pupils, {PUPILS} conversations gone on with",
        f"{len(lost)} acknowledged messages lost or twice, {len(refused)} refused and sent again",
        f"slowest reply {slowest:.2f} s, all served again after {back:.2f} s",
    )
    assert not lost, lost[:5]
    assert all(asked.status == 503 for asked in refused), refused[:5]
    assert all("error" in asked.told for asked in refused)
    if clock_counts:
        assert slowest < ANSWER_SECONDS
        assert back < BACK_SECONDS


def test_rolling_restart(cluster: Cluster, table: ClusterTable, clock_counts: bool, patience: float) -> None:
    """Each server ended and started again in turn: no request fails for that.

    The first was, just before; where no table is made, it is the second one's turn alone.

    One that waited for the whole time of a reply did so for a processor, on a machine with too few of them: the table
    tells how many, and they are no failure here.
    """
    with Load(cluster.proxy.url, TALKING, PAUSE_SECONDS) as load:
        for server in cluster.servers if clock_counts else cluster.servers[1:]:
            assert server.stop(signal.SIGTERM) == 0, server.logged()[-3000:]
            server.start()
            load.wait_for_answers(since=time.monotonic())
    refused = [asked for asked in load.asked if asked.status != 200]
    failed = [asked for asked in refused if asked.status != 503 or asked.took < WAITED_SECONDS * patience]
    lost = losses(load.asked, cluster.kept())
    slowest = max(asked.took for asked in load.asked)
    table.add(
        "both servers started again in turn (SIGTERM) under load",
        f"{len(load.asked)} messages of {len(load._threads)} pupils",
        f"{len(failed)} failed, {len(refused) - len(failed)} timed out, {len(lost)} lost or twice",
        f"slowest reply {slowest:.2f} s",
    )
    assert not failed, failed[:5]
    assert not lost, lost[:5]
    assert slowest < ANSWER_SECONDS or not clock_counts
