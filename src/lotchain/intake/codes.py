"""The findings on a paper: what the form cannot support is said under its own code, and nothing of it is mended.

They weigh as every finding does, on the answer that the paper would otherwise seem to give. The subject of each is the
path of the field in the file, since a paper's lots are no ledger's lots yet.
"""

from __future__ import annotations

from typing import Final

from lotchain.custody.findings import Answer, hold, note

UNSIGNED = hold(
    Answer.CHAIN,
    "emanifest-unsigned",
    "a handler's place on the form bears no signature",
    "nothing on the form says that this handler took the waste: ask it, and have it sign with its own key",
)
ONE_SIGNER = hold(
    Answer.CHAIN,
    "emanifest-one-signer-several-parties",
    "one person signed for several parties",
    "two signatures of one person are no transfer between two parties: ask each party who acted for it",
)
SIGNED_FOR_ANOTHER = hold(
    Answer.CHAIN,
    "emanifest-signed-for-another",
    "the form says that somebody else signed for this handler",
    "ask the handler itself, and have it sign with its own key",
)
SAME_ORDER = hold(
    Answer.CHAIN,
    "emanifest-carriers-same-order",
    "two carriers have the same order: the form does not say who had the waste first",
    "ask the carriers; no sequence is chosen for them, and no draft goes beyond this point",
)
CARRIER_ORDER = hold(
    Answer.CHAIN,
    "emanifest-carriers-order",
    "the carriers' orders are not 1, 2, 3 …: one has none, or one is not on the form",
    "ask who carried the waste between; no draft goes beyond this point",
)
SAME_INSTANT = hold(
    Answer.CHAIN,
    "emanifest-carriers-same-instant",
    "two carriers signed at the same instant: they cannot have had the waste one after the other",
    "ask the carriers when each took the waste",
)
SAME_SITE = hold(
    Answer.CHAIN,
    "emanifest-same-site-in-sequence",
    "two handlers that follow each other are one site: there is no transfer between them",
    "ask whether a handler is missing between; no draft goes beyond this point",
)
DATE_ORDER = hold(
    Answer.CHAIN,
    "emanifest-date-order",
    "the dates go backwards along the chain",
    "ask the handlers; no date is put right here",
)
HANDLER_MISSING = hold(
    Answer.CHAIN,
    "emanifest-handler-missing",
    "the form names no handler in this place",
    "ask for the form in its final version; no draft goes beyond this point",
)
SITE_ID = hold(
    Answer.CHAIN,
    "emanifest-site-id-unusable",
    "this handler has no EPA site id that can be a registration number on the ledger",
    "name the handler's party on the ledger yourself",
)
IMAGE_ONLY = hold(
    Answer.CHAIN,
    "emanifest-image-only",
    "the form's data are in a picture that is not part of this file",
    "fetch the manifest again once its data were entered, or work from the paper",
)
NO_LINES = hold(
    Answer.CHAIN,
    "emanifest-no-lines",
    "the form has no waste line, so there is no lot",
    "ask for the form in its final version",
)
LINE_TWICE = hold(
    Answer.CHAIN,
    "emanifest-line-twice",
    "a line number stands twice: two lots cannot have one name",
    "ask the generator which line is meant; neither is drafted",
)
TRACKING_NUMBER = hold(
    Answer.CHAIN,
    "emanifest-tracking-number-unusable",
    "there is no manifest tracking number of nine digits and three capitals",
    "the lots are named by the file's SHA-256 instead; ask EPA or the facility for the number",
)
PREVIOUS_MANIFEST = hold(
    Answer.CHAIN,
    "emanifest-previous-manifest",
    "the waste comes from earlier manifests whose facility rejected or left it",
    "trace those manifests; on this form the chain does not begin with the maker",
)
CORRECTED = hold(
    Answer.CHAIN,
    "emanifest-corrected",
    "the form was changed after it was signed, or is being changed",
    "read the versions of the form: the signatures are older than what it says now",
)
QUANTITY_MISSING = hold(
    Answer.QUANTITY,
    "emanifest-quantity-missing",
    "a line states no quantity, or zero",
    "ask the generator; the line is not drafted",
)
QUANTITY_RANGE = hold(
    Answer.QUANTITY,
    "emanifest-quantity-range",
    "a line states more than the ledger books in one lot, or less than a microgram or nanolitre",
    "ask the generator; the line is not drafted",
)
UNIT_UNKNOWN = hold(
    Answer.QUANTITY,
    "emanifest-unit-unknown",
    "a line's unit is none of the form's eight",
    "ask the generator; no factor is guessed and the line is not drafted",
)
UNIT_CONTRADICTS = hold(
    Answer.QUANTITY,
    "emanifest-unit-contradicts",
    "a unit's letter and its words are two different units",
    "ask the generator which is meant; the line is not drafted",
)
PCB_WEIGHT = hold(
    Answer.QUANTITY,
    "emanifest-pcb-weight",
    "the PCB entries of a line weigh more than the line itself",
    "ask the generator which of the two figures is wrong",
)
DISCREPANCY = hold(
    Answer.QUANTITY,
    "emanifest-discrepancy",
    "the facility noted a quantity discrepancy on the line (item 18a)",
    "the form holds no received figure but the comment: have the facility state what it counted",
)
TYPE_DISCREPANCY = hold(
    Answer.GOODS,
    "emanifest-type-discrepancy",
    "the facility noted another type of waste than the form describes (item 18a)",
    "ask the facility what came",
)
RESIDUE = hold(
    Answer.QUANTITY,
    "emanifest-residue",
    "a residue was left in the container and went on under another manifest",
    "the form does not say how much: have the facility state what it took",
)
REJECTION = hold(
    Answer.QUANTITY,
    "emanifest-rejection",
    "the facility rejected the waste, or a part of it (item 18a)",
    "follow the rejected waste to its alternate facility or its new manifest",
)
RECEIVED_UNKNOWN = hold(
    Answer.QUANTITY,
    "emanifest-received-quantity-unknown",
    "the form does not say how much of the line the facility took",
    "have the facility state accepted and refused quantities; its reply is not drafted until then",
)
SUBSTANCE_UNKNOWN = hold(
    Answer.CHAIN,
    "emanifest-substance-unknown",
    "the form has no CAS number for the line",
    "name the CAS number of what the line holds; it is not guessed from a description",
)
DRAFTS_STOP = hold(
    Answer.CHAIN,
    "emanifest-drafts-stop",
    "the drafts end here: the form does not support the next transfer",
    "see the finding that it names",
)
FLAGS_DISAGREE = note(
    Answer.QUANTITY,
    "emanifest-flags-disagree",
    "a flag of the whole form does not agree with its lines or its details",
    "believe the details; ask the facility",
)
CONVERTED = note(
    Answer.QUANTITY,
    "emanifest-quantity-converted",
    "the form's unit is none of the ledger's: the figure was converted by an exact factor",
    "nothing; figure and factor stand in the event",
)
ROUNDED = note(
    Answer.QUANTITY,
    "emanifest-quantity-rounded",
    "a converted figure is finer than a microgram or nanolitre and was rounded",
    "nothing; figure and factor stand in the event",
)
TIME_OF_DAY = note(
    Answer.CHAIN,
    "emanifest-time-of-day-unknown",
    "a paper signature has a date and no time of day: its instant is the file's own stand-in",
    "read it as that day",
)
IMPORTED = note(
    Answer.CHAIN,
    "emanifest-import",
    "the waste came from another country: the form's generator is its importer, not its maker",
    "the lots are registered as entered from outside",
)
BROKER = note(
    Answer.CHAIN,
    "emanifest-broker",
    "the form names a broker, who has no custody",
    "nothing; a broker is named and never guessed into the chain",
)
TEXT_UNUSABLE = note(
    Answer.CHAIN,
    "emanifest-text-unusable",
    "a text of the form cannot be written on the ledger as it stands",
    "read it in the paper; a plain stand-in is written instead",
)
PLACE_UNKNOWN = note(
    Answer.WHEREABOUTS,
    "emanifest-place-unknown",
    "the form has a street address and no UN/LOCODE: USXXX stands for a place somewhere in the United States",
    "name the place and its offset from UTC yourself",
)
NOT_ON_FORM = note(
    Answer.CHAIN,
    "emanifest-not-on-form",
    "the drafts state what the form does not: mode of transport, deadline of the answer, hand-over by a carrier",
    "each handler reads its draft before signing: the signature makes it the handler's own word",
)

CODES: Final = (
    UNSIGNED, ONE_SIGNER, SIGNED_FOR_ANOTHER, SAME_ORDER, CARRIER_ORDER, SAME_INSTANT, SAME_SITE, DATE_ORDER,
    HANDLER_MISSING, SITE_ID, IMAGE_ONLY, NO_LINES, LINE_TWICE, TRACKING_NUMBER, PREVIOUS_MANIFEST, CORRECTED,
    QUANTITY_MISSING, QUANTITY_RANGE, UNIT_UNKNOWN, UNIT_CONTRADICTS, PCB_WEIGHT, DISCREPANCY, TYPE_DISCREPANCY,
    RESIDUE, REJECTION, RECEIVED_UNKNOWN, SUBSTANCE_UNKNOWN, DRAFTS_STOP, FLAGS_DISAGREE, CONVERTED, ROUNDED,
    TIME_OF_DAY, IMPORTED, BROKER, TEXT_UNUSABLE, PLACE_UNKNOWN, NOT_ON_FORM,
)  # fmt: skip
"""Every code that reading a manifest can give."""
