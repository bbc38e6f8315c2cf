"""Writes docs/queries.md from the rules: python -m tests.docs.queries_page"""

from claims.completeness.catalogue import page
from tests.docs.pages import ROOT

if __name__ == "__main__":
    (ROOT / "docs/queries.md").write_text(page(), encoding="utf-8")
