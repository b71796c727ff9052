"""The commands of Jalon: python -m bot COMMAND. Each imports what it needs only when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def main() -> None:
    """Jalon, a guidance chatbot that answers from fiches."""


@app.command()
def ingest(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder of fiches; JALON_SEEDS by default.", show_default=False)
    ] = None,
) -> None:
    """Make the fiches of FOLDER the content of the catalogue, all of them or none."""
    from bot.catalogue.ingest import IngestError
    from bot.catalogue.ingest import ingest as ingest_folder
    from bot.settings import SettingsError, load_settings

    try:
        settings = load_settings()
        report = ingest_folder(folder or settings.seeds, settings.database_url)
    except (IngestError, SettingsError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    for line in report.lines():
        typer.echo(line)


@app.command()
def train(quiet: Annotated[bool, typer.Option(help="Print the path of the model alone.")] = False) -> None:
    """Train the model if the data, the configuration or the code changed."""
    from bot.runtime.model import TrainingFailed, ensure_model

    try:
        path = ensure_model()
        typer.echo(str(path) if quiet else f"The model is up to date: {path}")
    except TrainingFailed as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@app.command()
def serve() -> None:
    """Import the fiches, train if needed, and serve the chat."""
    from bot.runtime.model import TrainingFailed, ensure_model
    from bot.settings import SettingsError, load_settings

    ingest(None)
    try:
        settings = load_settings()
        model = ensure_model()
    except (SettingsError, TrainingFailed) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Starting on http://{settings.host}:{settings.port}/chat/ (about twenty seconds)…")
    from bot.runtime.server import serve as serve_application

    serve_application(model, settings)


if __name__ == "__main__":
    app()
