"""pytest plugin: a PostgreSQL store with Supabase's roles and a worker's, made before the migration as told.

Roles belong to the whole server: those that exist already are used and stay.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import DependentObjectsStillExist
from sqlalchemy import make_url, text

from temporal.config import StoreSettings
from temporal.store.prepare import migrate
from tests.store_access import AS_SUPABASE, ROLES, WORKER_ROLE, SecuredStore
from tests.store_steps import opened

_ROLES_FILE = Path(__file__).parents[1] / "supabase" / "roles.sql"


@pytest.fixture
def worker_login(postgres_url: str) -> Iterator[tuple[str, str]]:
    """The name and password of a new login that is a member of the worker's role."""
    name, password = f"login_{secrets.token_hex(6)}", secrets.token_hex(16)
    with psycopg.connect(postgres_url, autocommit=True) as server, _roles(server):
        login = sql.Identifier(name)
        server.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(login, sql.Literal(password)))
        server.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(WORKER_ROLE), login))
        yield name, password
        server.execute(sql.SQL("DROP ROLE {}").format(login))


@contextmanager
def _roles(server: "psycopg.Connection[tuple[object, ...]]") -> Iterator[None]:
    there = server.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[*ROLES]]).fetchall()
    server.execute(_ROLES_FILE.read_bytes())
    yield
    for role in {*ROLES} - {name for (name,) in there}:
        with suppress(DependentObjectsStillExist):  # another run of the tests uses it
            server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(str(role))))


# The order of the arguments counts: a role can be dropped only after the database in which it has privileges.
@pytest.fixture
def secured(worker_login: tuple[str, str], postgres_settings: StoreSettings) -> Iterator[SecuredStore]:
    """The store of a Supabase project."""
    username, password = worker_login
    url = make_url(postgres_settings.database_url).set(username=username, password=password)
    worker = replace(postgres_settings, database_url=url.render_as_string(hide_password=False))
    with opened(postgres_settings) as owner:
        with owner.begin() as connection:
            connection.execute(text(AS_SUPABASE))
        migrate(owner)
        yield SecuredStore(owner, worker)
