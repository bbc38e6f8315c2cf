"""Every test here reads resources as Mercy General's."""

from tests.claims.fhir.given_resources import read

__all__ = ["read"]
