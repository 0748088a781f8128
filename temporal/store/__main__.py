"""`python -m temporal.store`: migrates, shows and prunes the store, whose database is `DATABASE_URL`'s."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine, func, select

from temporal.command_line import FAILED, CommandError, leave, run_app
from temporal.config import load_settings
from temporal.store.database import open_store
from temporal.store.database_errors import store_errors, store_name
from temporal.store.errors import StoreError
from temporal.store.prepare import HEAD, migrate, prepare_store, revision_of
from temporal.store.prune import prune
from temporal.store.schema import metadata
from temporal.store.supabase import FOLDER, drift, write

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, help=__doc__)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Days = Annotated[
    int,
    typer.Option(
        min=1,
        max=36_500,
        help="Age in days. It must exceed the longest time an activity may be retried: a pruned effect "
        "happens again when its workflow still retries it.",
    ),
]


@app.command("migrate")
def migrate_command(as_json: Json = False) -> None:
    """Brings the schema to this version of the program; does nothing when it is there already."""
    with _store() as engine:
        before = revision_of(engine)
        if before != HEAD:
            migrate(engine)
        _print(as_json, {"database": store_name(engine), "before": before, "revision": HEAD})


@app.command("status")
def status_command(as_json: Json = False) -> None:
    """Shows the database, its schema and its rows; exit code 1 when the schema is not this program's."""
    with _store() as engine:
        revision = revision_of(engine)
        current = revision == HEAD
        facts: dict[str, object] = {
            "database": store_name(engine),
            "revision": revision,
            "head": HEAD,
            "current": current,
        }
        _print(as_json, facts | (_row_counts(engine) if current else {}))
    if not current:
        raise typer.Exit(FAILED)


@app.command("prune")
def prune_command(older_than_days: Days, as_json: Json = False) -> None:
    """Deletes old rows of the effect record. Decisions stay, and so do effects under a business key."""
    with _store() as engine:
        prepare_store(engine)
        _print(as_json, {"pruned": prune(engine, timedelta(days=older_than_days))})


@app.command("supabase")
def supabase_command(
    folder: Annotated[Path, typer.Option(help="Where the files are.")] = FOLDER,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 when a file differs.")
    ] = False,
) -> None:
    """Writes the migrations as SQL files for Supabase's CLI; needs no database."""
    try:
        if not check:
            typer.echo("\n".join(write(folder)))
        elif found := drift(folder):
            raise CommandError(
                f"{folder}: {'; '.join(found)}: run `python -m temporal.store supabase`", FAILED
            )
    except StoreError as error:
        raise CommandError(str(error), FAILED) from error


@contextmanager
def _store() -> Iterator[Engine]:
    settings = load_settings()
    try:
        engine = open_store(settings.store)
        try:
            yield engine
        finally:
            engine.dispose()
    except StoreError as error:
        raise CommandError(str(error), FAILED) from error


def _row_counts(engine: Engine) -> dict[str, object]:
    with store_errors(engine), engine.begin() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table))
            for table in metadata.sorted_tables
        }


def _print(as_json: bool, facts: dict[str, object]) -> None:
    if as_json:
        typer.echo(json.dumps(facts))
        return
    for name, value in facts.items():
        typer.echo(f"{name}: {'none' if value is None else value}")


if __name__ == "__main__":
    leave(run_app(app, name="python -m temporal.store"))
