"""`python -m temporal.certs FOLDER`: makes the certificates and tokens of docker-compose.secure.yml."""

import re
from pathlib import Path
from typing import Annotated

import typer

from temporal.certs.folder import Folder
from temporal.command_line import DONE, FAILED, USAGE, CommandError, leave, run_app
from temporal.config import NAME, NAME_ALLOWED

MAX_DAYS = 825
"""Longest that a certificate or token may be good: what browsers and operating systems put up with."""

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where they are, or shall be.")],
    namespace: Annotated[str, typer.Option(help="Where workers and starters may write.")] = "default",
    days: Annotated[float, typer.Option(min=1, max=MAX_DAYS, help="How long new ones are good.")] = 397.0,
    renew_days: Annotated[
        float, typer.Option(min=0, max=MAX_DAYS, help="Renew what is good for fewer days than this.")
    ] = 30.0,
    renew: Annotated[bool, typer.Option("--renew", help="Renew all but the authorities.")] = False,
) -> int:
    """Make certificates and tokens: those that are missing, and those that end soon."""
    if not re.fullmatch(NAME, namespace):
        raise CommandError(f"--namespace {namespace!r}: allowed: {NAME_ALLOWED}", USAGE)
    try:
        made = Folder(folder, namespace, days, MAX_DAYS if renew else renew_days).fill()
    except ValueError as error:
        raise CommandError(f"{error}; remove it, and it is made anew", FAILED) from error
    for name in made:
        typer.echo(f"{folder / name}")
    typer.echo(f"{len(made)} made" if made else "nothing to do: all are there and good for long enough")
    return DONE


if __name__ == "__main__":
    leave(run_app(app, name="python -m temporal.certs"))
