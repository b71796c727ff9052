"""Whatever fails: a reply or a clear refusal in time, back soon after, nothing lost that was acknowledged."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from urllib.parse import urlsplit

import httpx
import pytest
from faults import ALONE, SHARED, Fault, Site
from live_server import CLIENT_SECONDS, PATIENT_SECONDS, Pupil, wait_for
from load import NO_ANSWER, Asked, Load, kept_in, losses
from results import Result, Results

ANSWER_SECONDS = 5.0
BACK_SECONDS = 10.0
STALL_SECONDS = 1.0
# Made once, a fault lasts no longer than this, or until everyone learnt of it.
SHORT_SECONDS = 5.5
# A message sent so long ago has reached the server.
SINCE = 0.5


@pytest.mark.parametrize("fault", ALONE, ids=str)
def test_alone(fault: Fault, time_number: int, times: int, alone: Site, results: Results, clock_counts: bool) -> None:
    if "full" in fault.name and not alone.small_disk:
        pytest.skip("a small disk cannot be mounted here")
    endured(fault, alone, results, fault.seconds if times > 1 else min(fault.seconds, SHORT_SECONDS), clock_counts)


@pytest.mark.parametrize("fault", SHARED, ids=str)
def test_shared(
    fault: Fault, time_number: int, times: int, shared_site: Site, results: Results, clock_counts: bool
) -> None:
    seconds = fault.seconds if times > 1 else min(fault.seconds, SHORT_SECONDS)
    endured(fault, shared_site, results, seconds, clock_counts)


def endured(fault: Fault, site: Site, results: Results, seconds: float, clock_counts: bool) -> None:
    """Make a fault under load for some seconds, put it right, and hold what is promised against what happened."""
    site.stall_file.unlink(missing_ok=True)
    with Load(site.server.url) as load:
        start = time.monotonic()
        with fault.cause(site):
            wait_for(lambda: enough(load, start, seconds), seconds + PATIENT_SECONDS, "messages meanwhile")
        mended = time.monotonic()
        back = load.wait_for_answers(since=mended)
    lost = losses(load.asked, kept_in(site.stores()))
    result = measured(load, start, mended, back, len(lost), float(site.stall_file.read_text()))
    results.add(fault.name, result)
    assert not lost, lost[:5]
    assert all(proper(asked) for asked in load.asked), [asked for asked in load.asked if not proper(asked)][:5]
    if clock_counts:
        assert result.slowest < ANSWER_SECONDS
        assert result.stall < STALL_SECONDS
        assert back < BACK_SECONDS
    assert httpx.get(f"{site.server.url}/health", timeout=CLIENT_SECONDS).status_code == 200
    if fault.refuses is not None:
        assert bool(result.refused) is fault.refuses


def enough(load: Load, start: float, seconds: float) -> bool:
    """Whether the fault lasted, and everyone learnt of it."""
    since = load.during(start, time.monotonic())
    return time.monotonic() - start > seconds and len({asked.pupil for asked in since}) == len(load._threads)


def proper(asked: Asked) -> bool:
    """A reply, or a refusal that a person understands."""
    body = json.loads(asked.told)
    if asked.status == 200:
        return bool(body["messages"])
    return asked.status == 503 and body["error"]["code"] == "down" and len(body["error"]["message"]) > 15


def measured(load: Load, start: float, mended: float, back: float, lost: int, stall: float) -> Result:
    meanwhile = load.during(start, mended)
    statuses = [asked.status for asked in meanwhile]
    return Result(
        meanwhile=len(meanwhile),
        answered=statuses.count(200),
        refused=statuses.count(503),
        unconnected=statuses.count(NO_ANSWER),
        slowest=max(asked.took for asked in load.asked if asked.status != NO_ANSWER),
        stall=stall,
        back=back,
        acknowledged=sum(asked.status == 200 for asked in load.asked),
        lost=lost,
    )


def test_a_conversation_with_too_many_messages_waiting(alone: Site) -> None:
    alone.fault_file.write_text("action is slow")
    with httpx.Client(base_url=alone.server.url, timeout=CLIENT_SECONDS) as client:
        pupil = Pupil(client)
        statuses: list[int] = []

        def ask() -> None:
            reply = pupil.post(text="merci")
            statuses.append(reply.status_code)
            if reply.status_code == 429:
                assert reply.headers["Retry-After"] == "1"
                assert reply.json()["error"]["code"] == "busy"

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    alone.fault_file.unlink()
    assert statuses.count(429) == 3
    assert statuses.count(200) >= 3


def test_the_same_key_again_after_a_reply_that_came_too_late(alone: Site) -> None:
    """The turn goes on when its client was told to come back: asked again, it is not done twice."""
    with httpx.Client(base_url=alone.server.url, timeout=CLIENT_SECONDS) as client:
        pupil = Pupil(client)
        pupil.say("bonjour")
        alone.fault_file.write_text("action is slow")
        others = [threading.Thread(target=pupil.post, kwargs={"text": "merci"}) for _ in range(4)]
        for other in others:
            other.start()
        text = "combien de temps dure le MSPC ? et la suite"
        replies = [pupil.post(text=text, key="k") for _ in range(2)]
        for other in others:
            other.join()
    alone.fault_file.unlink()
    assert replies[1].status_code == 200
    assert len(kept_in(alone.stores())[text]) == 1


def test_health_tells_of_a_store_that_is_down(shared_site: Site) -> None:
    def status() -> tuple[int, str]:
        reply = httpx.get(f"{shared_site.server.url}/health", timeout=CLIENT_SECONDS)
        return reply.status_code, reply.json()["status"]

    assert status() == (200, "ok")
    for server in (shared_site.postgres, shared_site.redis):
        assert server is not None
        server.stop()
        assert status() == (503, "unavailable")
        server.start()
        assert status() == (200, "ok")


def test_killed_and_started_again(
    time_number: int, times: int, alone: Site, results: Results, clock_counts: bool
) -> None:
    if times == 1:
        pytest.skip("tests/cluster kills a server too: this one only by `make faults`")
    with Load(alone.server.url) as load:
        start = time.monotonic()
        alone.server.stop(signal.SIGKILL)
        alone.stall_file.unlink(missing_ok=True)
        alone.server.start()
        mended = time.monotonic()  # the model is loaded
        back = load.wait_for_answers(since=mended)
    lost = losses(load.asked, kept_in(alone.stores()))
    result = measured(load, start, mended, back, len(lost), float(alone.stall_file.read_text()))
    results.add("Rasa killed (SIGKILL) and started again", result)
    assert not lost, lost[:5]
    assert all(proper(asked) for asked in load.asked if asked.status != NO_ANSWER)
    if clock_counts:
        assert result.slowest < ANSWER_SECONDS
        assert back < BACK_SECONDS


def test_terminated_in_the_middle_of_turns(
    time_number: int, times: int, alone: Site, results: Results, clock_counts: bool
) -> None:
    """SIGTERM: what is under way is answered, what comes is told to come back or finds nobody; then it ends.

    Those who sent half a request hold it up no more than those who sent none.
    """
    address = urlsplit(alone.server.url)
    half_sent = [socket.create_connection((address.hostname, address.port)) for _ in range(20)]
    for number, late in enumerate(half_sent):
        late.sendall(b"POST /chat/session HTTP/1.1\r\nHost: x\r\n" + b"Content-Length: 9\r\n\r\n" * (number % 2))
    alone.fault_file.write_text("action is slow")
    with Load(alone.server.url) as load:
        wait_for(lambda: load.under_way(SINCE) >= 3, PATIENT_SECONDS, "turns under way")
        ended = time.monotonic()
        status = alone.server.stop(signal.SIGTERM)
        took = time.monotonic() - ended
    alone.fault_file.unlink()
    lost = losses(load.asked, kept_in(alone.stores()))
    for late in half_sent:
        late.close()
    alone.stall_file.unlink(missing_ok=True)
    if times > 1:  # else nobody needs it any more
        alone.server.start()
    mended = time.monotonic()
    results.add("Rasa terminated (SIGTERM) with turns under way", measured(load, ended, mended, took, len(lost), 0.0))
    assert status == 0, alone.server.logged()[-3000:]
    assert took < BACK_SECONDS or not clock_counts
    assert not lost, lost[:5]
    under_way = [asked for asked in load.during(0.0, ended - SINCE) if asked.at + asked.took > ended]
    assert len(under_way) >= 3
    # One that a busy machine had not brought to the server yet is told to come back.
    assert all(proper(asked) for asked in under_way)
    assert sum(asked.status == 200 for asked in under_way) >= 3
    after = load.during(ended, mended)
    assert {asked.status for asked in after} <= {503, NO_ANSWER}
    assert all(proper(asked) for asked in after if asked.status == 503)
