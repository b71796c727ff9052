"""The commands of Jalon: python -m bot COMMAND. Each imports what it needs only when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.review.cli import app as review

if TYPE_CHECKING:
    from bot.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(review, name="review")


@app.callback()
def main() -> None:
    """Jalon, a guidance chatbot that answers from fiches."""


@app.command()
def ingest(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder of fiches; JALON_SEEDS by default.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Remove fiches even where they are many.")] = False,
) -> None:
    """Make the fiches of FOLDER the content of the catalogue, all of them or none."""
    from bot.catalogue.ingest import IngestError
    from bot.catalogue.ingest import ingest as ingest_folder
    from bot.catalogue.replacement import NotPermitted
    from bot.settings import SettingsError, load_settings

    try:
        settings = load_settings()
        report = ingest_folder(folder or settings.seeds, settings.database_url, force)
    except (IngestError, NotPermitted, SettingsError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    for line in report.lines():
        typer.echo(line)


def _follow_seeds(quiet: bool) -> None:
    """Import the fiches where the catalogue is theirs and, unless `quiet`, report it.

    Says so where the catalogue stays as it is; exits with a message where there is none to answer from.
    """
    from bot.catalogue.ingest import IngestError, follow
    from bot.catalogue.replacement import NotPermitted
    from bot.settings import SettingsError, load_settings

    try:
        settings = load_settings()
        report = follow(settings.seeds, settings.database_url)
    except NotPermitted as kept:
        typer.echo(str(kept), err=True)
        if not kept.readable:
            raise typer.Exit(1) from kept
    except (IngestError, SettingsError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    else:
        for line in () if quiet else report.lines():
            typer.echo(line)


@app.command()
def train(quiet: Annotated[bool, typer.Option(help="Print the path of the model alone.")] = False) -> None:
    """Import the fiches where the catalogue is theirs, and train the model if data, configuration or code changed."""
    _, model = _prepared(quiet=quiet)
    typer.echo(str(model) if quiet else f"The model is up to date: {model}")


@app.command()
def serve() -> None:
    """Import the fiches as `train` does, train if needed, and serve the chat."""
    settings, model = _prepared()
    from bot.doctor import taken

    problem = taken(settings)
    if problem:
        typer.echo(f"{problem.what} {problem.mend.capitalize()}.", err=True)
        raise typer.Exit(1)
    typer.echo(f"Starting on http://{settings.host}:{settings.port}/ (about ten seconds)…")
    from bot.runtime.server import ModelUnusable
    from bot.runtime.server import serve as serve_application

    try:
        serve_application(model, settings)
    except ModelUnusable as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@app.command()
def chat() -> None:
    """Import the fiches as `train` does, train if needed, and chat in the terminal."""
    settings, model = _prepared()
    from bot.runtime.terminal import chat as chat_in_terminal

    chat_in_terminal(model, settings)


@app.command()
def purge() -> None:
    """Remove what is older than JALON_KEEP_CONVERSATIONS_HOURS and JALON_KEEP_QUESTIONS_DAYS allow."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.channel.retention import purge as remove_old
    from bot.settings import SettingsError, load_settings

    try:
        removed = remove_old(load_settings())
    except (SettingsError, SQLAlchemyError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    for what, count in removed.items():
        typer.echo(f"{count} {what} removed")


@app.command()
def doctor() -> None:
    """Say what is wrong with this installation and how to mend it; changes nothing."""
    from bot.doctor import examine

    healthy = True
    for name, problem in examine():
        typer.echo(f"{name + ':':15}{problem.what if problem else 'ok'}")
        if problem:
            healthy = False
            typer.echo(f"{'':15}-> {problem.mend}")
    raise typer.Exit(0 if healthy else 1)


def _prepared(quiet: bool = False) -> tuple[Settings, Path]:
    """The settings and the model, with the catalogue up to date; exits with a message where one cannot be had."""
    from bot.runtime.model import TrainingFailed, ensure_model
    from bot.settings import SettingsError, load_settings

    _follow_seeds(quiet)
    try:
        return load_settings(), ensure_model()
    except (SettingsError, TrainingFailed) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    app()
