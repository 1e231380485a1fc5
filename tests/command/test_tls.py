"""HTTPS: the certificate is checked at start, and clients that verify it can call."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from click.testing import CliRunner

from swf_emulator import Emulator
from swf_emulator.command.cli import main
from swf_emulator.http import EdgeOptions
from swf_emulator.http.server import BackgroundServer

MAKE_CERTIFICATE = [
    *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
    *("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"),
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of its own for 127.0.0.1, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    try:
        subprocess.run(
            [*MAKE_CERTIFICATE, "-keyout", str(key), "-out", str(cert)],
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    return cert, key


@pytest.fixture
def endpoint(emulator: Emulator, certificate: tuple[Path, Path]) -> Iterator[str]:
    with BackgroundServer(emulator, options=EdgeOptions(tls=certificate)) as server:
        yield server.url


def test_a_client_calls_over_https(endpoint: str, certificate: tuple[Path, Path]) -> None:
    assert endpoint.startswith("https://")
    client = boto3.client(
        "swf",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        verify=str(certificate[0]),
        config=Config(retries={"max_attempts": 0}),
    )
    client.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
    assert client.describe_domain(name="d")["domainInfo"]["status"] == "REGISTERED"
    # A poll is held, and asks the connection whether its client is still there.
    task = client.poll_for_decision_task(domain="d", taskList={"name": "t"})
    assert task["startedEventId"] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tls-cert", "cert.pem"], "must be given together"),
        (["--tls-key", "key.pem"], "must be given together"),
        (["--tls-cert", "none.pem", "--tls-key", "none.pem"], "must be a certificate and its key"),
        (["--tls-cert", "odd.pem", "--tls-key", "odd.pem"], "must be a certificate and its key"),
    ],
)
def test_bad_files_are_a_startup_error(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("odd.pem").write_text("odd")
    result = CliRunner().invoke(main, ["serve", "--port", "0", *arguments])
    assert result.exit_code == 2
    assert message in result.output
