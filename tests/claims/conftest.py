"""The committed partners, as every test of the domain meets them."""

from pathlib import Path

import pytest

from claims.partners import Hospital, Partners, parse_partners

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def partners_text() -> str:
    return (REPOSITORY / "infra/kafka/partners.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def partners(partners_text: str) -> Partners:
    return parse_partners(partners_text, "partners.yaml")


@pytest.fixture(scope="session")
def mercy(partners: Partners) -> Hospital:
    return partners.hospital("mercy-general")
