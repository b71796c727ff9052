"""Play the evaluation dialogues of ../shared and the held-out questions on jobs against a real server over the whole
catalogue: `make eval`.

Exit status: 1 when the share of right turns is too low, 2 when ../shared or the server cannot be used.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.fiches import BUILD, FORMATIONS, SHARED, NoSharedFolder, extract_fiches, need
from benchmarks.report import say
from bot.settings import ROOT

UNUSABLE = 2
_FOLDER = BUILD / "eval"
_JOB_QUESTIONS = ROOT / "tests" / "job_questions.jsonl"
_START_SECONDS = 900.0  # training included, where the model is not there yet
_STOP_SECONDS = 30.0
_LOGGED = 3000


class ServerFailed(Exception):
    """The server ended, or was not ready in time; the message ends with what it logged."""


def main() -> int:
    """Play the dialogues, print the scores, say by the exit status whether they are good enough."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the server is stopped, too
    try:
        runner, dialogues = need(SHARED / "eval" / "run_dialogues.py"), need(SHARED / "eval" / "dev.jsonl")
        say("extracting the catalogue")
        seeds = extract_fiches() / (FORMATIONS if arguments.formations_only else "")
        shutil.rmtree(_FOLDER, ignore_errors=True)
        _FOLDER.mkdir(parents=True)
        with _server(seeds) as url:
            status = _play(runner, dialogues, url, arguments.min)
            if arguments.formations_only:
                return status
            return max(status, _play(runner, _JOB_QUESTIONS, url, arguments.min_jobs))
    except (NoSharedFolder, ServerFailed) as error:
        print(error, file=sys.stderr)
        return UNUSABLE


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--min", type=float, default=0.95, help="the least share of right turns (%(default)s)")
    parser.add_argument("--min-jobs", type=float, default=0.93, help="the same of the questions on jobs (%(default)s)")
    parser.add_argument("--formations-only", action="store_true", help="a catalogue without job fiches")
    return parser.parse_args()


def _play(runner: Path, dialogues: Path, url: str, least: float) -> int:
    say(f"playing {dialogues.name}")
    command = [sys.executable, str(runner), str(dialogues), "--url", url, "--min", str(least), "-v"]
    return subprocess.run(
        [*command, "--report", str(_FOLDER / f"{dialogues.stem}-report.json")], check=False
    ).returncode


@contextmanager
def _server(seeds: Path) -> Iterator[str]:
    """A server of its own, with stores of its own, over the fiches of `seeds`; gives its address."""
    port, log = _free_port(), _FOLDER / "server.log"
    say(f"starting the server; its log is {log.relative_to(ROOT)}")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            cwd=ROOT,
            env=_environment(seeds, port),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}/health", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        _stop(process)


def _environment(seeds: Path, port: int) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("JALON_")}
    return {
        **inherited,
        "JALON_SEEDS": str(seeds),
        "JALON_DATABASE_URL": f"sqlite:///{_FOLDER / 'catalogue.db'}",
        "JALON_TRACKER_URL": f"sqlite:///{_FOLDER / 'conversations.db'}",
        "JALON_PORT": str(port),
        "JALON_RATE_ADDRESS": "0",
    }


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _healthy(url):
        ended, late = process.poll() is not None, time.monotonic() > deadline
        if ended or late:
            why = f"ended with status {process.returncode}" if ended else f"was not ready in {_START_SECONDS:.0f} s"
            logged = log.read_text(encoding="utf-8", errors="replace")[-_LOGGED:]
            raise ServerFailed(f"the server {why}; its log ends with:\n{logged}")
        time.sleep(0.5)


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False  # not listening yet, or "starting" (503)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server as Ctrl-C does; by force where it does not."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
