"""Our NLU beside stock Rasa pipelines and without some of its parts, on held-out sentences: `make bench-nlu`.

Every pipeline learns from the same phrases (data/nlu), answers the same sentences (tests/) and is trained and
measured in processes of its own, one after the other. Prints tables and what they say, and writes the tables into
docs/nlu.md, but with --quick.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.direct import Variant
from benchmarks.fiches import BUILD, widest_store
from benchmarks.heldout import Heldout, Understood, load_heldout, score
from benchmarks.nlu_report import Cost, Result, document, findings
from benchmarks.report import say, write_section
from bot.runtime.model import QUIET
from bot.settings import ROOT

_DOCUMENT = ROOT / "docs" / "nlu.md"
_FOLDER = BUILD / "bench" / "nlu"
_STOCK_FEATURES: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]
_DIET = {
    "name": "DIETClassifier",
    "epochs": 100,
    "entity_recognition": False,
    "constrain_similarities": True,
    "random_seed": 42,
}
_FALLBACK = {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1}
_LOGISTIC = {"name": "LogisticRegressionClassifier"}
_ROUNDS = 3


@dataclass(frozen=True)
class Row:
    """A pipeline to compare: Rasa's configuration of it, or a variant of ours called directly."""

    key: str
    title: str
    pipeline: list[dict[str, Any]] = field(default_factory=list)
    variant: Variant | None = None
    trained: bool = True
    slow: bool = False


def _rows() -> list[Row]:
    """All rows of the tables, in order; the second model is left out of what "direct" learnt."""
    return [
        Row("ours", "ours (config.yml)", _configured()),
        Row("direct", "ours, called without Rasa", variant=Variant.WHOLE),
        Row("one_model", "… without the second model", variant=Variant.ONE_MODEL, trained=False),
        Row("no_masking", "… without masking names", variant=Variant.NO_MASKING),
        Row("only_masked", "… without phrases with names in the open", variant=Variant.ONLY_MASKED),
        Row("logistic", "stock: counts, logistic regression", [*_STOCK_FEATURES, _LOGISTIC]),
        Row("diet", "stock: counts, DIET, fallback", [*_STOCK_FEATURES, _DIET, _FALLBACK], slow=True),
    ]


def _configured() -> list[dict[str, Any]]:
    """The pipeline of config.yml."""
    pipeline: list[dict[str, Any]] = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return pipeline


def main() -> int:
    """Train, measure, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave DIET out, and write no document")
    quick = parser.parse_args().quick
    shutil.rmtree(_FOLDER, ignore_errors=True)
    shutil.copytree(ROOT / "data" / "nlu", _FOLDER / "data")
    url, formations = widest_store(_FOLDER / "catalogue.db")
    heldout = load_heldout()
    say(f"{formations} formations, {len(heldout.texts())} held-out messages")
    rows = [row for row in _rows() if not (quick and row.slow)]
    results = _results(rows, heldout, url, rounds=1 if quick else _ROUNDS)
    text = document(results, heldout, formations)
    print(text, findings(results, heldout), sep="\n\n")
    if not quick:
        write_section(_DOCUMENT, "NLU", text)
        say(f"written to {_DOCUMENT.relative_to(ROOT)}")
    return 0


def _results(rows: Sequence[Row], heldout: Heldout, url: str, rounds: int) -> dict[str, Result]:
    """Train all rows, then measure all of them `rounds` times in turn: other programs may run beside."""
    trained: dict[str, Any] = {}
    measured: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        _prepare(row, heldout.texts())
        trained[row.key] = _step("train", row, url) if row.trained else None
    for _ in range(rounds):
        for row in rows:
            measured[row.key].append(_step("measure", row, url))
    return {row.key: _result(row, heldout, trained[row.key], measured[row.key]) for row in rows}


def _result(
    row: Row, heldout: Heldout, trained: Mapping[str, Any] | None, rounds: Sequence[Mapping[str, Any]]
) -> Result:
    answers = zip(heldout.texts(), rounds[0]["answers"], strict=True)
    understood = {text: Understood(intent, frozenset(facets)) for text, (intent, facets) in answers}
    return Result(row.title, understood, score(heldout, understood), Cost.of(trained, rounds))


def _prepare(row: Row, texts: Sequence[str]) -> None:
    """Write what the processes of a row read."""
    folder = _FOLDER / row.key
    spec = {"model": str(_model(row)), "data": str(_FOLDER / "data"), "texts": texts}
    if row.variant is None:
        config = folder / "config.yml"
        config.write_text(yaml.safe_dump(_config(row), allow_unicode=True, sort_keys=False), encoding="utf-8")
        spec["config"] = str(config)
    else:
        spec["variant"] = row.variant.value
    (folder / "spec.json").write_text(json.dumps(spec, ensure_ascii=False), encoding="utf-8")


def _model(row: Row) -> Path:
    (_FOLDER / row.key).mkdir()
    folder = _FOLDER / (row.key if row.trained else "direct") / "model"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _config(row: Row) -> dict[str, Any]:
    return {
        "recipe": "default.v1",
        "assistant_id": f"bench_{row.key}",
        "language": "fr",
        "pipeline": row.pipeline,
        "policies": [],
    }


def _step(step: str, row: Row, url: str) -> dict[str, Any]:
    """One step of one row, in a process of its own; its output goes into a log."""
    say(f"{row.title}: {step}")
    folder = _FOLDER / row.key
    result = folder / f"{step}.json"
    command = [sys.executable, "-m", "benchmarks.nlu_process", step, str(folder / "spec.json"), str(result)]
    # Rasa's cache would give a model back instead of training it.
    environment = {**os.environ, **QUIET, "JALON_DATABASE_URL": url, "RASA_MAX_CACHE_SIZE": "0"}
    with (folder / f"{step}.log").open("wb") as log:
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        sys.exit(f"{row.title}: {step} failed, see {(folder / f'{step}.log').relative_to(ROOT)}")
    found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    sys.exit(main())
