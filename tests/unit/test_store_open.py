"""Opening a store: which URLs can be used, and that what cannot is refused without telling its secrets."""

from pathlib import Path

import pytest

from temporal.config import ConfigError, StoreSettings
from temporal.store.database import open_store
from temporal.store.database_errors import store_name
from temporal.store.errors import StoreError
from temporal.store.prepare import prepare_store
from tests.store_steps import opened


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///:memory:",
        "sqlite:///file?mode=ro",
        "postgresql://me:secret@host:port/db",
        "postgresql://me:my@secret@host/db",
        "postgresql://me:secret@[::1/db",
        f"postgresql://me:secret@{'h' * 64}/db",
        "postgresql://me:secret@host/db?port=secret",
        "postgresql://me:secret@host/db?host=a&host=b&port=1",
        "postgresql://me:secret@host/db?plugin=secret",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_telling_it(url: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        open_store(StoreSettings(database_url=url))
    assert "DATABASE_URL" in str(refusal.value)
    assert "secret" not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_a_postgresql_url_leads_to_the_same_driver(scheme: str) -> None:
    with opened(StoreSettings(database_url=f"{scheme}://me@host/db")) as store:
        assert (store.dialect.name, store.dialect.driver) == ("postgresql", "psycopg")


def test_a_name_shown_to_people_has_neither_password_nor_options() -> None:
    with opened(StoreSettings(database_url="postgresql://me:secret@host/db?sslpassword=secret")) as store:
        assert store_name(store) == "postgresql+psycopg://me:***@host/db"


def test_the_default_is_a_file_in_the_data_folder_which_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    with opened(StoreSettings(data_dir=folder)) as store:
        prepare_store(store)
    assert (folder / "store.db").is_file()


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be made"):
        open_store(StoreSettings(data_dir=tmp_path / "file" / "data"))
