"""`claimstream worklist fold`: two charts go to the hospital's topic, or none."""

from agents.statistics import open_month
from console.wire import deliver_together
from schemas.events import ChartCoded
from tests.agents.given_stages import MONTH, Stages
from tests.agents.test_folding_at_the_desk import admission, visit
from tests.console.conftest import Terminal
from tests.pipeline import read_topics

TOPIC = "chart-coded.mercy-general"
FOLD = ("worklist", "fold", "mercy-general", "c0", "c1", "--coder", "c-anna")


def claiming_has(terminal: Terminal) -> None:
    stages = Stages(terminal.assembly)
    with stages.assembly.ledger.transaction() as tx:
        open_month(tx, MONTH)
    stages.decide("claiming", visit(), admission())
    stages.assembly.ledger.close()


def test_both_charts_reach_the_hospitals_topic_the_one_that_gives_first(provisioned: Terminal) -> None:
    claiming_has(provisioned)
    done = provisioned.run(*FOLD)
    assert (done.exit_code, done.stderr) == (0, "")
    charts = [chart for _, chart in read_topics(provisioned.assembly, TOPIC) if isinstance(chart, ChartCoded)]
    assert [chart.chart_id for chart in charts] == ["c0", "c1"]


def test_a_fold_that_the_broker_did_not_take_is_sent_again_as_the_same_bytes(provisioned: Terminal) -> None:
    claiming_has(provisioned)
    for _ in range(2):
        assert provisioned.run(*FOLD).exit_code == 0
    first, second, *again = (record.value for record, _ in read_topics(provisioned.assembly, TOPIC))
    assert again == [first, second]


def test_of_two_charts_of_which_the_topic_refuses_one_none_is_read(provisioned: Terminal) -> None:
    """Else the chart that gave its lines would be voided, and no other would have them."""
    both = ((b"c0", b"small"), (b"c0", bytes(3_900_000)))
    assert not deliver_together(provisioned.assembly.settings, TOPIC, both, "desk-fold")
    assert list(read_topics(provisioned.assembly, TOPIC)) == []
