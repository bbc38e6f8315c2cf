"""Ids from a Confluent schema registry, where one is named: the committed schemas are looked up there, or registered.

confluent-kafka's own client needs packages this project has no other use for; five requests a subject need none.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit

from schemas.registry import Ids, committed, schema

_TIMEOUT_S = 10.0
_CONTENT = "application/vnd.schemaregistry.v1+json"
_ABSENT = 404
_CONNECTIONS = {"http": HTTPConnection, "https": HTTPSConnection}


class RegistryError(RuntimeError):
    """The registry could not be asked, or refused; names request and status, not the URL, which may hold a password."""


def registered(url: str, timeout_s: float = _TIMEOUT_S) -> Ids:
    """The registry's ids of every committed version, oldest first.

    A version it already has is only looked up, so that a worker needs no right to write there.
    """
    registry = _Registry(url, timeout_s)
    return Ids({version: registry.id_of(version.subject, schema(version)) for version in sorted(committed().of)})


class _Registry:
    def __init__(self, url: str, timeout_s: float) -> None:
        self._parts = urlsplit(url)
        if self._parts.scheme not in _CONNECTIONS or not self._parts.hostname:
            raise RegistryError("the registry's URL begins with http:// or https:// and names a host")
        self._headers = {"Content-Type": _CONTENT, "Accept": _CONTENT} | dict(_credentials(self._parts))
        self._timeout_s = timeout_s
        self._guarded: set[str] = set()

    def id_of(self, subject: str, contract: dict[str, Any]) -> int:
        path, body = f"/subjects/{quote(subject, safe='')}", {"schema": json.dumps(contract)}
        status, answer = self._ask("POST", path, body)
        if status == _ABSENT:
            self._guard(subject)
            path += "/versions"
            status, answer = self._ask("POST", path, body)
        return int(_taken("POST", path, status, answer)["id"])

    def _guard(self, subject: str) -> None:
        """From its first schema on the registry itself refuses a change that breaks a reader or a writer."""
        if subject not in self._guarded:
            path = f"/config/{quote(subject, safe='')}"
            _taken("PUT", path, *self._ask("PUT", path, {"compatibility": "FULL_TRANSITIVE"}))
            self._guarded.add(subject)

    def _ask(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        host, port = self._parts.hostname or "", self._parts.port
        connection = _CONNECTIONS[self._parts.scheme](host, port, timeout=self._timeout_s)
        try:
            connection.request(method, self._parts.path.rstrip("/") + path, json.dumps(body), self._headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"null")
        except (OSError, HTTPException, ValueError) as failed:
            raise RegistryError(f"{method} {path}: {type(failed).__name__}") from failed
        finally:
            connection.close()


def _taken(method: str, path: str, status: int, answer: Any) -> dict[str, Any]:
    if status != 200 or not isinstance(answer, dict):
        code = answer.get("error_code") if isinstance(answer, dict) else None
        raise RegistryError(f"{method} {path}: status {status}, error code {code}")
    return answer


def _credentials(parts: SplitResult) -> Iterator[tuple[str, str]]:
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        yield "Authorization", "Basic " + b64encode(pair.encode()).decode()
