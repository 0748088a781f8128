from pathlib import Path

import pytest
from temporalio.service import TLSConfig

from temporal.connection_settings import ConnectionSettings, read_connection

pytest_plugins = ["tests.no_profile"]
pytestmark = pytest.mark.usefixtures("no_profile_of_the_user")


def connection_of(**variables: str) -> ConnectionSettings:
    problems: list[str] = []
    connection = read_connection(variables, problems)
    assert problems == []
    return connection


def problems_of(**variables: str) -> list[str]:
    problems: list[str] = []
    read_connection(variables, problems)
    return problems


def test_without_a_variable_it_is_the_engine_on_this_machine_without_tls() -> None:
    connection = connection_of()

    assert (connection.address, connection.namespace) == ("127.0.0.1:7233", "default")
    assert connection.tls is False
    assert connection.api_key is None


@pytest.mark.parametrize(
    "address",
    [
        "localhost:7233",
        "10.0.0.1:1",
        "[::1]:65535",
        "[2001:db8::ff]:7233",
        "temporal_server:7233",
        "shop.a1b2c.tmprl.cloud:7233",
    ],
)
def test_an_address_is_a_host_and_a_port(address: str) -> None:
    assert connection_of(TEMPORAL_ADDRESS=address).address == address


@pytest.mark.parametrize(
    "address",
    [
        "localhost",
        ":7233",
        "localhost:",
        "localhost:0",
        "localhost:65536",
        "localhost:-1",
        "localhost:٣",
        "::1:7233",
        "[::1]",
        "[::::]:7233",
        "[fe80::1%eth0]:7233",
        "[10.0.0.1]:7233",
        "https://localhost:7233",
        "localhost:7233/path",
        "user@localhost:7233",
        "one two:7233",
        "host?query:7233",
        "host#fragment:7233",
    ],
)
def test_anything_else_is_no_address(address: str) -> None:
    [line] = problems_of(TEMPORAL_ADDRESS=address)

    assert line.startswith("TEMPORAL_ADDRESS=")
    assert line.endswith(": allowed: HOST:PORT")


def test_a_password_in_an_address_is_masked() -> None:
    [line] = problems_of(TEMPORAL_ADDRESS="https://user:hunter22@host:7233")

    assert "hunter22" not in line


def test_an_api_key_turns_tls_on() -> None:
    connection = connection_of(TEMPORAL_API_KEY="key")

    assert connection.api_key == "key"
    assert connection.tls is True


def test_tls_can_be_turned_off_beside_an_api_key() -> None:
    assert connection_of(TEMPORAL_API_KEY="key", TEMPORAL_TLS="false").tls is False


@pytest.mark.parametrize("switch", ["true", "TRUE", "1"])
def test_tls_can_be_turned_on(switch: str) -> None:
    assert connection_of(TEMPORAL_TLS=switch).tls == TLSConfig()


@pytest.mark.parametrize("switch", ["false", "False", "0"])
def test_tls_can_be_turned_off(switch: str) -> None:
    assert connection_of(TEMPORAL_TLS=switch).tls is False


@pytest.mark.parametrize("name", ["TEMPORAL_TLS", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION"])
@pytest.mark.parametrize("switch", ["yes", "on", "2", "tru"])
def test_a_switch_takes_nothing_but_booleans(name: str, switch: str) -> None:
    assert problems_of(**{name: switch}) == [f"{name}={switch!r}: allowed: true, false, 1, 0"]


def test_certificates_are_read_from_their_files(tmp_path: Path) -> None:
    for name in ("ca", "cert", "key"):
        (tmp_path / name).write_text(f"content of {name}")

    connection = connection_of(
        TEMPORAL_TLS_SERVER_CA_CERT_PATH=str(tmp_path / "ca"),
        TEMPORAL_TLS_CLIENT_CERT_PATH=str(tmp_path / "cert"),
        TEMPORAL_TLS_CLIENT_KEY_PATH=str(tmp_path / "key"),
        TEMPORAL_TLS_SERVER_NAME="temporal.example",
    )

    assert connection.tls == TLSConfig(
        domain="temporal.example",
        server_root_ca_cert=b"content of ca",
        client_cert=b"content of cert",
        client_private_key=b"content of key",
    )


@pytest.mark.parametrize(
    "name",
    ["TEMPORAL_TLS_SERVER_CA_CERT_PATH", "TEMPORAL_TLS_CLIENT_CERT_PATH", "TEMPORAL_TLS_CLIENT_KEY_PATH"],
)
def test_a_certificate_that_is_no_file_is_an_error(tmp_path: Path, name: str) -> None:
    for path in (tmp_path / "missing", tmp_path):
        [line] = problems_of(**{name: str(path)})
        assert line == f"{name}={str(path)!r}: allowed: a file that exists and can be read"


def test_a_client_certificate_without_its_key_is_an_error() -> None:
    [line] = problems_of(TEMPORAL_TLS_CLIENT_CERT_DATA="certificate")

    assert "TEMPORAL_TLS_CLIENT_KEY_*" in line
    assert "both or neither" in line


def test_a_certificate_given_twice_is_an_error_without_its_content(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hunter22")

    [line] = problems_of(
        TEMPORAL_TLS_CLIENT_KEY_DATA="hunter22", TEMPORAL_TLS_CLIENT_KEY_PATH=str(tmp_path / "key")
    )

    assert "TEMPORAL_TLS_CLIENT_KEY_DATA" in line
    assert "hunter22" not in line


def test_metadata_is_sent_under_its_grpc_name() -> None:
    assert connection_of(TEMPORAL_GRPC_META_X_TENANT="shop").rpc_metadata == {"x-tenant": "shop"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TEMPORAL_API_KEY", "hunter22\u00e9"),
        ("TEMPORAL_API_KEY", "hunter22\nX"),
        ("TEMPORAL_GRPC_META_TOKEN", "hunter22\u00e9"),
        ("TEMPORAL_GRPC_META_TOKEN", "hunter22\x7f"),
        ("TEMPORAL_TLS_CLIENT_KEY_DATA", "hunter22\u00e9"),
    ],
)
def test_a_secret_that_no_header_can_carry_is_an_error_that_masks_it(name: str, value: str) -> None:
    [line] = problems_of(**{name: value})

    assert line.startswith(f"{name}=***: allowed: ")


def test_metadata_that_must_be_bytes_is_an_error() -> None:
    [line] = problems_of(TEMPORAL_GRPC_META_TRACE_BIN="text")

    assert "TEMPORAL_GRPC_META_*" in line


def test_a_variable_that_is_not_the_sdks_does_no_harm() -> None:
    assert connection_of(**{"TEMPORAL_\udcff": "x", "TEMPORARY": "\udcff", "ADDRESS": "x"}) == (
        ConnectionSettings()
    )
