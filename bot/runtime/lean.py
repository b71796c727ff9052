"""What JALON_RUNTIME=lean changes in Rasa 3.6.21 to save processor time; the figures are in docs/performance.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa.core import processor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain

from bot.runtime.in_process_actions import trust_own_results


class PlainGraphRunner(DaskGraphRunner):
    """Calls the components of a model one after the other; Rasa builds a graph of dask for each message and action."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._orders: dict[tuple[str, ...], list[tuple[str, list[str]]]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: Sequence[str] | None = None) -> dict[str, Any]:
        """Return the output of each target; raises GraphRunError, as Rasa's own runner does."""
        wanted = tuple(targets or self._graph_schema.target_names)
        order = self._orders.get(wanted)
        if order is None:
            order = self._orders[wanted] = self._order(wanted)
        outputs: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name, needs in order:
                # Like dask, pass a need that nothing provides on by its name: the node refuses it or does not use it.
                outputs[name] = self._instantiated_nodes[name](*(outputs.get(need, need) for need in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return dict(outputs[target] for target in wanted)

    def _order(self, targets: Sequence[str]) -> list[tuple[str, list[str]]]:
        """Return the nodes that `targets` need, each after those it needs, with the names of what it needs."""
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


_is_empty = Domain.is_empty
_ANSWER = "_jalon_is_empty"


def is_empty_remembered(domain: Domain) -> bool:
    """Return whether a domain is empty, found once: for each message Rasa compares it whole with an empty one."""
    if _ANSWER not in domain.__dict__:
        domain.__dict__[_ANSWER] = _is_empty(domain)
    return bool(domain.__dict__[_ANSWER])


def make_lean() -> None:
    """Make the changes, for models that are loaded from now on."""
    trust_own_results()
    processor.DaskGraphRunner = PlainGraphRunner
    Domain.is_empty = is_empty_remembered
