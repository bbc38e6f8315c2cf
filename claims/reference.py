"""Reference data that can't be read stops the start and names where: file, line, column, field and mend."""


class BadReference(ValueError):
    """A broken row of reference data or configuration. `line` and `column` count from 1."""

    def __init__(self, file: str, line: int, column: int, field: str, mend: str) -> None:
        super().__init__(f"{file}:{line}:{column} {field}: {mend}")
        self.file, self.line, self.column, self.field, self.mend = file, line, column, field, mend
