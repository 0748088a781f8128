from pathlib import Path

import pytest

from temporal.config import ConfigError, load_settings
from temporal.connection_settings import ConnectionSettings

pytest_plugins = ["tests.no_profile"]
pytestmark = pytest.mark.usefixtures("no_profile_of_the_user")

NO_FILE = Path("no-such-folder/.env")
PROFILES = """
[profile.default]
address = "localhost:1111"
namespace = "local"

[profile.cloud]
address = "shop.a1b2c.tmprl.cloud:7233"
namespace = "shop.a1b2c"
api_key = "key of the file"

[profile.cloud.grpc_meta]
x-tenant = "shop"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "temporal.toml"
    path.write_text(PROFILES)
    return path


def connection_of(file: Path, **variables: str) -> ConnectionSettings:
    return load_settings({"TEMPORAL_CONFIG_FILE": str(file), **variables}, NO_FILE).connection


def problems_of(file: Path, **variables: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        connection_of(file, **variables)
    return raised.value.problems


def test_a_file_without_a_named_profile_gives_its_default_one(file: Path) -> None:
    connection = connection_of(file)

    assert (connection.address, connection.namespace) == ("localhost:1111", "local")
    assert connection.tls is False


def test_the_named_profile_is_used_and_its_api_key_turns_tls_on(file: Path) -> None:
    assert connection_of(file, TEMPORAL_PROFILE="cloud") == ConnectionSettings(
        address="shop.a1b2c.tmprl.cloud:7233",
        namespace="shop.a1b2c",
        tls=True,
        api_key="key of the file",
        rpc_metadata={"x-tenant": "shop"},
    )


def test_a_variable_wins_over_the_profile(file: Path) -> None:
    connection = connection_of(file, TEMPORAL_PROFILE="cloud", TEMPORAL_ADDRESS="127.0.0.1:7233")

    assert (connection.address, connection.namespace) == ("127.0.0.1:7233", "shop.a1b2c")


def test_the_file_and_profile_may_stand_in_the_env_file(file: Path, tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"TEMPORAL_CONFIG_FILE={file}\nTEMPORAL_PROFILE=cloud\n")

    assert load_settings({}, dotenv).connection.namespace == "shop.a1b2c"
    assert load_settings({"TEMPORAL_PROFILE": "default"}, dotenv).connection.namespace == "local"


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"

    assert problems_of(missing) == [
        f"TEMPORAL_CONFIG_FILE={str(missing)!r}: allowed: a file that exists and can be read"
    ]


def test_a_profile_is_not_looked_for_elsewhere_when_its_file_is_missing(tmp_path: Path) -> None:
    [line] = problems_of(tmp_path / "missing.toml", TEMPORAL_PROFILE="cloud")

    assert line.startswith("TEMPORAL_CONFIG_FILE=")


def test_an_unknown_profile_is_an_error_that_names_it(file: Path) -> None:
    [line] = problems_of(file, TEMPORAL_PROFILE="clout")

    assert line.startswith(f"TEMPORAL_CONFIG_FILE={str(file)!r}, TEMPORAL_PROFILE='clout': ")


@pytest.mark.parametrize(
    "content",
    [
        "[profile.default]\napi_key = 'hunter22",
        "[profile.default\napi_key = 'hunter22'",
        "[profile.default]\ntls = 'hunter22'",
        "[profile.default]\napi_key = 'hunter22'\napi_key = 'hunter22'",
        "[profile]\ndefault = 'hunter22'",
        "[profile.default]\napi_key = 'hunter22\u00e9'",
        "[profile.default]\napi_key = 'hunter22'\naddress = 'nowhere'",
        "[profile.default]\naddress = 'https://user:hunter22@host:7233'",
        "[profile.default]\n[profile.default.grpc_meta]\n'a b' = 'hunter22'",
        "[profile.default]\n[profile.default.grpc_meta]\ntoken = 'hunter22\u00e9'",
        "[profile.default]\n[profile.default.tls]\nclient_key_data = 'hunter22'",
        "[profile.default]\napi_key = 'hunter22'\n[profile.default.tls]\nserver_ca_cert_path = '/no/such'",
    ],
)
def test_a_file_that_cannot_be_used_is_one_line_without_its_content(file: Path, content: str) -> None:
    file.write_text(content)

    [line] = problems_of(file)

    assert str(file) in line
    assert "hunter22" not in line
    assert line.isprintable()


def test_a_file_that_is_not_utf8_is_one_line(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\0")

    [line] = problems_of(file)

    assert str(file) in line


def test_a_fault_of_the_file_and_one_of_a_variable_come_together(file: Path) -> None:
    file.write_text("[profile.default")

    lines = problems_of(file, TEMPORAL_ADDRESS="nowhere")

    assert [line.partition("=")[0] for line in lines] == ["TEMPORAL_ADDRESS", "TEMPORAL_CONFIG_FILE"]
