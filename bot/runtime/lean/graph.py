"""Calls the components of a model directly; Rasa builds a dask graph for each message and each action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa.core import processor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner


class PlainGraphRunner(DaskGraphRunner):
    """Runs the nodes that the targets need: each once, after the nodes that it needs itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._orders: dict[tuple[str, ...], list[tuple[str, list[str]]]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: Sequence[str] | None = None) -> dict[str, Any]:
        """The output of each target by its name; raises GraphRunError, as Rasa's own runner does."""
        wanted = tuple(targets or self._graph_schema.target_names)
        order = self._orders.get(wanted)
        if order is None:
            order = self._orders[wanted] = self._order(wanted)
        outputs: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name, needs in order:
                # A missing input is passed on as its name, as dask does.
                outputs[name] = self._instantiated_nodes[name](*(outputs.get(need, need) for need in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return dict(outputs[target] for target in wanted)

    def _order(self, targets: Sequence[str]) -> list[tuple[str, list[str]]]:
        nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
        order: dict[str, list[str]] = {}

        def visit(name: str) -> None:
            if name in nodes and name not in order:
                needs = list(nodes[name].needs.values())
                for need in needs:
                    visit(need)
                order[name] = needs

        for target in targets:
            visit(target)
        return list(order.items())


def apply() -> None:
    """Make models that are loaded from now on use PlainGraphRunner."""
    processor.DaskGraphRunner = PlainGraphRunner
