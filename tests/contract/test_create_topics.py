"""Making topics, as far as it can be shown without a cluster."""

import socket

import pytest

from contracts import create_topics


def test_without_a_cluster_the_command_ends_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        assert create_topics.main(["--bootstrap-servers", f"127.0.0.1:{port}"]) == 1
    message = capsys.readouterr().err
    assert message.startswith("topics not made: ")
    assert len(message.splitlines()) == 1
