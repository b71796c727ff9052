"""The commands of python -m bot review: list the questions that were not answered well, and learn from them."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot.channel.database import connect
from bot.review.store import QuestionStore, Reason, Row
from bot.settings import ROOT, Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from bot.catalogue.fiche import Catalogue, Formation
    from bot.catalogue.resolver import Resolver

app = typer.Typer(help="What was not answered, or not well: list it, mark it, learn from it.", no_args_is_help=False)

PHRASES = ROOT / "data" / "nlu" / "reviewed.yml"
_SHOWN = 5
_NEAR = 5


class _Refused(Exception):
    """Raised when the command cannot be carried out. The message says why and what to do."""


@dataclass(frozen=True)
class _Question:
    """A question with its text, count, reasons, facets, comments, and first and last day, over all its days."""

    id: str
    text: str
    count: int
    reasons: tuple[Reason, ...]
    facets: tuple[str, ...]
    comments: tuple[str, ...]
    first: str
    last: str
    reviewed: bool


def _for_people(command: Callable[..., None]) -> Callable[..., None]:
    """Return `command` changed to print an expected error as one line and exit with status 1."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except (_Refused, SettingsError) as error:
            typer.echo(str(error), err=True)
        except SQLAlchemyError as error:
            typer.echo(f"The database of JALON_TRACKER_URL cannot be used: {error}", err=True)
        except OSError as error:
            typer.echo(f"{error.filename} cannot be written: {error.strerror}", err=True)
        else:
            return
        raise typer.Exit(1)

    return run


@app.callback(invoke_without_command=True)
@_for_people
def review(
    context: typer.Context,
    table: Annotated[Path | None, typer.Option("--csv", help="Write all of it to this file instead.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is reviewed.")] = False,
) -> None:
    """List questions that were not answered or rated not useful, similar ones together, most asked first."""
    if context.invoked_subcommand:
        return
    groups = _groups(_questions(_store().rows(reviewed=everything)))
    if table is not None:
        _write_csv(table, groups)
        typer.echo(f"{sum(map(len, groups))} questions in {len(groups)} groups: {table}")
    elif not groups:
        typer.echo("Nothing to review.")
    for group in groups if table is None else ():
        for line in _told(group):
            typer.echo(line)


@app.command()
@_for_people
def done(ids: Annotated[list[str], typer.Argument(help="The ids shown by the list.")]) -> None:
    """Mark questions as reviewed: they are no longer listed, even if they are asked again."""
    store = _store()
    for id_ in ids:
        _text_of(store, id_)
    store.mark_reviewed(ids)
    typer.echo(f"{len(ids)} reviewed.")


@app.command("export-phrase")
@_for_people
def export_phrase(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The id shown by the list.")],
    intent: Annotated[str, typer.Option(help="What it asks: an intent of domain.yml.")],
    text: Annotated[str | None, typer.Option(help="The phrase to write instead of the question.")] = None,
) -> None:
    """Write a question to data/nlu/reviewed.yml as a training phrase, which the next training learns."""
    from bot.review.phrases import PhraseRefused, add_phrase, annotated

    store = _store()
    question = _text_of(store, id_)
    known = _intents()
    if intent not in known:
        near = _alike(intent, known)
        raise _Refused(f'domain.yml has no intent "{intent}"; near it: {", ".join(near) or ", ".join(known)}')
    try:
        phrase = annotated(text or question, _catalogue(load_settings())[1])
        new = add_phrase(PHRASES, intent, phrase)
    except PhraseRefused as error:
        raise _Refused(f'"{text or question}" is not exported: {error}') from error
    store.mark_reviewed([id_])
    where = PHRASES.relative_to(ROOT)
    typer.echo(f"{where}: {intent}: {phrase}" if new else f"{where} holds it already: {phrase}")
    if new:
        typer.echo("Learnt by: python -m bot train, and a restart of the server")


@app.command("export-alias")
@_for_people
def export_alias(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The id shown by the list.")],
    alias: Annotated[str, typer.Option(help="The name that people give to the formation.")],
    fiche: Annotated[str, typer.Option(help="The title or the id of the fiche it means.")],
) -> None:
    """Give a fiche one more name: a running server knows it within seconds, without training."""
    from bot.catalogue.aliases import ALIASES_FILE, taken, unfit, with_alias
    from bot.catalogue.ingest import IngestError, follow
    from bot.catalogue.replacement import NotPermitted

    store, settings = _store(), load_settings()
    _text_of(store, id_)
    catalogue, resolver = _catalogue(settings)
    formation = _formation(fiche, catalogue, resolver)
    if not (settings.seeds / formation.path).is_file():
        raise _Refused(f"{formation.path} is not in {settings.seeds}: set JALON_SEEDS to the folder of the catalogue")
    alias = " ".join(alias.split())
    why = taken(alias, catalogue) or unfit(alias)
    if why:
        raise _Refused(f'"{alias}" {why}')
    file = settings.seeds / ALIASES_FILE
    before = file.read_text(encoding="utf-8") if file.exists() else None
    _replace(file, with_alias(before or "", alias, formation.title))
    try:
        follow(settings.seeds, settings.database_url)
    except (IngestError, NotPermitted) as error:
        _replace(file, before)
        raise _Refused(f"the fiches cannot be imported, nothing is changed:\n{error}") from error
    store.mark_reviewed([id_])
    typer.echo(f'"{alias}" is now a name of "{formation.title}" ({file})')


