"""Given: any claim of ours that an 837 has room for, to a payer and from a hospital of partners.yaml."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from schemas.events.chart import Attachment, Authorization, Cause, PresentOnAdmission, Signatures
from schemas.events.claim import (
    Adjustment,
    ChartVersion,
    ClaimBuilt,
    ClaimDiagnosis,
    ClaimLine,
    CodedValue,
    PriorAnswer,
    PriorLine,
)
from schemas.events.coded import CodedProcedure, Drg
from schemas.events.people import Address, Name, Patient, Provider, Sex, Subscriber
from tests.claims.given_accounts import committed_partners

FIRST = date(2026, 3, 1)
HOSPITAL = "mercy-general"
PHYSICIANS = ("1999001112", "1999001120", "1999001138")
_LETTERS = st.characters(codec="ascii", min_codepoint=32, max_codepoint=126) | st.sampled_from("ñÉøß’")
_ID = st.from_regex(r"[A-Z0-9]{2,20}", fullmatch=True)
_DAYS = st.integers(0, 30).map(lambda days: FIRST + timedelta(days=days))
_CENTS = st.integers(0, 9_999_999)
_NAMES = st.builds(
    Name,
    family=st.text(_LETTERS, min_size=1, max_size=70).map(lambda text: f"A{text}"),
    given=st.none() | st.text(_LETTERS, min_size=1, max_size=40).map(lambda text: f"B{text}"),
    middle=st.none() | st.just("Q"),
    suffix=st.none() | st.just("JR"),
)
_ADDRESSES = st.builds(
    Address,
    lines=st.sampled_from([("14 LINDEN ROW",), ("14 LINDEN ROW", "FLAT 2")]),
    city=st.just("SPRINGFIELD"),
    state=st.just("MA"),
    postal_code=st.sampled_from(["01103", "01103-0001"]),
    country=st.just("US"),
)
_SEXES: st.SearchStrategy[Sex] = st.sampled_from(("female", "male", "unknown"))
_CODES = st.sampled_from(["M54.50", "I10", "E11.65", "J18.9", "W19.XXXA", "S52.90XA"])
_PAPERS = ((), (Attachment(report_type="OZ", transmission="EL", control_number="P-1"),
                Attachment(report_type="B4", transmission="AA")))  # fmt: skip
_ADJUSTMENTS = st.lists(
    st.builds(
        Adjustment,
        group=st.sampled_from(["CO", "OA", "PI", "PR"]),
        carc=st.sampled_from(["1", "2", "45", "94", "97"]),
        cents=st.integers(-99_999, 99_999).filter(bool),
        quantity=st.none() | st.integers(1, 9).map(lambda units: 1000 * units),
    ),
    max_size=7,
).map(lambda found: tuple(sorted(found, key=lambda each: each.group)))


@st.composite
def claims(draw: st.DrawFn) -> ClaimBuilt:
    kind = draw(st.sampled_from(["professional", "institutional"]))
    lines = tuple(draw(_line(kind, number)) for number in range(1, draw(st.integers(2, 5))))
    relationship = draw(st.sampled_from(["self", "spouse", "child", "other"]))
    patient = Patient(
        mrn=draw(_ID), name=draw(_NAMES), birth_date=date(1961, 7, 19), sex=draw(_SEXES), address=draw(_ADDRESSES)
    )
    number = draw(_ID)
    prior = draw(_prior(lines)) if draw(st.booleans()) else ()
    common: dict[str, Any] = {
        "event_id": "e", "occurred_at": datetime(2026, 4, 1, tzinfo=UTC), "producer": "claiming", "claim_id": "c",
        "submission": 1, "control_number": number, "kind": kind, "hospital": HOSPITAL, "account_number": "A1",
        "revision": 1, "charts": (ChartVersion(chart_id="ch", version=1),), "payer": "commercial",
        "payer_kind": "insurer", "payer_sequence": 1 + len(prior), "submitter": "Mercy General Hospital",
        "frequency": draw(st.sampled_from("178" if kind == "professional" else "123478")),
        "original_reference": draw(st.none() | _ID),
        "filing_indicator": draw(st.sampled_from(["CI", "16", "MC"])), "patient": patient,
        "subscriber": draw(_subscriber(relationship)), "member_id": draw(_ID), "group": draw(st.none() | _ID),
        "signatures": Signatures(
            assignment_of_benefits=draw(st.booleans()), release_of_information=draw(st.booleans()),
            provider_accepts_assignment=draw(st.booleans()),
        ),
        "authorizations": draw(st.sampled_from([(), (Authorization(number="AUTH1"),)])),
        "referral": draw(st.none() | _ID), "lines": lines,
        "total_charge_cents": sum(line.charge_cents for line in lines), "prior": prior,
        "patient_paid_cents": draw(_CENTS), "notes": draw(st.sampled_from([(), ("LATE", "VERY LATE")])),
        "delay_reason": draw(st.sampled_from([None, "7", "11"])), "attachments": draw(st.sampled_from(_PAPERS)),
    }  # fmt: skip
    own = draw(_professional() if kind == "professional" else _institutional(common["frequency"]))
    return ClaimBuilt(**common, **own)


@st.composite
def _subscriber(draw: st.DrawFn, relationship: Any) -> Subscriber:
    if relationship == "self":
        return Subscriber(relationship="self")
    address, sex = draw(_ADDRESSES), draw(_SEXES)
    return Subscriber(
        relationship=relationship, name=draw(_NAMES), birth_date=date(1960, 1, 2), sex=sex, address=address
    )


@st.composite
def _professional(draw: st.DrawFn) -> dict[str, Any]:
    codes = draw(st.lists(_CODES, min_size=2, max_size=6, unique=True))
    causes = [("auto", "MA"), ("other", None), ("employment", None)]
    kind, state = draw(st.sampled_from(causes))
    cause = Cause(kind=kind, date=FIRST, state=state, claim_number=draw(st.none() | _ID))  # type: ignore[arg-type]
    roles = [("rendering", PHYSICIANS[0]), ("referring", PHYSICIANS[1]), ("supervising", PHYSICIANS[2])]
    hospital = committed_partners().hospital(HOSPITAL)
    return {
        "billing_provider": hospital.billing_entities["mercy-physicians"].organization,
        "providers": tuple(Provider(role=r, npi=n, name=Name(family="LIM")) for r, n in roles),  # type: ignore[arg-type]
        "causes": draw(st.sampled_from([(), (cause,)])),
        "place_of_service": "11",
        "onset": draw(st.none() | _DAYS),
        "last_menstrual_period": draw(st.none() | _DAYS),
        "statement_from": FIRST,
        "statement_to": FIRST,
        "admission_date": draw(st.none() | _DAYS),
        "diagnoses": tuple(
            ClaimDiagnosis(
                code=code, role="external-cause" if code[0] == "W" and at else "other" if at else "principal"
            )
            for at, code in enumerate(codes)
        ),
    }


@st.composite
def _institutional(draw: st.DrawFn, frequency: str) -> dict[str, Any]:
    present: st.SearchStrategy[PresentOnAdmission | None] = st.sampled_from((None, "Y", "N", "U", "W"))
    spans = st.builds(CodedValue, kind=st.just("span"), code=st.just("74"), start=st.just(FIRST), end=_DAYS)
    occurred = st.builds(CodedValue, kind=st.just("occurrence"), code=st.sampled_from(["04", "11"]), start=_DAYS)
    values = st.builds(CodedValue, kind=st.just("value"), code=st.sampled_from(["80", "A2"]), cents=_CENTS)
    conditions = st.builds(CodedValue, kind=st.just("condition"), code=st.sampled_from(["02", "44"]))
    operations = st.builds(
        CodedProcedure,
        code=st.sampled_from(["0BH17EZ", "5A1945Z"]), performed_at=_DAYS, statement=st.just("s"), path=st.just("given"),
        release=st.just("2026"),
    )  # fmt: skip
    some = [st.lists(each, max_size=3) for each in (spans, occurred, values, conditions)]
    return {
        "billing_provider": committed_partners().hospital(HOSPITAL).organization,
        "providers": tuple(
            Provider(role=role, npi=npi, name=Name(family="MARSH"))  # type: ignore[arg-type]
            for role, npi in zip(("attending", "operating", "operating"), PHYSICIANS, strict=True)
        ),
        "bill_type": f"0{draw(st.sampled_from(['11', '13', '85']))}{frequency}",
        "statement_from": FIRST,
        "statement_to": FIRST + timedelta(days=30),
        "admission_date": draw(st.none() | st.just(FIRST)),
        "admission_type": draw(st.sampled_from([None, "1", "3"])),
        "admission_source": "1",
        "patient_status": "01",
        "discharge_hour": draw(st.sampled_from([None, "09", "1430"])),
        "coded_values": tuple(value for each in some for value in draw(each)),
        "diagnoses": (
            ClaimDiagnosis(code="J18.9", role="principal", present_on_admission=draw(present)),
            ClaimDiagnosis(code="R09.02", role="admitting"),
            ClaimDiagnosis(code="W19.XXXA", role="external-cause", present_on_admission=draw(present)),
            *(
                ClaimDiagnosis(code=code, role="other", present_on_admission=draw(present))
                for code in ("I10", "E11.65")
            ),
        ),
        "procedures": tuple(draw(st.lists(operations, max_size=4))),
        "drg": draw(st.none() | st.just(Drg(version="43", code="195"))),
    }


@st.composite
def _line(draw: st.DrawFn, kind: str, number: int) -> ClaimLine:
    first = draw(_DAYS)
    professional = kind == "professional"
    ndc = draw(st.sampled_from([None, "00000188501"]))
    return ClaimLine(
        number=number,
        control_number=f"L{number}",
        chart_id="ch",
        statement=f"s{number}",
        code=draw(st.sampled_from(["G0463", "J1885"])) if professional or draw(st.booleans()) else None,
        revenue_code=None if professional else draw(st.sampled_from(["0120", "0450"])),
        units=draw(st.integers(1, 99_999)),
        unit_kind="UN" if professional else draw(st.sampled_from(["UN", "DA"])),
        service_from=first,
        service_to=first + timedelta(days=draw(st.integers(0, 3))),
        place_of_service=draw(st.sampled_from(["11", "22"])) if professional else None,
        charge_cents=draw(_CENTS),
        non_covered_cents=0 if professional else draw(st.sampled_from([0, 125])),
        pointers=draw(st.sampled_from([(1,), (2, 1)])) if professional else (),
        ndc=ndc,
        ndc_quantity=None if ndc is None else 2500,
        ndc_unit=None if ndc is None else "ML",
        rendering_npi=PHYSICIANS[0] if professional else None,
        authorization=draw(st.none() | st.just("AUTH9")) if professional else None,
        supervising_npi=draw(st.none() | st.just(PHYSICIANS[2])) if professional else None,
        operating_npi=None if professional else draw(st.none() | st.just(PHYSICIANS[2])),
    )


@st.composite
def _prior(draw: st.DrawFn, lines: tuple[ClaimLine, ...]) -> tuple[PriorAnswer, ...]:
    """What one or two payers answered before, for the whole claim or line by line."""
    return tuple(draw(_answer(lines, sequence)) for sequence in range(1, draw(st.integers(2, 3))))


@st.composite
def _answer(draw: st.DrawFn, lines: tuple[ClaimLine, ...], sequence: int) -> PriorAnswer:
    answered = tuple(
        PriorLine(
            control_number=line.control_number,
            paid_cents=draw(_CENTS),
            adjustments=draw(_ADJUSTMENTS),
            remaining_cents=draw(st.none() | _CENTS),
        )
        for line in (lines if draw(st.booleans()) else ())
    )
    if answered:
        paid_with = draw(st.none() | st.just(lines[0].control_number))
        answered = (*answered[:-1], answered[-1].model_copy(update={"bundled_into": paid_with}))
    return PriorAnswer(
        payer=("medicare", "medicare-advantage")[sequence - 1],
        sequence=sequence,
        adjudicated_on=draw(_DAYS),
        payer_claim_number=draw(st.none() | _ID),
        paid_cents=draw(_CENTS),
        adjustments=draw(_ADJUSTMENTS),
        lines=answered,
        remaining_cents=draw(st.none() | _CENTS),
        remarks=draw(st.sampled_from([(), ("MA01", "N19")])),
        filing_indicator=draw(st.sampled_from(["MB", "CI"])),
        subscriber=draw(_subscriber(draw(st.sampled_from(["self", "spouse"])))),
        member_id=draw(_ID),
        group=draw(st.none() | _ID),
    )
