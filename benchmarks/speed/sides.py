"""The servers that are compared: made, trained and started in the build folder, each from nothing."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from benchmarks.speed import load
from bot.runtime.model import QUIET
from bot.settings import ROOT

_START_SECONDS = 300.0
_STOP_SECONDS = 20.0
_MOODBOT = Path(__file__).with_name("moodbot_fr.yml")


class SideFailed(Exception):
    """A server, or its training, ended or did not answer in time; where its log is."""


@dataclass
class Side:
    """One server: how it is started and talked to; afterwards, what it took."""

    title: str
    folder: Path
    command: Sequence[str]
    open_one: load.Open
    texts: tuple[str, ...]
    url: str
    variables: Mapping[str, str] = field(default_factory=dict)
    where: Path = ROOT
    train: Callable[[], None] | None = None
    training_seconds: float | None = None
    training_cpu: float | None = None
    start_seconds: float = 0.0
    process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Train its model, where it has one."""
        if self.train is None:
            return
        before, start = _cpu_of_children(), time.perf_counter()
        self.train()
        self.training_seconds, self.training_cpu = time.perf_counter() - start, _cpu_of_children() - before

    def start(self) -> None:
        """Start it; it has started when it answered a message."""
        begun = time.perf_counter()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.where,
                env={**_environment(), **self.variables},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while not asyncio.run(self._answers()):
            if self.process.poll() is not None or time.perf_counter() - begun > _START_SECONDS:
                raise SideFailed(f"{self.title} did not start: {self.log}")
            time.sleep(0.05)
        self.start_seconds = time.perf_counter() - begun

    async def _answers(self) -> bool:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
            try:
                return await (await self.open_one(http, self.url))(self.texts[0])
            except (aiohttp.ClientError, asyncio.TimeoutError):
                return False

    def stop(self) -> None:
        """End it, by force where it does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def memory_mb(self) -> float:
        """What it has in RAM, its children too, in MB of 10^6 bytes."""
        return sum(memory_mb(pid) for pid in self._pids())

    def cpu_seconds(self) -> float:
        """The processor's time it used so far."""
        ticks = 0
        for pid in self._pids():
            fields = _read(pid, "stat").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def _pids(self) -> list[int]:
        assert self.process is not None
        pids = [self.process.pid]
        for pid in pids:
            pids += [int(child) for child in _read(pid, f"task/{pid}/children").split()]
        return pids

    @property
    def log(self) -> Path:
        """Where it writes."""
        return self.folder / "log.txt"


def memory_mb(pid: int) -> float:
    """What a process has in RAM, in MB of 10^6 bytes."""
    return int(_read(pid, "statm").split()[1]) * resource.getpagesize() / 1e6


def stock(folder: Path, python: Path) -> Side:
    """The bot of `rasa init` in French: default pipeline with DIET, default policies with TED, tracker in memory.

    `python` is that of an environment with Rasa as it is published.
    """
    _anew(folder)
    project, port = folder / "bot", _free_port()
    rasa = (str(python), "-m", "rasa")
    side = Side(
        "stock Rasa: `rasa init` in French",
        folder,
        (*rasa, "run", "-i", "127.0.0.1", "-p", str(port)),
        load.open_stock,
        load.MOODS,
        f"http://127.0.0.1:{port}",
        where=project,
    )
    package = next(python.parent.parent.glob("lib/python*/site-packages/rasa"))
    shutil.copytree(package / "cli" / "initial_project", project)
    _in_french(project)
    side.train = lambda: _run(side, (*rasa, "train"), project)
    return side


def jalon(folder: Path, title: str, seeds: Path, with_training: bool, checkout: Path = ROOT) -> Side:
    """`make run` of a checkout over some fiches: conversations in SQLite, no limit of rate."""
    _anew(folder)
    port = _free_port()
    return Side(
        title,
        folder,
        (str(checkout / ".venv" / "bin" / "python"), "-m", "bot", "serve"),
        load.open_jalon,
        load.QUESTIONS,
        f"http://127.0.0.1:{port}",
        variables={
            "JALON_SEEDS": str(seeds),
            "JALON_DATABASE_URL": f"sqlite:///{folder / 'catalogue.db'}",
            "JALON_TRACKER_URL": f"sqlite:///{folder / 'conversations.db'}",
            "JALON_PORT": str(port),
            "JALON_RATE_SESSION": "0",
            "JALON_RATE_ADDRESS": "0",
        },
        where=checkout,
        train=(lambda: _train_jalon(folder)) if with_training else None,
    )


def floor(folder: Path) -> Side:
    """Sanic with an empty handler."""
    _anew(folder)
    port = _free_port()
    command = (sys.executable, "-m", "benchmarks.speed.floor", str(port))
    texts = load.QUESTIONS
    return Side("an empty Sanic handler", folder, command, load.open_floor, texts, f"http://127.0.0.1:{port}")


def _train_jalon(folder: Path) -> None:
    from bot.runtime.model import train

    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    train(folder / "models" / "jalon.tar.gz")


def _in_french(project: Path) -> None:
    """Put French phrases and responses in the place of the English ones; nothing else changes."""
    french: dict[str, Any] = yaml.safe_load(_MOODBOT.read_text(encoding="utf-8"))
    examples = [
        {"intent": intent, "examples": "".join(f"- {phrase}\n" for phrase in phrases)}
        for intent, phrases in french["nlu"].items()
    ]
    domain = yaml.safe_load((project / "domain.yml").read_text(encoding="utf-8"))
    domain["responses"] = french["responses"]
    _dump(project / "data" / "nlu.yml", {"version": "3.1", "nlu": examples})
    _dump(project / "domain.yml", domain)
    config = (project / "config.yml").read_text(encoding="utf-8")
    (project / "config.yml").write_text(config.replace("language: en", "language: fr"), encoding="utf-8")


def _dump(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def _run(side: Side, command: Sequence[str], where: Path) -> None:
    with side.log.open("ab") as log:
        done = subprocess.run(command, cwd=where, env=_environment(), stdout=log, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise SideFailed(f"{' '.join(command)} ended with status {done.returncode}: {side.log}")


def _environment() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("JALON_")}
    return {**inherited, **QUIET, "PYTHONWARNINGS": "ignore"}


def _anew(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _read(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
