"""The directions of imports, and what no module does: design of the project, checked on the syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = sorted(
    path.relative_to(ROOT).as_posix() for folder in ("bot", "actions") for path in (ROOT / folder).rglob("*.py")
)

KNOWS = ("bot/catalogue/", "bot/guidance/", "bot/dialogue/", "bot/answers/", "bot/understanding/", "bot/wording.py")
READER = "bot/understanding/rasa_reader.py"
# From what knows least to what knows most: nothing imports what stands after it.
DIRECTION = (
    *("bot.codec", "bot.catalogue", "bot.world", "bot.guidance", ("bot.understanding", "bot.nlu"), "bot.dialogue"),
    *("bot.answers", "bot.conversation"),
)
MAY_IMPORT = {
    "rasa": (READER, "bot/channel/", "bot/stores/", "bot/runtime/"),
    "rasa_sdk": ("actions/", "bot/runtime/"),
    "sanic": ("bot/channel/", "bot/runtime/"),
}
READS = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "connect", "create_engine", "urlopen", "load",
         "loads", "iterdir", "glob", "rglob", "mkdir", "exists", "is_file", "is_dir", "stat", "getenv"}  # fmt: skip


@cache
def tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), path)


def imported(node: ast.AST) -> Iterator[str]:
    """The full names of what is imported anywhere inside, at the top or within functions."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import):
            yield from (alias.name for alias in inner.names)
        elif isinstance(inner, ast.ImportFrom):
            assert inner.level == 0, "imports are absolute here"
            yield from (f"{inner.module}.{alias.name}" for alias in inner.names)


def packages(path: str) -> set[str]:
    return {name.partition(".")[0] for name in imported(tree(path))}


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """All that runs when the module is imported: not the bodies of functions, nor what is for type checkers."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for decorator in child.decorator_list:
                yield decorator
                yield from at_import(decorator)
            for default in [*child.args.defaults, *(d for d in child.args.kw_defaults if d)]:
                yield default
                yield from at_import(default)
        elif not isinstance(child, ast.Lambda):
            yield child
            yield from at_import(child)


def test_there_are_files() -> None:
    assert len(FILES) > 25
    assert READER in FILES


@pytest.mark.parametrize("path", FILES)
def test_only_its_own_layer_imports_a_framework(path: str) -> None:
    for framework, folders in MAY_IMPORT.items():
        if not path.startswith(folders):
            assert framework not in packages(path), f"{framework} in {path}"


@pytest.mark.parametrize("path", [path for path in FILES if path.startswith(KNOWS) and path != READER])
def test_what_the_bot_knows_stands_alone(path: str) -> None:
    """No framework, no environment, nothing of the conversation above it."""
    assert not packages(path) & {"rasa", "rasa_sdk", "sanic", "actions"}
    names = set(imported(tree(path)))
    above = ("bot.settings", "bot.knowledge", "bot.full_text_search", "bot.channel")
    assert not any(name.startswith(above) for name in names)
    attributes = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    assert not attributes & {"environ", "getenv"}
    assert not {"os.environ", "os.getenv"} & names


def place(module: str) -> int | None:
    """Where a module stands in DIRECTION, or None where it does not."""
    return next((at for at, layer in enumerate(DIRECTION) if module.startswith(layer)), None)


@pytest.mark.parametrize("path", [path for path in FILES if path != READER])
def test_nothing_imports_what_stands_after_it(path: str) -> None:
    here = place(path.removesuffix(".py").replace("/", "."))
    if here is not None:
        beyond = [name for name in imported(tree(path)) if (there := place(name)) is not None and there > here]
        assert beyond == []


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.startswith(("bot/dialogue/", "bot/answers/", "actions/"))]
)
def test_only_the_reader_looks_at_the_text_of_a_message(path: str) -> None:
    """The dialogue and the answers know a message by its reading: what it holds, not what was typed."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr == "text":
            value = node.value
            of = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")
            assert of not in ("reading", "rest", "latest_message"), f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", [path for path in FILES if path != "bot/settings.py"])
def test_the_environment_is_read_in_settings_only(path: str) -> None:
    """`os.environ.update(...)`, which sets variables for libraries, is not reading."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            assert not (isinstance(node.value, ast.Attribute) and node.value.attr == "environ")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            value = node.func.value
            of_environ = isinstance(value, ast.Attribute) and value.attr == "environ"
            assert not (of_environ and node.func.attr == "get")
            assert node.func.attr != "getenv"


@pytest.mark.parametrize("path", FILES)
def test_nothing_catches_what_it_cannot_handle(path: str) -> None:
    """A bare except, or one of all exceptions that does not raise again."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{path}:{node.lineno}: bare except"
            names = {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)}
            again = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            assert again or not names & {"Exception", "BaseException"}, f"{path}:{node.lineno}: hides everything"


@pytest.mark.parametrize("path", FILES)
def test_nothing_reads_or_connects_at_import(path: str) -> None:
    """No call of what opens; the block of `if __name__ == "__main__"` is no import."""
    module = tree(path)
    body = [node for node in module.body if not (isinstance(node, ast.If) and "__name__" in ast.dump(node.test))]
    for node in at_import(ast.Module(body, [])):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert name not in READS, f"{path}:{node.lineno}: {name}() at import"


def test_the_check_sees_a_reading_at_import() -> None:
    code = "X = open('a').read()\nclass A:\n    y = Path('b').read_text()\ndef f(z=connect()):\n    open('c')"
    module = ast.parse(code)
    calls = {
        node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id  # type: ignore[attr-defined]
        for node in at_import(module)
        if isinstance(node, ast.Call)
    }
    assert calls & READS == {"open", "read_text", "connect"}
    assert [node for node in at_import(module) if isinstance(node, ast.Call) and node.lineno == 5] == []
