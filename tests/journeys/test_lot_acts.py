"""Reactions, samples, destructions, weighings, sightings and stock counts on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.journeys.stage import CN, LOT, MAKER, TRUCK, Stage, codes

HERE = ("--place", "CNTZU+08:00")
ANHYDRIDE, ACID = "lot:CN-MAKER/AA-1", "lot:CN-MAKER/SA-1"
PARACETAMOL = "paracetamol,quantity=1362.2 kg,molar-mass=151.16,moles=1,reference=P-77"
RECORD = "sha256:" + "ba" * 32


@pytest.fixture
def plant(stage: Stage) -> Stage:
    """A stage with two kinds of lots that can react."""
    for lot, substance, name in ((ANHYDRIDE, "108-24-7", "acetic anhydride"), (ACID, "118-92-3", "anthranilic acid")):
        stage.do(
            "lot", "register", lot, "--substance", substance, "--name", name, "--quantity", "1000 kg", *HERE, by="maker"
        )  # fmt: skip
    return stage


def transform(stage: Stage, *more: str, code: int = 0, by: str = "maker", **other: str) -> Any:
    lot = other.get("lot", f"{ANHYDRIDE},quantity=1000 kg,molar-mass=102.09,moles=1")
    return stage.do(
        "lot", "transform", "--lot", lot, "--output", other.get("output", PARACETAMOL),
        "--window", other.get("window", "88-95"), "--batch-record", other.get("record", RECORD), *HERE, *more,
        by=by, code=code,
    )  # fmt: skip


def test_a_reaction_waits_for_its_second_signer(plant: Stage) -> None:
    done = transform(plant, "--waste", "80 kg")
    assert codes(done) == set()
    assert "second-signature-owed" in codes(plant.verdict(ANHYDRIDE, code=3))
    assert codes(plant.do("authority", "endorse", done["statement"], by="maker", code=1)) == {"second-signer"}
    plant.do("authority", "endorse", done["statement"], "--on", ANHYDRIDE, by="maker2")
    verdict = plant.verdict(ANHYDRIDE, code=0)
    assert "second-signature-owed" not in codes(verdict)
    assert verdict["timeline"][1]["sentence"].endswith("1362.200 kg of paracetamol, yield 92.00 %.")


def test_a_reaction_to_a_controlled_lot_out_of_two(plant: Stage) -> None:
    """The input that runs out first bounds what can come out; figures in grams and litres are exact."""
    new = "lot:CN-MAKER/N-1"
    done = transform(
        plant, "--lot", f"{ACID},quantity=1000 g,molar-mass=137.14,moles=1",
        lot=f"{ANHYDRIDE},quantity=2 kg,molar-mass=102.09,moles=2",
        output=f"N-acetylanthranilic acid,quantity=1.2 L,density=1.0,molar-mass=179.17,lot={new},substance=89-52-1",
    )  # fmt: skip
    assert done["accepted"]
    verdict = plant.verdict(new, code=3)
    assert verdict["accounts"]["in custody"] == "1.200 L"
    assert plant.json("lot", "history", new, "--ledger", str(plant.ledger))["timeline"][0]["sentence"].endswith(
        "yield 91.85 %."
    )


def test_a_yield_that_cannot_be_is_recorded(plant: Stage) -> None:
    more = PARACETAMOL.replace("1362.2", "1600")
    assert codes(transform(plant, output=more)) == {"impossible-yield"}


def test_a_yield_outside_the_window_and_a_record_named_twice(plant: Stage) -> None:
    half = f"{ANHYDRIDE},quantity=500 kg,molar-mass=102.09"
    low = PARACETAMOL.replace("1362.2", "600")
    Path(plant.at("batch.pdf")).write_bytes(b"batch record 7")
    record = plant.at("batch.pdf")
    assert codes(transform(plant, lot=half, output=low, record=record)) == {"yield-outside-window"}
    again = transform(plant, lot=half, output=low, record=record)
    assert codes(again) >= {"batch-record-reused", "batch-record-named-again"}


def test_a_reaction_is_drafted_as_it_would_be_signed(plant: Stage) -> None:
    drafted = plant.run(
        "lot", "transform", "--lot", f"{ANHYDRIDE},quantity=2 g,molar-mass=102.09,packages=none",
        "--output", "product,quantity=900 mg,molar-mass=60.05", "--window", "70-90.5", "--batch-record", RECORD, *HERE,
        "--ledger", str(plant.ledger), "--as", MAKER, "--draft",
    ).json  # fmt: skip
    assert drafted["theoretical"] == {"value": "1.176", "unit": "GRM"} and drafted["yield_percent"] == "76.50"
    assert (drafted["window_low"], drafted["window_high"], drafted["operator"]) == ("70", "90.5", MAKER)


def test_somebody_elses_reaction(plant: Stage) -> None:
    assert codes(transform(plant, by="user", code=1)) == {"not-custodian"}


def test_sampled_with_its_seals_named_anew(stage: Stage) -> None:
    stage.register()
    stage.do("seal", "apply", LOT, "--seal", "S-1,S-2", *HERE, by="maker")
    sample = ("lot", "sample", LOT, "0.050 kg", "--purpose", "release-test", "--reference", "R-118")
    assert codes(stage.do(*sample, "--seal", "S-1", "--seal", "S-9", by="maker")) == {"seals-left"}
    verdict = stage.verdict(LOT, "--found", "seal=S-1,S-9", code=0)
    assert verdict["accounts"]["sampled"] == "0.050 kg" and verdict["answers"]["goods"] == "match"
    assert codes(stage.do(*sample, by="user", code=1)) == {"not-custodian"}
    assert codes(stage.do(*sample[:3], "500 kg", *sample[4:], by="maker", code=1)) == {"sample-too-large"}


def test_destroyed_before_a_witness(stage: Stage) -> None:
    stage.register(LOT, "500 kg", "--package", "D001..D020=25 kg")
    destroy = ("lot", "destroy", LOT, "25 kg", "--package", "D020", "--method", "incineration", *HERE)
    assert codes(stage.do(*destroy, "--witness", MAKER, by="maker", code=1)) == {"witness-own"}
    assert codes(stage.do(*destroy, "--witness", "party:CN-NOBODY", by="maker", code=1)) == {"witness-unknown"}
    done = stage.do(*destroy, "--witness", CN, by="maker")
    assert stage.verdict(code=0)["accounts"]["in custody"] == "500.000 kg"
    endorse = ("authority", "endorse", done["statement"], "--on", LOT)
    assert codes(stage.do(*endorse, by="mx", code=1)) == {"not-witness"}
    assert codes(stage.do(*endorse, by="cn")) == {"destroyed"}
    assert stage.verdict(code=0)["accounts"]["in custody"] == "475.000 kg"


def test_weighed_with_net_calculated_or_stated(stage: Stage) -> None:
    stage.register()
    weigh = ("lot", "weigh", "--scale", "W-3", *HERE)
    assert codes(stage.do(*weigh, f"{LOT},gross=520.0 kg,tare=20.00 kg", by="maker")) == set()
    assert codes(stage.do(*weigh, f"{LOT},gross=0.5 t,tare=none", by="cn")) == set()
    assert codes(stage.do(*weigh, f"{LOT},gross=495 kg,tare=20000 g", by="cn")) == {"mass-differs"}
    wrong = stage.do(*weigh, f"{LOT},gross=520 kg,tare=20 kg,net=501 kg", by="maker", code=1)
    assert codes(wrong) == {"weighing-contradicts-itself"}
    assert codes(stage.do(*weigh, f"{LOT},gross=520 kg", by="user", code=1)) == {"not-custodian"}


def test_net_is_as_fine_as_the_scale_was(stage: Stage) -> None:
    drafted = stage.run(
        "lot", "weigh", f"{LOT},gross=520.0 kg,tare=20.00 kg", f"{LOT}B,gross=1 t,tare=1 kg", "--scale", "W-3", *HERE,
        "--draft",
    ).json  # fmt: skip
    nets = [line["net"] for line in drafted["lines"]]
    assert nets == [{"value": "500.00", "unit": "KGM"}, {"value": "999", "unit": "KGM"}]


def test_sighted_after_the_end(stage: Stage) -> None:
    stage.register(LOT, "25 kg", "--package", "D001=25 kg")
    stage.do("lot", "consume", LOT, "25 kg", "--purpose", "synthesis", "--emptied", "D001", by="maker")
    sight = ("lot", "sight", LOT, "--serial", "D001", *HERE)
    assert codes(stage.do(*sight, "--content", "empty", by="cn")) == {"empty-package-sighted", "seen-after-end"}
    assert "sighted-after-end" in codes(stage.do(*sight, "--content", "filled", by="cn"))
    assert codes(stage.do("lot", "sight", LOT, "--content", "unknown", *HERE, by="user", code=1)) == {"not-custodian"}


def test_counted_and_reconciled(stage: Stage) -> None:
    stage.register(LOT, "500 kg", "--package", "D001..D020=25 kg")
    stage.do("lot", "consume", LOT, "25 kg", "--purpose", "synthesis", "--emptied", "D020", by="maker")
    count = ("lot", "count", *HERE)
    whole = f"{LOT},counted=475 kg,packages=D001..D019,delivered=500 kg,used=25 kg"
    assert codes(stage.do(*count, whole, by="maker")) == set()
    less = whole.replace("475", "474")
    assert codes(stage.do(*count, less, by="cn", code=1)) == {"reconciliation-unbalanced"}
    assert "stock-differs" in codes(stage.do(*count, f"{less},lost=1 kg", by="cn"))
    assert "stock-differs" in codes(stage.do(*count, f"{LOT},counted=none", by="cn"))
    assert codes(stage.do(*count, whole, by="truck", code=1)) == {"not-custodian"}
    assert "difference-open" in codes(stage.verdict(code=3))


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("weigh", LOT, "--scale", "W-3"), "quantity-format"),
        (("weigh", f"{LOT},gross=20 kg,tare=20 kg", "--scale", "W-3"), "weighing-contradicts-itself"),
        (("weigh", f"{LOT},gross=20 kg,tare=2 L", "--scale", "W-3"), "weighing-contradicts-itself"),
        (("weigh", f"{LOT},weight=20 kg", "--scale", "W-3"), "line-format"),
        (("weigh", f"{LOT},gross=20 kg"), "usage"),
        (("weigh", "--scale", "W-3"), "usage"),
        (("sight", LOT, "--content", "half"), "usage"),
        (("sight", LOT, "--content", "filled", "--serial", "d 1"), "field-format"),
        (("count", LOT), "count-needed"),
        (("count", f"{LOT},counted=none,used=5 kg"), "field-missing"),
        (("count", f"{LOT},counted=5 kg,delivered=none"), "quantity-format"),
        (("sample", LOT, "5 kg", "--purpose", "Release Test"), "field-format"),
        (("sample", "lot:CN-MAKER/NONE", "5 kg", "--purpose", "retention"), "lot-unknown"),
        (("destroy", LOT, "5 kg", "--method", "incineration"), "usage"),
        (("destroy", LOT, "5 kg", "--method", "incineration", "--witness", "somebody"), "id-kind"),
    ],
)
def test_what_cannot_be_said_of_a_lot(stage: Stage, args: tuple[str, ...], code: str) -> None:
    stage.register()
    size = stage.status()["size"]
    where = () if args[0] == "sample" else HERE
    told = stage.do("lot", *args, *where, by="maker", code=2)
    assert told["error"]["code"] == code and stage.status()["size"] == size


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"window": "88"}, "window-format"),
        ({"window": "95-88"}, "yield-contradicts-itself"),
        ({"window": "a-b"}, "field-format"),
        ({"record": "/none.pdf"}, "input-missing"),
        ({"record": "sha256:ba"}, "hash-format"),
        ({"lot": f"{ANHYDRIDE},quantity=1 kg"}, "molar-mass-format"),
        ({"lot": f"{ANHYDRIDE},quantity=1 kg,molar-mass=1e999999999"}, "molar-mass-format"),
        ({"lot": f"{ANHYDRIDE},quantity=1 kg,molar-mass=102.09,moles=0"}, "moles-format"),
        ({"lot": f"{ANHYDRIDE},quantity=1 kg,molar-mass=102.09,moles=1.5"}, "moles-format"),
        ({"lot": f"{ANHYDRIDE},molar-mass=102.09"}, "quantity-format"),
        ({"lot": f"{ANHYDRIDE},quantity=1 L,molar-mass=102.09"}, "density-missing"),
        ({"lot": f"{ANHYDRIDE},quantity=1 L,molar-mass=102.09,density=heavy"}, "density-format"),
        ({"lot": f"{ANHYDRIDE},quantity=1 g,molar-mass=102.09"}, "impossible-yield"),
        ({"lot": "lot:CN-MAKER/NONE,quantity=1 kg,molar-mass=102.09"}, "lot-unknown"),
        ({"output": f"{PARACETAMOL},yield=92"}, "line-format"),
        ({"output": f"{PARACETAMOL},lot=lot:CN-MAKER/N-1"}, "output-unclear"),
    ],
)
def test_what_is_no_reaction(plant: Stage, changed: dict[str, str], code: str) -> None:
    """Told before anything is signed, or refused by the ledger: never half a record."""
    size = plant.status()["size"]
    refused = code in ("yield-contradicts-itself", "output-unclear")
    told = transform(plant, code=1 if refused else 2, **changed)
    assert (codes(told) == {code}) if refused else (told["error"]["code"] == code)
    assert plant.status()["size"] == size


def test_signed_on_the_road_and_handed_in_as_one_packet(stage: Stage) -> None:
    """Without a ledger the previous statement is named by its file."""
    stage.register(LOT, "500 kg", "--save", stage.at("registration.cose"))
    common = ("--key", stage.key("maker"), "--as", MAKER, "--audience", stage.audience)
    stage.run(
        "lot", "sample", LOT, "1 kg", "--purpose", "retention", "--prev", stage.at("registration.cose"), *common,
        "--offline", stage.at("sample.cose"),
    )  # fmt: skip
    stage.run(
        "lot", "weigh", f"{LOT},gross=499 kg", "--scale", "W-3", *HERE, *common, "--offline", stage.at("weighing.cose")
    )
    lacking = stage.json(
        "lot", "sample", LOT, "1 kg", "--purpose", "retention", *common, "--offline", stage.at("x.cose"), code=2
    )
    assert lacking["error"]["code"] == "ledger-needed"
    stage.run("packet", stage.at("sample.cose"), stage.at("weighing.cose"), "--out", stage.at("road.lotpacket"))
    answers = stage.json("submit", stage.at("road.lotpacket"), "--ledger", str(stage.ledger))["answers"]
    assert [codes(answer) for answer in answers] == [set(), set()] and all(one["accepted"] for one in answers)
    assert stage.verdict(code=0)["accounts"]["in custody"] == "499.000 kg"


def test_a_receiver_weighs_what_was_offered(stage: Stage) -> None:
    stage.register()
    stage.do(
        "transfer", "hand-over", "--to", TRUCK, "--as-a", "carrier", "--lot", LOT, *HERE, "--mode", "road", by="maker"
    )
    assert stage.do("lot", "weigh", f"{LOT},gross=500 kg", "--scale", "W-3", *HERE, by="truck")["accepted"]
