"""What the Compose file relies on in the official images, checked on whatever has their names."""

import pytest

from tests.stack.compose_stack import docker, inspect

pytestmark = pytest.mark.stack

SERVER = "temporalio/server:1.32.1"
ADMIN_TOOLS = "temporalio/admin-tools:1.32.1"
UI = "temporalio/ui:2.55.0"
POSTGRES = "postgres:16"


def has(image: str, *programs: str) -> set[str]:
    """Returns which of the programs are on the image's PATH."""
    script = f"for p in {' '.join(programs)}; do command -v $p > /dev/null && echo $p; done; true"
    return set(docker("run", "--rm", "--entrypoint", "sh", image, "-c", script).split())


@pytest.mark.parametrize(
    ("image", "user", "folder", "entrypoint", "command"),
    [
        (SERVER, "temporal", "/etc/temporal", None, ["/etc/temporal/entrypoint.sh"]),
        (UI, "temporal", "/home/ui-server", ["./start-ui-server.sh"], None),
        (POSTGRES, "", "", ["docker-entrypoint.sh"], ["postgres"]),
    ],
    ids=["server", "ui", "postgres"],
)
def test_an_image_starts_as_the_official_one_does(
    image: str, user: str, folder: str, entrypoint: list[str] | None, command: list[str] | None
) -> None:
    config = inspect(image)["Config"]

    assert config["User"] == user
    assert config["WorkingDir"].rstrip("/") == folder
    assert config["Entrypoint"] == entrypoint
    assert config["Cmd"] == command


def test_the_server_image_has_the_tools_of_its_health_check_and_no_more() -> None:
    asked = ("sh", "nc", "wget", "temporal-server", "bash", "curl", "temporal")

    assert has(SERVER, *asked) == {"sh", "nc", "wget", "temporal-server"}


def test_the_admin_tools_image_has_the_cli_the_schema_tool_and_the_schemas() -> None:
    asked = ("sh", "temporal", "temporal-sql-tool", "bash", "curl", "psql")

    assert has(ADMIN_TOOLS, *asked) == {"sh", "temporal", "temporal-sql-tool"}
    schemas = docker("run", "--rm", ADMIN_TOOLS, "ls", "/etc/temporal/schema/postgresql/v12")
    assert {"temporal", "visibility"} <= set(schemas.split())


@pytest.mark.parametrize(("image", "uid"), [(SERVER, "1000"), (ADMIN_TOOLS, "1000"), (UI, "1000")])
def test_temporals_images_run_as_user_1000(image: str, uid: str) -> None:
    assert docker("run", "--rm", "--entrypoint", "id", image, "-u") == uid


def test_postgres_stops_fast_and_keeps_its_data_where_the_volume_is() -> None:
    config = inspect(POSTGRES)["Config"]

    assert config["StopSignal"] == "SIGINT"
    assert "PGDATA=/var/lib/postgresql/data" in config["Env"]
    assert "/var/lib/postgresql/data" in config["Volumes"]
    assert has(POSTGRES, "pg_isready", "psql", "pg_dump", "pg_restore") == {
        "pg_isready",
        "psql",
        "pg_dump",
        "pg_restore",
    }
