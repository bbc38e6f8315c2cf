"""837P: what a professional claim says where, and for which field it is left out."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.x12.claim_file import Style, transaction_set
from claims.x12.parties import PayerName
from claims.x12.segments import Delimiters, read_segments
from schemas.events.chart import Attachment, Authorization, Cause
from schemas.events.claim import ClaimBuilt, ClaimDiagnosis
from schemas.events.people import Address, Name, Patient, Provider, ProviderRole, Subscriber
from tests.claims.given_claims import professional
from tests.claims.x12.given_files import AT, lines, named, read, why, written

CLAIM = professional()
ADDRESS = Address(lines=("2 Example Road",), city="Springfield", state="MA", postal_code="01103")


def but(**change: object) -> ClaimBuilt:
    return CLAIM.model_copy(update=change)


def line_but(**change: object) -> ClaimBuilt:
    return but(lines=(CLAIM.lines[0].model_copy(update=change),))


def patient(**change: object) -> Patient:
    return CLAIM.patient.model_copy(update=change)


def dependent(**change: object) -> ClaimBuilt:
    holder = Subscriber(relationship="child", name=Name(family="Elder", given="Ann"), sex="female")
    return but(subscriber=holder, **change)


FAXED = Attachment(report_type="OZ", transmission="FX", control_number="P-1")
WAITING = Attachment(report_type="B4", transmission="AA")


def acting(role: ProviderRole, npi: str = "1999001120", family: str = "Marsh") -> Provider:
    return Provider(role=role, npi=npi, name=Name(family=family))


SAID = [
    # reason, claim, tag, one of its segments
    ("charge, place, frequency, signatures", CLAIM, "CLM", f"CLM*{CLAIM.control_number}*50***22:B:1*Y*A*Y*Y"),
    ("a replacement names the payer's claim", but(frequency="7", original_reference="ICN1"), "REF", "REF*F8*ICN1"),
    ("its frequency", but(frequency="8"), "CLM", f"CLM*{CLAIM.control_number}*50***22:B:8*Y*A*Y*Y"),
    ("a delay's reason stands twentieth", but(delay_reason="7"), "CLM",
     f"CLM*{CLAIM.control_number}*50***22:B:1*Y*A*Y*Y" + "*" * 11 + "7"),
    ("work and an accident on the road", but(causes=(Cause(kind="employment"), Cause(kind="auto", state="MA"))), "CLM",
     f"CLM*{CLAIM.control_number}*50***22:B:1*Y*A*Y*Y**EM:AA::MA"),
    ("the accident's day", but(causes=(Cause(kind="other", date=date(2026, 3, 1)),)), "DTP", "DTP*439*D8*20260301"),
    ("when it began", but(onset=date(2026, 2, 27)), "DTP", "DTP*431*D8*20260227"),
    ("her last menstrual period", but(last_menstrual_period=date(2026, 1, 5)), "DTP", "DTP*484*D8*20260105"),
    ("a casualty insurer's number", but(causes=(Cause(kind="auto", claim_number="C9"),)), "REF", "REF*Y4*C9"),
    ("admitted", but(admission_date=date(2026, 3, 1)), "DTP", "DTP*435*D8*20260301"),
    ("what the patient paid", but(patient_paid_cents=2_550), "AMT", "AMT*F5*25.5"),
    ("the medical record", CLAIM, "REF", "REF*EA*m1"),
    ("a referral", but(referral="R1"), "REF", "REF*9F*R1"),
    ("an authorization of the whole", but(authorizations=(Authorization(number="A1"),)), "REF", "REF*G1*A1"),
    ("one of a service", but(authorizations=(Authorization(number="A2", service="G0463"),)), "REF", "REF*G1*A2"),
    ("a paper by fax", but(attachments=(FAXED,)), "PWK", "PWK*OZ*FX***AC*P-1"),
    ("a paper on request", but(attachments=(WAITING,)), "PWK", "PWK*B4*AA"),
    ("its reason is the code's alone", but(notes=("NEW",), delay_reason="7"), "NTE", "NTE*ADD*NEW"),
    ("a note", but(notes=("late because", "of the payer")), "NTE", "NTE*ADD*late because; of the payer"),
    ("a long note is cut", but(notes=("x" * 90,)), "NTE", f"NTE*ADD*{'x' * 80}"),
    ("the first diagnosis, then the others",
     but(diagnoses=(ClaimDiagnosis(code="I10", role="principal"), ClaimDiagnosis(code="E11.9", role="other"))), "HI",
     "HI*ABK:I10*ABF:E119"),
    ("the patient holds the policy", CLAIM, "SBR", "SBR*P*18*******CI"),
    ("he is the second payer", but(payer_sequence=2), "SBR", "SBR*S*18*******CI"),
    ("the fourth", but(payer_sequence=4), "SBR", "SBR*A*18*******CI"),
    ("why Medicare is second", but(insurance_type="12", group="G7"), "SBR", "SBR*P*18*G7**12****CI"),
    ("he died", but(patient=patient(deceased_date=date(2026, 3, 2))), "PAT", "PAT*****D8*20260302"),
    ("another holds it", dependent(), "SBR", "SBR*P********CI"),
    ("who that is", dependent(), "NM1", "NM1*IL*1*Elder*Ann****MI*M-commercial"),
    ("the patient under him", dependent(), "NM1", "NM1*QC*1*Example"),
    ("and what he is to him", dependent(), "PAT", "PAT*19"),
    ("a service", CLAIM, "SV1", "SV1*HC:G0463*50*UN*1***1"),
    ("elsewhere than the claim", line_but(place_of_service="11"), "SV1", "SV1*HC:G0463*50*UN*1*11**1"),
    ("modifiers and words", line_but(modifiers=("25",), text="a new device"), "SV1",
     "SV1*HC:G0463:25::::a new device*50*UN*1***1"),
    ("several days", line_but(service_to=date(2026, 3, 5)), "DTP", "DTP*472*RD8*20260302-20260305"),
    ("the line's number", CLAIM, "REF", f"REF*6R*{CLAIM.lines[0].control_number}"),
    ("a drug", line_but(ndc="00000-1885-01", ndc_quantity=2500, ndc_unit="ML"), "LIN", "LIN**N4*00000188501"),
    ("its quantity", line_but(ndc="00000188501", ndc_quantity=2500, ndc_unit="ML"), "CTP", "CTP****2.5*ML"),
    ("who performed", CLAIM, "NM1", "NM1*82*1*Costa*Ivan****XX*1999001112"),
    ("where", CLAIM, "NM1", "NM1*77*2*Mercy General Hospital*****XX*1234567893"),
    ("who sent the patient",
     but(providers=(*CLAIM.providers, Provider(role="referring", npi="1999001120", name=Name(family="Marsh")))), "NM1",
     "NM1*DN*1*Marsh*****XX*1999001120"),
    ("who ordered",
     line_but(ordering_npi="1999001120").model_copy(
         update={"providers": (*CLAIM.providers, acting("ordering"))}), "NM1", "NM1*DK*1*Marsh*****XX*1999001120"),
    ("who supervised", but(providers=(*CLAIM.providers, acting("supervising"))), "NM1",
     "NM1*DQ*1*Marsh*****XX*1999001120"),
    ("the payment goes elsewhere", but(pay_to=ADDRESS), "NM1", "NM1*87*2"),
    ("a foreign address",
     but(patient=patient(address=Address(lines=("Am Markt 1",), city="Köln", postal_code="50667", country="DE"))), "N4",
     "N4*Koln**50667*DE"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "tag", "said"), [row[1:] for row in SAID], ids=[row[0] for row in SAID])
def test_a_claim_says(claim: ClaimBuilt, tag: str, said: str) -> None:
    assert said in lines(claim, tag=tag)


def lines_of(count: int) -> ClaimBuilt:
    (one,) = CLAIM.lines
    numbered = tuple(one.model_copy(update={"number": n, "control_number": f"L{n}"}) for n in range(1, count + 1))
    return but(lines=numbered, total_charge_cents=count * one.charge_cents)


def diagnoses_of(count: int) -> ClaimBuilt:
    return but(diagnoses=tuple(ClaimDiagnosis(code=f"Z{n:02d}.8", role="other") for n in range(count)))


REFUSED = [
    # reason, claim, field
    ("nobody to bill for", but(billing_provider=CLAIM.billing_provider.model_copy(update={"tax_id": None})),
     "billing_provider.tax_id"),
    ("nowhere to pay to", but(billing_provider=CLAIM.billing_provider.model_copy(update={"address": None})),
     "billing_provider.address"),
    ("a patient without a name", but(patient=patient(name=None)), "patient.name"),
    ("a name in other letters", but(patient=patient(name=Name(family="Иванов"))), "patient.name.family"),
    ("no member", but(member_id=None), "member_id"),
    ("a member id that would break the segment", but(member_id="A*1"), "member_id"),
    ("a filing indicator of 4010", but(filing_indicator="09"), "filing_indicator"),
    ("nobody says that assignment is accepted",
     but(signatures=CLAIM.signatures.model_copy(update={"provider_accepts_assignment": None})),
     "signatures.provider_accepts_assignment"),
    ("a charge of eleven digits", but(total_charge_cents=10_000_000_000), "total_charge_cents"),
    ("a line's charge of eleven digits", line_but(charge_cents=10_000_000_000), "lines.1.charge_cents"),
    ("51 lines", lines_of(51), "lines"),
    ("1,000 lines", lines_of(1_000), "lines"),
    ("13 diagnoses", diagnoses_of(13), "diagnoses"),
    ("no diagnosis", but(diagnoses=()), "diagnoses"),
    ("a line that points nowhere", line_but(pointers=(2,)), "lines.1.pointers"),
    ("no place of service", but(place_of_service=None), "place_of_service"),
    ("a line without a code", line_but(code=None), "lines.1.code"),
    ("five modifiers", line_but(modifiers=("25", "59", "76", "77", "LT")), "lines.1.modifiers"),
    ("a drug without its quantity", line_but(ndc="00000188501"), "lines.1.ndc_quantity"),
    ("a drug of ten digits", line_but(ndc="0000188501", ndc_quantity=1, ndc_unit="UN"), "lines.1.ndc"),
    ("a dependent without a birth date", dependent(patient=patient(birth_date=None)), "patient.birth_date"),
    ("a dependent without an address", dependent(patient=patient(address=None)), "patient.address"),
    ("an address without a city",
     but(patient=patient(address=ADDRESS.model_copy(update={"city": None}))), "patient.address.city"),
    ("a practitioner without a name", but(providers=(Provider(role="rendering", npi="1999001112"),)),
     "providers.rendering.name"),
    ("eleven papers", but(attachments=(FAXED,) * 11), "attachments"),
    ("a paper of no kind", but(attachments=(FAXED.model_copy(update={"report_type": "99"}),)),
     "attachments.0.report_type"),
    ("a paper by no way", but(attachments=(FAXED.model_copy(update={"transmission": "??"}),)),
     "attachments.0.transmission"),
    ("a paper without its number", but(attachments=(FAXED.model_copy(update={"control_number": None}),)),
     "attachments.0.control_number"),
    ("a twelfth payer", but(payer_sequence=12), "payer_sequence"),
    ("a line performed by nobody of the claim", line_but(rendering_npi="1999001138"), "lines.1.rendering_npi"),
    ("one ordered by nobody of it", line_but(ordering_npi="1999001138"), "lines.1.ordering_npi"),
    ("one supervised by nobody of it", line_but(supervising_npi="1999001138"), "lines.1.supervising_npi"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "field"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_claim_that_cannot_be_written_is_left_out_for_a_field(claim: ClaimBuilt, field: str) -> None:
    assert why(claim) == field


def test_who_supervised_one_line_stands_there_and_who_supervised_the_claim_above_it() -> None:
    first, second = (
        CLAIM.lines[0].model_copy(update={"number": n, "control_number": f"L{n}", "supervising_npi": npi})
        for n, npi in ((1, None), (2, "1999001138"))
    )
    supervisors = (acting("supervising"), acting("supervising", "1999001138", "Lim"))
    said = lines(
        but(lines=(first, second), total_charge_cents=10_000, providers=(*CLAIM.providers, *supervisors)), tag="NM1"
    )
    assert [each.split("*")[3] for each in said if each.startswith("NM1*DQ")] == ["Marsh", "Lim"]


@pytest.mark.parametrize("payer_id", [None, ""])
def test_a_payer_without_a_payer_id_gets_no_file(payer_id: str | None) -> None:
    nameless = {"commercial": PayerName("Example Mutual", payer_id, "CI")}
    with pytest.raises(ValueError, match=r"payers\.<id>\.payer_id"):
        written(CLAIM, by=named()._replace(payers=nameless))


@pytest.mark.parametrize(("most", "claim"), [("50 lines", lines_of(50)), ("12 diagnoses", diagnoses_of(12))])
def test_a_claim_holds_up_to(most: str, claim: ClaimBuilt) -> None:
    assert written(claim).claims == (claim,), most


def test_a_transaction_set_of_one_claim_has_no_envelope() -> None:
    tags = [line.partition("*")[0] for line in transaction_set(CLAIM, named(), AT).splitlines()]
    assert (tags[0], tags[-1], {"ISA", "GS"} & set(tags)) == ("ST", "SE", set())


LINE = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=240)


@settings(max_examples=60, deadline=None)
@given(LINE, LINE, LINE, st.integers(0, 10**12), st.sampled_from([Delimiters(), Delimiters("|", "!", ">", "\n")]))
def test_whatever_a_claim_holds_its_segments_are_read_as_they_were_written(
    family: str, street: str, note: str, cents: int, delimiters: Delimiters
) -> None:
    here = Address(lines=(street,), city="Springfield", state="MA", postal_code="01103")
    person = patient(name=Name(family=family), address=here)
    made = written(
        line_but(charge_cents=cents).model_copy(
            update={"patient": person, "notes": (note,), "total_charge_cents": cents}
        ),
        style=Style("extended", delimiters),
    )
    expected = [line.split(delimiters.element) for line in made.text.split(delimiters.segment + "\n") if line]
    assert [segment.elements for segment in read_segments([made.text.encode()])] == expected
    assert bool(made.text) is not bool(made.left_out)


def test_the_segments_are_counted_and_the_numbers_are_those_of_the_envelope() -> None:
    segments = read(CLAIM)
    by_tag = {segment.tag: segment.elements for segment in segments}
    body = [segment.tag for segment in segments]
    assert by_tag["SE"] == ["SE", str(body.index("SE") - body.index("ST") + 1), "0001"]
    assert (by_tag["ISA"][13], by_tag["GS"][6], by_tag["GE"], by_tag["IEA"]) == (
        "000000007", "7", ["GE", "1", "7"], ["IEA", "1", "000000007"],
    )  # fmt: skip
