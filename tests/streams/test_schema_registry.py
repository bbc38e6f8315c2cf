"""Ids from a schema registry: a small server on loopback that speaks the few requests we make."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from schemas.events import SUBJECTS
from schemas.registry import committed
from streams.schema_registry import RegistryError, registered


class Registry(HTTPServer):
    """What a Confluent registry keeps: schemas by subject, ids over all of them, a compatibility by subject."""

    def __init__(self, first_id: int = 101, refuses: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Requests)
        self.first_id, self.refuses = first_id, refuses
        self.schemas: dict[tuple[str, str], int] = {}
        self.compatibility: dict[str, str] = {}
        self.written: list[str] = []
        self.authorizations: set[str | None] = set()

    def answer(self, method: str, path: list[str], body: dict[str, Any]) -> tuple[int, Any]:
        match method, path:
            case "POST", ["subjects", subject] if (subject, body["schema"]) in self.schemas:
                return 200, {"subject": subject, "id": self.schemas[subject, body["schema"]], "version": 1}
            case "POST", ["subjects", _]:
                return 404, {"error_code": 40401, "message": "Subject not found."}
            case "PUT", ["config", subject]:
                self.compatibility[subject] = body["compatibility"]
                return 200, body
            case "POST", ["subjects", subject, "versions"] if subject != self.refuses:
                self.written.append(subject)
                number = self.schemas.setdefault((subject, body["schema"]), self.first_id + len(self.schemas))
                return 200, {"id": number}
        return 409, {"error_code": 409, "message": "incompatible"}


class Requests(BaseHTTPRequestHandler):
    server: Registry

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.authorizations.add(self.headers["Authorization"])
        status, answer = self.server.answer(self.command, self.path.strip("/").split("/"), body)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    do_PUT = do_POST

    def log_message(self, *_: object) -> None:
        """Quiet: a test's output is its own."""


@contextmanager
def serving(registry: Registry) -> Iterator[str]:
    thread = Thread(target=registry.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{registry.server_port}"
    finally:
        registry.shutdown()
        thread.join()
        registry.server_close()


def test_every_committed_version_gets_the_registrys_id() -> None:
    with serving(Registry(first_id=101)) as url:
        ids = registered(url)
    assert (set(ids.of), sorted(ids.versions)) == (set(committed().of), list(range(101, 101 + len(committed().of))))


def test_a_registry_that_has_the_schemas_is_not_written_to() -> None:
    registry = Registry()
    with serving(registry) as url:
        first = registered(url)
        registry.written.clear()
        assert (registered(url), registry.written) == (first, [])


def test_every_new_subject_is_full_transitive_from_its_first_schema_on() -> None:
    registry = Registry()
    with serving(registry) as url:
        registered(url)
    assert registry.compatibility == dict.fromkeys(SUBJECTS, "FULL_TRANSITIVE")


def test_a_refused_schema_is_named_by_its_subject_and_the_registrys_code() -> None:
    with serving(Registry(refuses="claim-built")) as url, pytest.raises(RegistryError) as refused:
        registered(url)
    assert str(refused.value) == "POST /subjects/claim-built/versions: status 409, error code 409"


def test_a_name_and_password_in_the_url_are_sent_as_credentials() -> None:
    registry = Registry()
    with serving(registry) as url:
        registered(url.replace("http://", "http://worker:p%40ss@"))
    assert registry.authorizations == {"Basic d29ya2VyOnBAc3M="}


def test_a_registry_that_is_not_there_is_an_error_without_the_password() -> None:
    with serving(Registry()) as url:
        gone = url
    with pytest.raises(RegistryError) as refused:
        registered(gone.replace("http://", "http://worker:secret@"))
    assert str(refused.value) == "POST /subjects/chart-coded: ConnectionRefusedError"


@pytest.mark.parametrize("url", ["file:///etc/hosts", "ftp://registry", "registry:8081", "http://"])
def test_only_http_and_https_are_spoken(url: str) -> None:
    with pytest.raises(RegistryError, match="http"):
        registered(url)