def _formation(name: str, catalogue: Catalogue, resolver: Resolver) -> Formation:
    """Return the formation with this title or id; raises _Refused with similar titles."""
    for formation in catalogue.formations.values():
        if name in (formation.id, formation.title):
            return formation
    near = [catalogue.formations[i].title for i in resolver.near(name, _NEAR)]
    raise _Refused(f'no fiche has the title or id "{name}"; near it: {"; ".join(near) or "none"}')


def _store() -> QuestionStore:
    return QuestionStore(connect(load_settings().tracker_url))


def _text_of(store: QuestionStore, id_: str) -> str:
    text = store.text(id_)
    if text is None:
        raise _Refused(f'no question has the id "{id_}": python -m bot review --all lists them')
    return text


def _questions(rows: Sequence[Row]) -> list[_Question]:
    """Return the questions of these rows, most asked first."""
    by_id: dict[str, list[Row]] = {}
    for row in rows:
        by_id.setdefault(row.kept.id, []).append(row)
    questions = [
        _Question(
            id_,
            some[0].kept.text,
            sum(row.count for row in some),
            tuple(dict.fromkeys(row.kept.reason for row in some)),
            tuple(dict.fromkeys(facet for row in some for facet in row.kept.facets)),
            tuple(dict.fromkeys(row.kept.comment for row in some if row.kept.comment)),
            str(min(row.day for row in some)),
            str(max(row.day for row in some)),
            all(row.reviewed for row in some),
        )
        for id_, some in by_id.items()
    ]
    return sorted(questions, key=lambda question: (-question.count, question.text))


def _groups(questions: Sequence[_Question]) -> list[list[_Question]]:
    """Return groups of similar questions, the most asked group first."""
    from bot.review.likeness import grouped

    groups = [[questions[i] for i in group] for group in grouped([question.text for question in questions])]
    return sorted(groups, key=lambda group: -sum(question.count for question in group))


def _told(group: Sequence[_Question]) -> list[str]:
    reasons: Counter[str] = Counter()
    for question in group:
        reasons.update(reason.value for reason in question.reasons)
    lines = [f"{sum(question.count for question in group)} × {', '.join(reasons)}"]
    for question in group[:_SHOWN]:
        lines.append(f"  {question.id}  {question.count} × {question.text}{'  (reviewed)' * question.reviewed}")
        lines += [f"            « {comment} »" for comment in question.comments]
    if len(group) > _SHOWN:
        lines.append(f"  … and {len(group) - _SHOWN} more: --csv has all")
    return [*lines, ""]


def _write_csv(file: Path, groups: Sequence[Sequence[_Question]]) -> None:
    # utf-8-sig writes the byte order mark by which spreadsheets recognise UTF-8.
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow("group id count reasons facets first last reviewed text comments".split())
        for number, group in enumerate(groups, 1):
            for q in group:
                reasons = " ".join(reason.value for reason in q.reasons)
                row = (
                    number,
                    q.id,
                    q.count,
                    reasons,
                    " ".join(q.facets),
                    q.first,
                    q.last,
                    "yes" if q.reviewed else "no",
                )
                writer.writerow([*row, _no_formula(q.text), _no_formula(" / ".join(q.comments))])


def _no_formula(text: str) -> str:
    """Return `text`, with an apostrophe before it if a spreadsheet would run it as a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _intents() -> list[str]:
    import yaml

    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return [str(intent) for intent in domain["intents"] if intent != "nlu_fallback"]


def _alike(name: str, names: Sequence[str]) -> list[str]:
    from rapidfuzz import process

    return [found for found, _, _ in process.extract(name, names, limit=_NEAR, score_cutoff=60)]


def _catalogue(settings: Settings) -> tuple[Catalogue, Resolver]:
    """Return the catalogue in the store and a resolver for it; raises _Refused if it cannot be read."""
    from bot.catalogue.live import LiveCatalogue, StoreUnreadable
    from bot.catalogue.resolver import Resolver
    from bot.catalogue.store import StoreEmpty

    try:
        catalogue = LiveCatalogue(settings.database_url).current()
    except (StoreEmpty, StoreUnreadable) as error:
        raise _Refused(str(error)) from error
    return catalogue, Resolver(catalogue.formations.values(), catalogue.jobs.values(), catalogue.aliases)


def _replace(file: Path, text: str | None) -> None:
    """Replace the content of `file` by `text` atomically; remove the file if `text` is None."""
    if text is None:
        file.unlink()
        return
    draft = file.with_suffix(".tmp")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, file)
