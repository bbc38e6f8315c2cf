"""Runs the demo from beginning to end, in the order a reader of design.md would expect."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from shlex import quote
from shutil import rmtree
from typing import Any

from confluent_kafka import Producer
from rich.console import Console
from rich.live import Live

from agents.assembly import Assembly
from agents.clock import Clock
from agents.provision import provision
from agents.timers import Timers
from console.demo.files import returns, write_claim_files, write_examples
from console.demo.machine import HOLDS_END, KEY, MONTH_ENDS, Machine, machine
from console.demo.shown import Shown, Trace, life_of_claims
from console.demo.state import read_books
from console.demo.summary import as_json, show, verdict
from console.demo.watch import Look, Stuck, Watch, as_table
from console.faults import Mendable
from console.screen import counted
from ledger.upgrade import upgrade

_PAYERS_IDLE_S = 1.2
_BY_FILE = "medicare"
"""The payer whose remittances come as 835 files."""


@dataclass
class Demo:
    """The demo's options. `said` goes to people; the JSON object goes to stdout."""

    home: Path
    broker: str
    keep: bool
    as_json: bool
    web_port: int
    _imported: dict[Path, list[Trace]] = field(default_factory=dict)
    """The 835 files that were read, with their payments."""
    _worker: "subprocess.Popen[bytes] | None" = None
    said: Console = field(default_factory=lambda: Console(stderr=True))

    def run(self) -> int:
        """The exit status: 0 only when every chart has one state, enough are settled, and the cents balance."""
        started = time.monotonic()
        signal.signal(signal.SIGTERM, _ended)
        self._empty()
        self.say(f"1. starting a broker ({self.broker}) under {self.home}")
        with ExitStack() as open_:
            here = open_.enter_context(machine(self.home, self.broker, self.web_port))
            assembly = Assembly(here.settings)
            upgrade(assembly.ledger)
            planned = provision(assembly)
            self.say(f"2. {len(planned.topics.create)} topics applied; starting the worker, all stages in one process")
            self._worker = open_.enter_context(here.running("worker", here.worker()))
            looks = self._play(here, assembly)
            status = self._tell(assembly, looks, time.monotonic() - started)
            if self.keep:
                self._keep(here)
        return status

    def _empty(self) -> None:
        """What an earlier demo left goes; a folder that holds anything else is somebody's."""
        home = self.home
        ours = home.is_dir() and ((home / KEY).exists() or not any(home.iterdir()))
        if home.exists() and not ours:
            raise Mendable(f"{home} would be emptied, and no demo made it", "say another folder in --home")
        rmtree(home, ignore_errors=True)

    def _play(self, here: Machine, assembly: Assembly) -> list[Look]:
        """Charts in; then the payers; then the clock moves: holds end, and the month closes."""
        hospitals = assembly.reference.partners.hospitals
        with self._watching(assembly) as watch:
            self.say(f"3. {len(hospitals)} hospitals publish their example charts, as any hospital would")
            for hospital in hospitals:
                self._publish(here, hospital, ".", "handmade")
            watch.until_quiet()
            self.say("4. the example payers consume their claims, acknowledge them and answer with remittances")
            with self._payers(here, assembly):
                self._answered(here, watch)
                self.say("6. hospitals send what they found out since: it takes the place of what was claimed")
                for hospital in here.hospitals_with("later"):
                    self._publish(here, hospital, "later")
                watch.until_quiet()
                self.say(f"7. the clock moves to {HOLDS_END:%Y-%m-%d}: bill holds end, and their claims go out")
                self._move_clock(assembly, HOLDS_END)
                watch.until_quiet()
                self._answered(here, watch)
            self.say(f"8. the clock moves to {MONTH_ENDS:%Y-%m-%d}: the month closes and its statistics are published")
            self._move_clock(assembly, MONTH_ENDS)
            watch.until_quiet()
            return watch.look(exact=True)

    @contextmanager
    def _payers(self, here: Machine, assembly: Assembly) -> Iterator[None]:
        """All but one answer on Kafka."""
        payers = assembly.reference.partners.payers
        others = [payer for payer in payers if payer not in {"patient", _BY_FILE}]
        by_file = here.payer_by_file(payers[_BY_FILE])
        with here.running("payer", here.payer(others)), here.running("payer-by-file", by_file):
            yield

    def _answered(self, here: Machine, watch: Watch) -> None:
        """Nothing moves, and there is no file that was not read."""
        time.sleep(_PAYERS_IDLE_S)
        watch.until_quiet()
        while files := sorted(set(here.inbox.glob("*.835")) - self._imported.keys()):
            self._import(here, files)
            watch.until_quiet()

    def _import(self, here: Machine, files: Sequence[Path]) -> None:
        said = self._done(here, here.remit_import(files), "importing remittances")
        for each in said:
            self._imported[Path(each["file"])] = [(of["payer"], of["trace"]) for of in each["transactions"]]
        answers = sum(of["claims"] for each in said for of in each["transactions"])
        told = f"{counted(len(said), 'file')} imported with {counted(answers, 'answer')}"
        self.say(f"5. {_BY_FILE} answers by 835: {told}")

    def _done(self, here: Machine, command: Sequence[str], what: str) -> Any:
        """What a command of ours says as JSON."""
        done = subprocess.run(command, env=here.environment(), capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise RuntimeError(f"{what} failed: {done.stderr.strip()}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def _publish(self, here: Machine, hospital: str, *folders: str) -> None:
        """The publisher of the command line. An unfinished encounter is said, and is no failure."""
        said = self._done(here, here.publish(hospital, *folders), f"publishing for {hospital}")
        left = f", {len(said['unpublished'])} not published (unfinished)" if said["unpublished"] else ""
        self.say(f"   {hospital}: {counted(said['published'], 'chart')}{left}")

    def _move_clock(self, assembly: Assembly, to: datetime) -> None:
        """Any worker's timer may say what is due; here it is ours, with a clock that has moved on."""
        producer = Producer(assembly.settings.producer_config())
        Timers(Clock(to), assembly.ledger, assembly.codec, producer).tick()

    @contextmanager
    def _watching(self, assembly: Assembly) -> Iterator[Watch]:
        """Live progress where a person looks on."""
        if self.as_json or not self.said.is_terminal:
            yield Watch(assembly, lambda _looks: None, self._alive)
            return
        with Live(console=self.said, refresh_per_second=4, transient=False) as live:
            yield Watch(assembly, lambda looks: live.update(as_table(looks, "claimstream")), self._alive)

    def _alive(self) -> None:
        """The worker says in its log why it ended."""
        if self._worker is not None and self._worker.poll() is not None:
            last = (self.home / "worker.log").read_text().strip().rpartition("\n")[2]
            raise Stuck(f"the worker ended with status {self._worker.returncode}: {last}")

    def _tell(self, assembly: Assembly, looks: list[Look], seconds: float) -> int:
        books = read_books(assembly)
        paths = write_examples(assembly, self.home)
        life = self._life(assembly)
        wrong = verdict(books, life, looks)
        if self.as_json:
            print(json.dumps(as_json(books, life, returns(assembly), looks, seconds)))  # noqa: T201 the object a machine reads
        else:
            if not self.said.is_terminal:
                self.said.print(as_table(looks, "stages"))
            show(self.said, books, life, returns(assembly), paths)
            self.say(f"For those commands: export CLAIMSTREAM_LEDGER={quote(str(assembly.ledger.url))}")
            balanced = "NO" if books.unbalanced else "yes"
            self.said.print(f"lag {sum(look.behind for look in looks)}, {seconds:.0f} s, balanced: {balanced}")
        for fault in wrong:
            self.said.print(f"[red]not as promised:[/red] {fault}")
        return 1 if wrong else 0

    def _life(self, assembly: Assembly) -> tuple[Shown, ...]:
        traces = [trace for found in self._imported.values() for trace in found]
        return life_of_claims(assembly, traces, write_claim_files(assembly, self.home))

    def _keep(self, here: Machine) -> None:
        """Broker and worker stay until Ctrl-C; another terminal is told how it reaches them."""
        settings = here.settings
        self.say(f"worker http://{settings.web_host}:{settings.web_port}/ready; Ctrl-C ends broker and worker")
        self.say("For claimstream's other commands, in another terminal:")
        for name, value in here.told().items():
            self.say(f"  export {name}={quote(value)}")
        try:
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            self.say("ending")

    def say(self, words: str) -> None:
        """A line stays one line, so that it can be copied."""
        self.said.print(words, highlight=False, markup=False, soft_wrap=True)


def _ended(_signal: int, _frame: object) -> None:
    """Told to end, the demo ends its broker and worker too."""
    raise SystemExit(143)
