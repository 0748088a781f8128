"""`python -m temporal.encryption new-key FILE`: makes keys for payload encryption."""

import re
from pathlib import Path
from typing import Annotated

import typer

from temporal.command_line import DONE, FAILED, USAGE, CommandError, leave, run_app
from temporal.encryption.key_file import add_to_file, new_key, write_new_file
from temporal.encryption_settings import KEY_ID, read_keys

app = typer.Typer(
    help=__doc__,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="The file of keys.")]
Add = Annotated[bool, typer.Option("--add", help="Add the key to a file that exists, after its others.")]
Id = Annotated[str, typer.Option("--id", metavar="ID", help="The key's id. [default: day and random digits]")]


@app.command(name="new-key")
def new(file: File, add: Add = False, key_id: Id = "") -> int:
    """Make a random key, in a new file that only you may read or as a further key of an old one."""
    if key_id and not re.fullmatch(KEY_ID, key_id):
        raise CommandError(f"--id {key_id!r}: allowed: up to 64 letters, digits and . _ -", USAGE)
    key = new_key(key_id)
    if add:
        add_to_file(file, key)
        typer.echo(
            f"{file}: added {key.id}, which decrypts. Give the file to every worker and client; "
            "then move the key's line to the top, and it encrypts."
        )
    else:
        write_new_file(file, key)
        typer.echo(
            f"{file}: key {key.id}. Set ENCRYPTION_KEY_FILE={file.absolute()} for every worker and client."
        )
    return DONE


@app.command(name="list")
def list_keys(file: File) -> int:
    """Show the ids of a file's keys, the one that encrypts first."""
    try:
        keyring = read_keys(file.read_text(encoding="ascii"))
    except ValueError as error:
        raise CommandError(f"{file}: {error}", FAILED) from None
    for number, key in enumerate(keyring.keys):
        typer.echo(f"{key.id}  {'decrypts' if number else 'encrypts and decrypts'}")
    return DONE


if __name__ == "__main__":
    leave(run_app(app, name="python -m temporal.encryption"))
