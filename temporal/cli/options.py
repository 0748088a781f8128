"""What the scripts' command lines share: how an app is made, the workflow's id, `--json`."""

from typing import Annotated

import typer

from temporal.command_line import USAGE, CommandError
from temporal.messages.validation import text_problems

MAX_ID_CHARACTERS = 1_000
"""Longest workflow id, in characters: the server's `limit.maxIDLength` default."""

WorkflowId = Annotated[str, typer.Argument(metavar="WORKFLOW_ID", help="The workflow's id.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def new_app(about: str) -> typer.Typer:
    """Returns an app without shell completion and decoration; `about` is the first part of its help."""
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help=about,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def check_name(option: str, value: str, *, limit: int = MAX_ID_CHARACTERS) -> str:
    """Returns a workflow id, or another name that the server must take, as it was given.

    Args:
        option: What the user calls it, for the message.
        value: What the user gave.
        limit: Longest allowed, in characters.

    Raises:
        CommandError: It is blank, too long or holds control characters (exit code 2).
    """
    if problems := text_problems(option, value, limit=limit):
        raise CommandError("; ".join(problems), USAGE)
    return value
