"""`python -m services.token`: a bearer token for local use, signed with the secret that the API checks by."""

import time
from typing import Annotated

import jwt
import typer

from services.api.identity import Role, identity_of
from services.api.problems import Problem
from services.api.settings import ApiSettings, load_service_settings
from services.api.tokens import configured_key
from temporal.command_line import DONE, USAGE, CommandError, leave, run_app

MAX_HOURS = 24 * 366


def make_token(
    settings: ApiSettings, subject: str, groups: list[str], roles: list[str], seconds: float
) -> str:
    """Returns a token.

    Args:
        settings: The API's; without a configured key, the secret of local use is made if it is not there.
        subject: Whom it is for.
        groups: Their groups.
        roles: What they may do besides asking and deciding.
        seconds: How long it holds.

    Raises:
        CommandError: The names cannot be used, or the API's tokens come from elsewhere (exit code 2).
    """
    try:
        identity_of({"sub": subject, "groups": groups}, "groups", "roles")
    except Problem as problem:
        raise CommandError(problem.detail, USAGE) from problem
    key = None if settings.jwks_url else configured_key(settings)
    if key is None or not isinstance(key.key, bytes):
        raise CommandError("tokens come from your identity provider; this makes only HS256 ones", USAGE)
    now = int(time.time())
    claims = {
        "iss": settings.token_issuer,
        "aud": settings.token_audience,
        "sub": subject,
        settings.groups_claim: groups,
        settings.roles_claim: roles,
        "iat": now,
        "exp": now + int(seconds),
    }
    return jwt.encode(claims, key.key, key.algorithm)


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    subject: Annotated[str, typer.Option(help="Whom it is for.")] = "ana",
    group: Annotated[list[str] | None, typer.Option(help="A group of theirs; may be repeated.")] = None,
    role: Annotated[list[Role] | None, typer.Option(help="A role; may be repeated.")] = None,
    hours: Annotated[float, typer.Option(min=0.01, max=MAX_HOURS, help="How long it holds.")] = 8.0,
) -> int:
    """Print a bearer token for the API and its page."""
    api = load_service_settings().api
    typer.echo(make_token(api, subject, group or [], [each.value for each in role or []], hours * 3_600))
    return DONE


if __name__ == "__main__":
    leave(run_app(app, name="python -m services.token"))
