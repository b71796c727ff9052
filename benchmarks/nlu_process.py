"""One pipeline trained, or measured, in a process of its own: python -m benchmarks.nlu_process STEP SPEC RESULT.

SPEC and RESULT are JSON files. SPEC: `model` (a folder), `data`, `texts`, and `config` (a file of Rasa) or `variant`.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.direct import Reader, Variant
from benchmarks.direct import train as train_directly
from benchmarks.report import resident_mb
from bot.runtime.logs import quiet_warnings
from bot.understanding.intents import FACETS_OF_INTENT

Spec = dict[str, Any]
Answer = tuple[str, Sequence[str]]
_NAME = "model"
_WARM_UP = ("bonjour", "et la durée ?", "quels métiers après un CAP ?", "comment entrer en bac pro", "merci") * 3


def main(step: str, spec: Path, result: Path) -> None:
    """Do one step and write what came of it."""
    quiet_warnings()
    job: Spec = json.loads(spec.read_text(encoding="utf-8"))
    done = _train(job) if step == "train" else asyncio.run(_measure(job))
    result.write_text(json.dumps(done, ensure_ascii=False, indent=1), encoding="utf-8")


def _train(job: Spec) -> dict[str, float]:
    """The seconds of training, libraries imported before: of processor (all cores) and of waiting."""
    work = _directly(job) if "variant" in job else _with_rasa(job)
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def _directly(job: Spec) -> Callable[[], object]:
    import rasa.shared.nlu.training_data.loading  # noqa: F401 - reads the phrases

    return lambda: train_directly(Variant(job["variant"]), Path(job["data"]), Path(job["model"]))


def _with_rasa(job: Spec) -> Callable[[], object]:
    import rasa.engine.recipes.default_components  # noqa: F401 - all that training would import
    from rasa.model_training import train_nlu

    return lambda: train_nlu(job["config"], job["data"], job["model"], fixed_model_name=_NAME)


async def _measure(job: Spec) -> dict[str, Any]:
    """What is made of each text, the seconds each took, the processor's mean, the memory after loading."""
    parse = _direct_parser(job) if "variant" in job else _rasa_parser(job)
    for text in _WARM_UP:
        await parse(text)
    memory, answers, seconds, cpu = resident_mb(), [], [], time.process_time()
    for text in job["texts"]:
        start = time.perf_counter()
        answers.append(await parse(text))
        seconds.append(time.perf_counter() - start)
    cpu = time.process_time() - cpu
    return {"answers": answers, "seconds": seconds, "cpu": cpu / len(seconds), "memory": memory}


def _direct_parser(job: Spec) -> Callable[[str], Awaitable[Answer]]:
    reader = Reader(Variant(job["variant"]), Path(job["model"]))

    async def parse(text: str) -> Answer:
        return reader.read(text)

    return parse


def _rasa_parser(job: Spec) -> Callable[[str], Awaitable[Answer]]:
    from rasa.core.agent import Agent

    from bot.runtime.logs import quiet_logs

    quiet_logs()
    agent = Agent.load(str(Path(job["model"]) / f"{_NAME}.tar.gz"))

    async def parse(text: str) -> Answer:
        parsed = await agent.parse_message(text)
        intent = parsed["intent"]["name"]
        question = parsed.get("question")
        return intent, question["facets"] if question else FACETS_OF_INTENT.get(intent, ())

    return parse


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
