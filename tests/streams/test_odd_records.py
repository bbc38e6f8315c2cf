"""Records that a client may send and confluent-kafka can't show are taken as far as they can be."""

import pytest

from streams.messages import record_of


class Odd:
    """A record with a header whose name is no UTF-8: asking for its headers raises."""

    def __init__(self, trouble: Exception) -> None:
        self.trouble = trouble

    def headers(self) -> None:
        raise self.trouble

    def topic(self) -> str:
        return "chart-completed.mercy"

    def partition(self) -> int:
        return 3

    def offset(self) -> int:
        return 41

    def key(self) -> bytes:
        return b"key"

    def value(self) -> bytes:
        return b"value"

    def timestamp(self) -> tuple[int, int]:
        return 2, 1_700_000_000_000


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(SystemError("returned a result with an exception set"), id="as confluent-kafka 2 says it"),
        pytest.param(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), id="as Python would"),
    ],
)
def test_a_header_whose_name_is_no_text_costs_the_headers_and_not_the_record(trouble: Exception) -> None:
    record = record_of(Odd(trouble))
    assert (record.coordinates, record.value, record.headers) == (("chart-completed.mercy", 3, 41), b"value", ())
