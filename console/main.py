"""`claimstream`: one module a command, and the one boundary at which an error becomes a line of words."""

import errno
from importlib import import_module
from inspect import cleandoc
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

COMMANDS = {
    "demo": "The whole pipeline on this machine, from example charts to published statistics.",
    "worker": "Run stages until told to stop.",
    "publish": "Send a hospital's FHIR R4 export as finished charts.",
    "remit": "Payers' X12 files: payments and answers, acknowledgements.",
    "topics": "Compare the broker's topics with topics.yaml; make them so.",
    "lag": "How far each stage is behind, the worst first.",
    "tail": "Records of a topic, decoded; PHI is masked.",
    "chart": "Where a chart is, and what happened to it.",
    "bill": "An account's bills to the patient, as he gets them.",
    "claim": "A claim with its versions and answers, and what came of it.",
    "denials": "What payers denied, why, and until when it may be appealed.",
    "worklist": "The coder's desk: what has to be coded, who has it, and the answers.",
    "reconcile": "Compare the ledger with Kafka; mend what can be mended safely.",
    "kafka": "A local Apache Kafka.",
    "ledger": "The ledger's schema.",
    "codesets": "The code sets that workers map.",
    "edits": "The rules a chart is held to.",
    "check": "Charts and claims, offline: would they be returned, and why?",
    "replay": "Recorded charts judged by other tables, without writing.",
    "claims": "Claims as files for payers and clearing houses.",
    "chargemaster": "Check a hospital's services, codes, units and prices.",
}
FAILED = 2


class Commands(TyperGroup):
    """The commands by the name of their module, which is imported when it is asked for: `--help` answers at once."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.help = _flowing(self.help)
        self.commands.update({name: TyperCommand(name, help=words) for name, words in COMMANDS.items()})

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, _, rest = super().resolve_command(ctx, args)
        found = typer.main.get_command(import_module(f"console.{name}").app)
        for command in (found, *getattr(found, "commands", {}).values()):
            command.help = _flowing(command.help)
        return name, found, rest

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:  # the boundary: words instead of a traceback, which could quote a chart
            if _is_typers_own(error):
                raise
            words = import_module("console.faults").said_of(error)
            typer.echo(f"claimstream: {words}", err=True)
            raise typer.Exit(FAILED) from None


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def claimstream() -> None:
    """Finished charts in; claims, answers, bills and de-identified statistics out.

    To see it all at once: `demo`. By hand, in this order: `kafka up`, `ledger upgrade`, `topics apply`, `worker`,
    `publish`; then `lag` and `chart` say how far it is.

    Settings come from the environment: CLAIMSTREAM_BROKERS, CLAIMSTREAM_LEDGER, CLAIMSTREAM_KEY_FILE and more.
    `reconcile` and `topics` first show what they would do.

    Exit status: 0 all is well, 1 something needs a look, 2 an error.
    """


def _flowing(words: str | None) -> str:
    """Each paragraph as one line: the terminal knows where it ends, a docstring doesn't."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in cleandoc(words or "").split("\n\n"))


def _is_typers_own(error: Exception) -> bool:
    """Exits, usage errors and a reader that went away are typer's to say."""
    if isinstance(error, OSError):
        return error.errno == errno.EPIPE
    return isinstance(error, typer.Exit | typer.Abort) or hasattr(error, "format_message")
