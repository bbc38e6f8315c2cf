"""The benchmark of reading 835s reads what it means to, and measures a process of its own."""

from bench.x12_read import peak_mb_200mb_file, read_835_per_s


def test_claims_are_read() -> None:
    assert read_835_per_s(200) > 0


def test_a_files_peak_is_that_of_a_fresh_process() -> None:
    assert 10 < peak_mb_200mb_file(megabytes=1) < 200
