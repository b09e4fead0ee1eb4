/**
 * lotchain-verify: a second verifier of lotchain bundles, written from specs/ alone.
 *
 * One module without dependencies, for Node 20 or newer and for browsers. It shares no code with the Python program, so
 * that a fault of the one is no fault of the other. Given a bundle's bytes, the text of a trust policy and a moment, it
 * gives a verdict with the members of specs/formats/verdict.md.
 *
 *   import { verifyBundle } from './lotchain-verify.js';
 *   const verdict = await verifyBundle(bytes, policyText, Date.now());
 *   node js/lotchain-verify.js BUNDLE --policy POLICY [--now TIME] [--json]
 *
 * What it leaves out: treaty rules (where a rule set is adopted, the treaty answer is `undetermined: not judged here`),
 * and ML-DSA-44 where the platform has none (such a signature is not counted, and a finding says so).
 *
 * Sections, each using those above it:
 *    1 Tables              generated from specs/ by js/build_tables.py
 *    2 Bytes               hexadecimal, base64, UTF-8, SHA-256
 *    3 Encodings           CBOR, canonical JSON, text
 *    4 Small forms         ids, quantities, instants
 *    5 Keys                points of the curves, COSE keys, signatures, proofs of possession
 *    6 Statements          COSE_Sign1 as specs/formats/statement.md reads it
 *    7 Tree and heads map  inclusion, consistency, closing records, presence and absence
 *    8 Notes               signed notes, checkpoints, cosignatures, the trust policy
 *    9 Events              reading a payload, hidden fields, which subjects an event touches and reads
 *   10 Judge               what a statement does to each subject's state, type by type
 *   11 Conclude            what reaches backwards or grows with time
 *   12 Bundle              layout, closure
 *   13 Verify              the steps of specs/formats/bundle.md, and the verdict
 *   14 Command line
 */

/* ------------------------------------------------------------------------------------------------------------------
 * 1 Tables
 * --------------------------------------------------------------------------------------------------------------- */

// What follows is written by js/build_tables.py: the fields of events and of the blocks that they share
// (specs/schemas), and the findings of the judge (specs/events): answer, weight, append, what, what to do.
// <generated:specs>
const EVENT_FIELDS = {
 "acceptance/1": [["type",{"words":["acceptance/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["answers","statement-id",1],["lines",{"list":"#AcceptanceLine","least":1,"most":50},1],["place","#Place",1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "accession/1": [["type",{"words":["accession/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["country",{"form":"country","pattern":"^[A-Z]{2}$"},1],["party","party-id",1],["organisation","text-80",1],["key",{"form":"cose-key","pattern":"^([0-9a-f]{2}){1,4096}$"},1],["possession",{"form":"hex","pattern":"^([0-9a-f]{2}){1,4096}$"},1]],
 "arrival/1": [["type",{"words":["arrival/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lots",{"list":"lot-id","least":1,"most":50},1],["place","#Place",1],["mode",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},0],["means",{"any":["text-200","#Hidden"]},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "authorisation-grant/1": [["type",{"words":["authorisation-grant/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["permit","permit-id",1],["kind",{"words":["export","import","transit","transport"]},1],["holder","party-id",1],["terms","#PermitTerms",1],["notification","permit-id",0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "charter/1": [["type",{"words":["charter/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["origin",{"pattern":"^[a-z0-9][a-z0-9./-]{0,99}$"},1],["threshold",{"least":1,"most":50},1],["roots",{"list":"#Root","least":1,"most":50},1]],
 "conflict/1": [["type",{"words":["conflict/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["logged","statement-id",1],["logged_reply","statement-id",0],["other",{"pattern":"^[A-Za-z0-9+/]+={0,2}$"},1],["other_reply",{"pattern":"^[A-Za-z0-9+/]+={0,2}$"},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "consignment/1": [["type",{"words":["consignment/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["consignment","consignment-id",1],["exporter","party-id",1],["importer","party-id",1],["final",{"list":"party-id","least":1,"most":10},1],["route",{"list":{"form":"un-locode","pattern":"^[A-Z]{2}[A-Z2-9]{3}$"},"least":2,"most":20},1],["lots",{"list":"lot-id","least":1,"most":50},1],["mode",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "consumption/1": [["type",{"words":["consumption/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["quantity","#Amount",1],["purpose",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["packages",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "correction/1": [["type",{"words":["correction/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["was","#Amount",1],["becomes","#Amount",1],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "custody-order/1": [["type",{"words":["custody-order/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["custodian","party-id",1],["reason",{"words":["bankrupt","vanished","licence-ended","court-order"]},1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "customs-release/1": [["type",{"words":["customs-release/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["consignment","consignment-id",1],["kind",{"words":["export","import","transit-entry","transit-exit","free-zone-entry","free-zone-exit"]},1],["released_at","instant",1],["place","#Place customs-release/1",1],["quantity","#Amount",0],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["suspensive","string",0],["suspensive_since","instant",0],["documents",{"list":"#Document customs-release/1","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "destruction/1": [["type",{"words":["destruction/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["quantity","#Amount",1],["packages",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0],["method",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["witness","party-id",1],["place","#Place",1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "discrepancy-answer/1": [["type",{"words":["discrepancy-answer/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["reply","statement-id",1],["explanation",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "end-use-declaration/1": [["type",{"words":["end-use-declaration/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["permit","permit-id",1],["terms","#PermitTerms",1],["uses",{"list":{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},"least":1,"most":10},1],["resale",{"words":["none","licensed-customers"]},1],["signer",{"any":["text-200","#Hidden"]},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "endorsement/1": [["type",{"words":["endorsement/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["subject","subject-id",1],["endorses","statement-id",1]],
 "filing/1": [["type",{"words":["filing/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["about",{"any":["lot-id","consignment-id"]},1],["statement","statement-id",0],["kind",{"words":["activity-registration","loss-report","police-report","suspicion-report","declaration","declaration-amendment","return-declaration","outcome-report","sale-report","transit-notice","customer-warning","guarantee-of-use"]},1],["country",{"form":"country","pattern":"^[A-Z]{2}$"},1],["filed_at","instant",1],["number",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["transaction_id",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["form",{"words":["486","486A"]},0],["waiver","string",0],["quantity","#Amount",0],["basis",{"words":["salt","base"]},0],["left","#Amount",0],["released","#Amount",0],["transferee","party-id",0],["documents",{"list":"#Document filing/1","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "hand-over/1": [["type",{"words":["hand-over/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["to","party-id",1],["receives_as",{"words":["carrier","warehouse","consignee"]},1],["lines",{"list":"#HandOverLine","least":1,"most":50},1],["place","#Place",1],["deadline","instant",1],["mode",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["means",{"any":["text-200","#Hidden"]},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "hold/1": [["type",{"words":["hold/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lots",{"list":"lot-id","least":1,"most":50},1],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "inspection/1": [["type",{"words":["inspection/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lines",{"list":"#InspectedLot","least":1,"most":50},1],["place","#Place",1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "key-enrolment/1": [["type",{"words":["key-enrolment/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["party","party-id",1],["key",{"form":"cose-key","pattern":"^([0-9a-f]{2}){1,4096}$"},1],["possession",{"form":"hex","pattern":"^([0-9a-f]{2}){1,4096}$"},1],["holder","text-80",1]],
 "key-revocation/1": [["type",{"words":["key-revocation/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["key","key-subject",1],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["compromised_since","instant",0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "licence-change/1": [["type",{"words":["licence-change/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["party","party-id",1],["number",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},1],["activities",{"list":{"words":["manufacture","distribute","transport","store","import","export","use"]},"least":1,"most":7},1],["substances",{"list":{"any":[{"form":"cas-number","pattern":"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"},{"words":["*"]}]},"least":1,"most":200},1],["valid_from","instant",1],["valid_until","instant",0],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "licence-grant/1": [["type",{"words":["licence-grant/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["party","party-id",1],["organisation","text-80",1],["number",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},1],["activities",{"list":{"words":["manufacture","distribute","transport","store","import","export","use"]},"least":1,"most":7},1],["substances",{"list":{"any":[{"form":"cas-number","pattern":"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"},{"words":["*"]}]},"least":1,"most":200},1],["valid_from","instant",1],["valid_until","instant",0],["name",{"any":["text-200","#Hidden"]},0]],
 "licence-revocation/1": [["type",{"words":["licence-revocation/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["party","party-id",1],["number",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},1],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "licence-suspension/1": [["type",{"words":["licence-suspension/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["party","party-id",1],["number",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},1],["state",{"words":["suspended","restored"]},1],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "loss/1": [["type",{"words":["loss/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["quantity","#Amount",1],["kind",{"words":["stolen","destroyed","leaked","spoiled","unknown"]},1],["packages",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0],["reported_before","#Amount",0],["place","#Place",1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "merge/1": [["type",{"words":["merge/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","new-lot-id",1],["lines",{"list":"#MergeLine","least":2,"most":50},1],["place","#Place",1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "packing/1": [["type",{"words":["packing/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["packages",{"list":"#Package","least":1,"most":250},1],["seals",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "permit-change/1": [["type",{"words":["permit-change/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["permit","permit-id",1],["change",{"words":["terms","suspended","restored","revoked","cancelled","confirmed"]},1],["terms","#PermitTerms",0],["consignments",{"list":"consignment-id","least":0,"most":20},0],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "permit-drawing/1": [["type",{"words":["permit-drawing/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["consignment","consignment-id",1],["permit","permit-id",1],["found","#PermitAsFound",1],["substance",{"form":"cas-number","pattern":"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"},1],["goods","#Amount",1],["drawn","#Amount",1],["density",{"form":"density","pattern":"^(0|[1-9][0-9]?)\\.[0-9]{1,6}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "pre-export-notification/1": [["type",{"words":["pre-export-notification/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["permit","permit-id",1],["holder","party-id",1],["importing",{"form":"country","pattern":"^[A-Z]{2}$"},1],["terms","#PermitTerms",1],["reply_by","instant",0],["dispatch","instant",0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "pre-export-reply/1": [["type",{"words":["pre-export-reply/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["permit","permit-id",1],["answers","statement-id",1],["reply",{"words":["received","no-objection","objected","more-information-asked"]},1],["consignments",{"list":"consignment-id","least":0,"most":20},0],["documents",{"list":"#Document","least":0,"most":32},0],["reason",{"any":["text-200","#Hidden"]},0]],
 "quota/1": [["type",{"words":["quota/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["permit","permit-id",1],["holder","party-id",1],["activity",{"words":["import","export","distribute","acquire"]},1],["period",{"words":["year","quarter","month","other"]},1],["terms","#PermitTerms",1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "refusal/1": [["type",{"words":["refusal/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["answers","statement-id",1],["lines",{"list":"#RefusalLine","least":1,"most":50},1],["place","#Place",1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "registration/1": [["type",{"words":["registration/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","new-lot-id",1],["substance",{"form":"cas-number","pattern":"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"},1],["name","text-80",1],["content","text-80",0],["quantity","#Amount",1],["origin",{"words":["made","entered","found"]},1],["place","#Place",1],["tolerance","percent",0],["packages",{"list":"#Package","least":0,"most":300},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "release/1": [["type",{"words":["release/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["hold","statement-id",1],["lots",{"list":"lot-id","least":1,"most":50},1],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "report/1": [["type",{"words":["report/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","new-lot-id",1],["paper","#Document",1],["line",{"least":1,"most":99999},1],["name","text-80",1],["substance",{"form":"cas-number","pattern":"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"},0],["quantity","#Amount",0],["stated","text-80",0],["steps",{"list":"#ReportedStep","least":0,"most":40},0],["codes",{"list":"#PaperCode","least":0,"most":32},0],["doubts",{"list":{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},"least":0,"most":40},0],["place","#Place",1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "resolution/1": [["type",{"words":["resolution/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["conflict","statement-id",1],["decision",{"words":["confirm","custody"]},1],["custodian","party-id",0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "sampling/1": [["type",{"words":["sampling/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["quantity","#Amount",1],["purpose",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["seals",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "seal-applied/1": [["type",{"words":["seal-applied/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lines",{"list":"#SealedLot","least":1,"most":50},1],["place","#Place",1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "seal-broken/1": [["type",{"words":["seal-broken/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["seals",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":1,"most":64},1],["reason",{"words":["opened","found-broken","accident","ordered"]},1],["report",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["replaced_by",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0],["place","#Place",1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "seal-checked/1": [["type",{"words":["seal-checked/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lines",{"list":"#CheckedLot","least":1,"most":50},1],["place","#Place",1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "seizure/1": [["type",{"words":["seizure/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["quantity","#Amount",0],["packages",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["place","#Place",1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "settlement/1": [["type",{"words":["settlement/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["statement","statement-id",1],["code",{"words":["licence-none","licence-not-in-force","licence-undetermined"]},1],["outcome",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "sighting/1": [["type",{"words":["sighting/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["serial",{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},0],["content",{"words":["filled","empty","unknown"]},1],["place","#Place",1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "split/1": [["type",{"words":["split/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["children",{"list":"#Child","least":2,"most":50},1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "stock-count/1": [["type",{"words":["stock-count/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lines",{"list":"#CountedLot","least":1,"most":50},1],["place","#Place",1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "transformation/1": [["type",{"words":["transformation/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["operator","party-id",1],["inputs",{"list":"#TransformedLot","least":1,"most":20},1],["output","#Output",1],["theoretical","#Amount",1],["yield_percent",{"pattern":"^(0|[1-9][0-9]{0,2})(\\.[0-9]{1,4})?$"},1],["window_low",{"pattern":"^(0|[1-9][0-9]{0,2})(\\.[0-9]{1,4})?$"},1],["window_high",{"pattern":"^(0|[1-9][0-9]{0,2})(\\.[0-9]{1,4})?$"},1],["batch_record","sha-256",1],["waste","#Amount",0],["place","#Place",1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "weighing/1": [["type",{"words":["weighing/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lines",{"list":"#WeighedLot","least":1,"most":50},1],["scale",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},1],["place","#Place",1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "withdrawal/1": [["type",{"words":["withdrawal/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["withdraws","statement-id",1],["lots",{"list":"lot-id","least":1,"most":50},1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "witnessed-acceptance/1": [["type",{"words":["witnessed-acceptance/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["answers","statement-id",1],["receiver","party-id",1],["lines",{"list":"#WitnessedLot","least":1,"most":50},1],["reason",{"words":["key-lost","key-revoked","no-key-yet","out-of-order"]},1],["place","#Place",1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
};
const BLOCK_FIELDS = {
 "AcceptanceLine": [["lot","lot-id",1],["outcome",{"words":["full","short","over","damaged","wrong-goods","seal-broken","left-in-tank","document-mismatch","mixed"]},1],["accepted","#Amount",0],["refused","#Amount",0],["missing","#Amount",0],["over","#Amount",0],["packages_refused",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0],["packages_missing",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0],["seals_found",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0]],
 "Amount": [["value","string",1],["unit","string",1]],
 "CheckedLot": [["lot","lot-id",1],["seals_found",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},1]],
 "Child": [["lot","new-lot-id",1],["quantity","#Amount",1],["packages",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0]],
 "CountedLot": [["lot","lot-id",1],["counted","#Amount",0],["packages",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0],["reconciliation","#Reconciliation",0]],
 "Document": [["kind",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["sha256","sha-256",1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0]],
 "Document customs-release/1": [["kind",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["sha256","sha-256",1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["states",{"list":{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},"least":1,"most":40},0]],
 "Document filing/1": [["kind",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["sha256","sha-256",1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["states",{"list":{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},"least":1,"most":40},0]],
 "HandOverLine": [["lot","lot-id",1],["prev","statement-id",1],["quantity","#Amount",1],["packages",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0],["seals",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0]],
 "Hidden": [["hidden","sha-256",1]],
 "InspectedLot": [["lot","lot-id",1],["result",{"words":["in-order","irregular","refused"]},1],["seals_found",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0],["seals_cut",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0],["seals_fitted",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0],["sample","#Amount",0],["findings",{"any":["text-200","#Hidden"]},0]],
 "MergeLine": [["lot","lot-id",1],["prev","statement-id",1],["quantity","#Amount",1]],
 "Output": [["name","text-80",1],["quantity","#Amount",1],["molar_mass",{"pattern":"^[1-9][0-9]{0,3}(\\.[0-9]{1,4})?$"},1],["moles",{"least":1,"most":99},1],["density",{"form":"density","pattern":"^(0|[1-9][0-9]?)\\.[0-9]{1,6}$"},0],["lot","new-lot-id",0],["substance",{"form":"cas-number","pattern":"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"},0],["content","text-80",0],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0]],
 "Package": [["serial",{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},1],["net","#Amount",1]],
 "PaperCode": [["list",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["code",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},1],["text",{"any":["text-200","#Hidden"]},0]],
 "PermitAsFound": [["sort",{"words":["pre-export-notification","export","import","transit","transport","end-use","quota"]},1],["by","party-id",1],["holder","party-id",1],["importing",{"form":"country","pattern":"^[A-Z]{2}$"},0],["reply_by","instant",0],["terms","#PermitTerms",1],["terms_by","statement-id",1],["status",{"words":["in-force","suspended","revoked","cancelled","sent","received","no-objection","objected","more-information-asked"]},1],["drawn","#Amount",0],["used_by","consignment-id",0]],
 "PermitTerms": [["number",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},1],["substances",{"list":{"form":"cas-number","pattern":"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"},"least":1,"most":20},1],["quantity","#Amount",1],["basis",{"words":["salt","base"]},1],["factor","#Ratio",0],["density",{"form":"density","pattern":"^(0|[1-9][0-9]?)\\.[0-9]{1,6}$"},0],["tolerance","percent",0],["valid_from","instant",1],["valid_until","instant",1],["use",{"words":["single","multiple"]},1],["exporter","party-id",0],["importer","party-id",0],["consignees",{"list":"party-id","least":0,"most":10},0],["exit_points",{"list":{"form":"un-locode","pattern":"^[A-Z]{2}[A-Z2-9]{3}$"},"least":0,"most":10},0],["entry_points",{"list":{"form":"un-locode","pattern":"^[A-Z]{2}[A-Z2-9]{3}$"},"least":0,"most":10},0],["transit",{"list":{"form":"country","pattern":"^[A-Z]{2}$"},"least":0,"most":20},0]],
 "Place": [["code",{"form":"un-locode","pattern":"^[A-Z]{2}[A-Z2-9]{3}$"},1],["offset","utc-offset",1],["name",{"any":["text-200","#Hidden"]},0]],
 "Place customs-release/1": [["code",{"form":"un-locode","pattern":"^[A-Z]{2}[A-Z2-9]{3}$"},1],["offset","utc-offset",1],["name",{"any":["text-200","#Hidden"]},0],["site",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0]],
 "Ratio": [["base",{"least":1,"most":999999999},1],["of",{"least":1,"most":999999999},1]],
 "Reconciliation": [["delivered","#Amount",1],["used","#Amount",0],["lost","#Amount",0]],
 "RefusalLine": [["lot","lot-id",1],["reason",{"words":["damaged","wrong-goods","seal-broken","document-mismatch","not-ordered","left-in-tank","on-hold","other"]},1],["refused","#Amount",0],["missing","#Amount",0],["packages_missing",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0],["seals_found",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0]],
 "ReportedStep": [["role",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["party","text-80",0],["signed",{"words":["electronic","paper","no"]},1],["signed_at","instant",0],["quantity","#Amount",0]],
 "Root": [["country",{"form":"country","pattern":"^[A-Z]{2}$"},1],["party","party-id",1],["organisation","text-80",1],["key",{"form":"cose-key","pattern":"^([0-9a-f]{2}){1,4096}$"},1],["possession",{"form":"hex","pattern":"^([0-9a-f]{2}){1,4096}$"},1]],
 "SealedLot": [["lot","lot-id",1],["prev","statement-id",1],["seals",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":1,"most":64},1]],
 "Seen": [["size",{"least":1,"most":9007199254740991},1],["root","sha-256",1]],
 "TransformedLot": [["lot","lot-id",1],["prev","statement-id",1],["quantity","#Amount",1],["molar_mass",{"pattern":"^[1-9][0-9]{0,3}(\\.[0-9]{1,4})?$"},1],["moles",{"least":1,"most":99},1],["density",{"form":"density","pattern":"^(0|[1-9][0-9]?)\\.[0-9]{1,6}$"},0],["packages",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0]],
 "WeighedLot": [["lot","lot-id",1],["gross","#Amount",1],["tare","#Amount",0],["net","#Amount",1]],
 "WitnessedLot": [["lot","lot-id",1],["accepted","#Amount",0],["missing","#Amount",0],["over","#Amount",0],["packages_missing",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0],["seals_found",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0]],
};
const EVENT_CODES = {
 "accepted-after-withdrawal": ["chain","hold","recorded","the offer had been withdrawn when its acceptance arrived","have the authority of the last declared place resolve which of the two counts"],
 "accepted-by-authority": ["chain","note","recorded","an authority accepted the lot for a receiver that has no valid key","read why, and have the receiver enrol a key"],
 "acted-before-hold-was-known": ["chain","note","recorded","the act was entered after an authority's hold, and may have been signed before it","ask the handler when it was signed; the hold itself stands until it is released"],
 "authority-is-no-handler": ["chain","fail","refused","a national authority is no licensed handler on the same ledger","register the handling body as a party of its own"],
 "authority-scope": ["chain","fail","refused","this authority has no competence here","over a party: the country that registered it; over a lot: the country of its declared place or route"],
 "bad-signature": ["chain","fail","refused","the signature does not verify","the bytes were changed, or another key signed: sign again"],
 "batch-record-named-again": ["chain","note","recorded","the batch record was named for another transformation later","ask for both batches' records"],
 "batch-record-reused": ["chain","fail","recorded","the party has named this batch record for another transformation already","ask for both batches' records: one of the two did not happen as stated"],
 "batch-record-worn": ["chain","fail","refused","this batch record has been named eight times","name the record of this batch"],
 "breach-elsewhere": ["chain","fail","refused","that statement is none about this lot","name the lot on which the breach is listed"],
 "breach-settled": ["treaty","note","recorded","the authority whose rule it was settled a breach","read the settlement"],
 "breach-unknown": ["chain","fail","refused, retry","the statement with the breach is not on this ledger, or not yet","submit the statement first, then this again"],
 "cas-check-digit": ["chain","fail","refused","the CAS number's check digit is wrong","copy the number again from the safety data sheet"],
 "changed-after-reply": ["treaty","hold","recorded","the notification was changed after the importing country had replied: the reply does not cover it any more","wait for a reply to the notification as it is now"],
 "charter-exists": ["chain","fail","refused","a ledger has one charter, its first leaf","open another ledger for another charter"],
 "charter-origin": ["chain","fail","refused","the charter names another log than the one it is signed for","name the log's own origin"],
 "charter-pending": ["chain","fail","refused, retry","the charter has not reached its threshold: only endorsements of it are accepted","have the founding authorities endorse the charter first"],
 "charter-roots": ["chain","fail","refused","the founding authorities are not distinct, or a country is not its authority's","name each country, party, organisation and key once; a party's id begins with its country"],
 "charter-threshold": ["chain","fail","refused","the threshold is not between 1 and the number of founding authorities","choose k of n"],
 "checkpoint-unknown": ["chain","fail","refused","the checkpoint that the signer had seen is none of this ledger's","keep both: a validly signed checkpoint that is not in this log is evidence of a split view"],
 "compromised-in-future": ["chain","fail","refused","the key is said to be compromised from a moment that has not come","state the last moment at which the key was surely in its holder's hands"],
 "conflict-already-resolved": ["chain","fail","refused","the dispute has been resolved","a dispute is resolved once; read the resolution"],
 "conflict-exists": ["chain","fail","refused","the ledger knows these two statements as a dispute already, or has sixteen disputes about the logged act","read the lot's history"],
 "conflict-unknown": ["chain","fail","refused, retry","the statement that is said to be on this ledger is not, or not yet","submit that one first, then this again"],
 "conflict-unknown resolution/1": ["chain","fail","refused, retry","there is no such dispute on this lot, or not yet","submit the conflict first, then this again"],
 "conflict-unproven": ["chain","fail","refused","the two statements do not prove double dealing","carry the bytes as they were signed, and for an offer the receiver's acceptance of it"],
 "consignment-exists": ["chain","fail","refused","a consignment is declared once, and this one is","choose an unused local number; a changed route is a new consignment"],
 "consignment-name-foreign": ["chain","fail","refused","a new consignment is named under the party that declares it","name it consignment:<your party>/<local number>"],
 "consignment-replaced": ["chain","note","recorded","whoever had declared the lot's consignment, or its importer, replaced it before it was delivered","compare route and consignees of the two"],
 "consignment-rerouted": ["chain","hold","recorded","a party that carries or keeps the lot declared another route or other consignees than its sender had","ask the exporter and the importer of the first consignment whether they know of the second"],
 "consignment-unknown": ["chain","fail","refused, retry","the consignment is not on this ledger, or not yet","submit its declaration first, then this again"],
 "content-mismatch": ["quantity","fail","refused","lots of unlike declared content do not merge: a kilogram of the one is not a kilogram of the other","record the mixing as a transformation, with the content of what comes out"],
 "correction-empty": ["quantity","fail","refused","the correction changes nothing","state the quantity as it stands and as it is meant to be"],
 "correction-moot": ["quantity","fail","refused","the lot has passed to another custodian since the correction was proposed","have the present custodian propose a correction of its own"],
 "correction-overdrawn": ["quantity","fail","refused","the correction leaves nothing, or more than one lot can hold","correct to a quantity above zero; what is gone altogether is a loss"],
 "correction-proposed": ["quantity","note","recorded","a correction waits for the party from whom the lot was received","have that party endorse it, if it agrees"],
 "country-other": ["chain","fail","refused","the authority's id does not begin with its country","name it party:<country>-<number>"],
 "country-taken": ["chain","fail","refused","the country has an authority, or this founding authority stands behind a proposal that waits","have the others endorse that one"],
 "custodian-already": ["chain","fail","refused","the party has custody of the lot already","name the party that is to have it"],
 "custodian-unknown": ["chain","fail","refused, retry","the party that is to have custody is not on this ledger, or not yet","have its national authority grant its licence first, then submit this again"],
 "custody-ordered": ["whereabouts","note","recorded","an authority ordered custody of the lot","read the order and its reason"],
 "customs-ahead": ["chain","fail","refused","customs is said to have acted after this statement was entered","submit it when it has happened; set the clock"],
 "customs-contradicts-itself": ["chain","fail","refused","this is no act of customs at that place, or its times contradict each other","no export in the country of destination, no import in that of origin, transit in neither; a beginning only of a suspensive procedure, and no later than the release"],
 "customs-many": ["chain","fail","refused","the consignment has as many acts of customs as it can have","record what follows on another consignment"],
 "deadline-before-offer": ["chain","fail","refused","the deadline is not after the hand-over","give the receiver time to answer"],
 "deadline-far": ["chain","note","recorded","the deadline lies further off than any journey takes: it is read as 180 days after the offer was entered","state until when an answer is really expected"],
 "deadline-not-past": ["chain","fail","refused, retry","the receiver may still answer: an offer is withdrawn only after its deadline","wait for the reply or for the deadline, then submit this again"],
 "density-missing": ["quantity","fail","refused","a volume has no amount of substance without its density","state the density at which the volume was measured"],
 "destroyed": ["whereabouts","note","recorded","a quantity was destroyed before a witness","compare with the witness's record"],
 "difference-none": ["quantity","fail","refused","that statement found no difference on this lot","name the acceptance or refusal in which the quantities differ"],
 "difference-unknown": ["quantity","fail","refused, retry","the reply that found this difference has not arrived","submit the reply first, then this again"],
 "double-dealing": ["chain","hold","recorded","one party signed two acts on the lot that exclude each other","trust neither before the authority of the last declared place has resolved it"],
 "double-offer-unaccepted": ["chain","note","recorded","one party offered the lot twice; of one of the offers no acceptance is shown","ask the party; an offer that nobody accepted moved nothing"],
 "drawing-arithmetic": ["quantity","fail","refused","the quantity drawn is not what the goods come to in the permit's unit and basis","goods by the permit's factor and density, rounded up to a whole microgram or nanolitre; a density of your own only where the permit declares none and it is needed"],
 "drawing-not-entitled": ["chain","fail","refused","only a party to the consignment draws on a permit for it","have its declarer, exporter, importer or a final consignee sign"],
 "drawings-too-many": ["chain","fail","refused","the consignment has drawn on permits as often as it can","declare another consignment for what is left"],
 "empty-package-sighted": ["whereabouts","note","recorded","an emptied package of the lot was seen","have its labels taken off: an empty drum with a lawful label is what a filler of drums looks for"],
 "endorsed-after-loss": ["chain","note","recorded","the key was lost, and the statement stands by endorsement","read the endorsement"],
 "endorsed-twice": ["chain","fail","refused","this party stands behind it already: distinct ones count","have another one sign"],
 "filing-ahead": ["chain","fail","refused","it is said to have been filed after this statement was entered","submit it when it has been filed; set the clock"],
 "filing-contradicts-itself": ["chain","fail","refused","the filing states what its kind does not have, or leaves out what it rests on","compare with the table of kinds in specs/events/filing-1.md"],
 "filing-elsewhere": ["chain","fail","refused","the statement that was filed about is none of this lot's or consignment's","name the lot or the consignment that the statement is about"],
 "filing-not-entitled": ["chain","fail","refused","only a party to the consignment, or an authority of its route, states a filing about it","have its declarer, exporter, importer or a final consignee sign"],
 "filing-unknown": ["chain","fail","refused, retry","the statement that was filed about is not on this ledger, or not yet","submit that statement first, then this again"],
 "filings-many": ["chain","fail","refused","there are as many filings about this as it can have, or as many as this party may add","file about the lots one by one, or have their custodian or the authority sign"],
 "hold-not-standing": ["chain","fail","refused","no such hold stands on the lot: it was released, or never placed there","read the lot's history; name a hold that stands on it"],
 "hold-not-yours": ["chain","fail","refused","another authority placed the hold","only the authority that placed it releases it"],
 "hold-on-ended-lot": ["whereabouts","note","recorded","the lot had ended when the hold was placed: it stops nothing there","place a hold on the lots into which it went"],
 "hold-unknown": ["chain","fail","refused, retry","the hold is not on this ledger, or not yet","submit the hold first, then this again"],
 "impossible-yield": ["quantity","fail","recorded","more came out than the inputs can give","look for an input that was never declared, or for product that was made elsewhere"],
 "inspection-contradicts-itself": ["chain","fail","refused","a seal was cut that is not among those found","list every seal found, those that were cut too"],
 "inspection-irregular": ["chain","note","recorded","an inspection found irregularities","ask the authority that inspected"],
 "inspection-refused": ["chain","note","recorded","an authority refused the lot its passage","ask the authority that inspected"],
 "key-in-use": ["chain","fail","refused","the key is enrolled already: one key, one party, for ever, revoked or not","make a new key"],
 "key-not-enrolled": ["chain","fail","refused, retry","the signing key is not enrolled for the issuer on this ledger, or not yet","enrol the key, then submit this again"],
 "key-revoked": ["chain","fail","refused","the signing key was revoked before this statement arrived","if it was honestly signed before the loss, have another key of the party or its authority endorse its id"],
 "key-self-endorsement": ["chain","fail","refused","a key does not stand behind its own statements: whoever has stolen it could do so before the loss is known","sign with another key of the party, or have its authority sign"],
 "key-self-revocation": ["chain","fail","refused","a key does not revoke itself: whoever has stolen it could undo what is known of the loss","sign with another key of the party, or have its authority sign"],
 "key-unknown": ["chain","fail","refused, retry","the key is not on this ledger, or not yet","submit its enrolment first"],
 "late-entry": ["chain","note","recorded","what happened was entered more than 24 hours later","ask the handler why"],
 "licence-dates": ["chain","fail","refused","the licence ends before it begins","state an end after the beginning; the end is exclusive"],
 "licence-exists": ["chain","fail","refused","the party has a licence under this number","change that one, or use another number"],
 "licence-none": ["treaty","fail","recorded","the party has no licence for this activity with this substance","ask its national authority"],
 "licence-not-in-force": ["treaty","fail","recorded","the party's licence was expired, suspended, revoked or not yet valid","ask its national authority"],
 "licence-revoked": ["chain","fail","refused","the licence was revoked, and a revocation is final","grant a new licence under another number"],
 "licence-state": ["chain","fail","refused","the licence is suspended already, or is not suspended","read the party's history; there is nothing to do"],
 "licence-undetermined": ["treaty","hold","recorded","whether the licence was in force cannot be told: time not bracketed","have statements name the newest checkpoint seen, so that their time is proved from both sides"],
 "licence-unknown": ["chain","fail","refused, retry","the party has no licence under this number, or not yet","submit its grant first, then this again"],
 "loss-repeated": ["chain","fail","refused","another loss was reported on this offer since: this one would be counted twice, or was signed without knowing it","state what was reported on the offer before this loss, and sign again"],
 "loss-reported": ["quantity","note","recorded","the custodian reported a loss","ask for the report and the investigation"],
 "lost-goods-sighted": ["whereabouts","note","recorded","goods that were reported lost, stolen or missing turned up","tell the custodian that reported them and the authority of the place"],
 "lot-cycle": ["chain","fail","refused","a lot would come from itself","choose an unused local number for the new lot"],
 "lot-ended": ["chain","fail","refused","the lot has ended and nothing can be done with it any more","look at what it was divided into, merged into or consumed by"],
 "lot-exists": ["chain","fail","refused","the name is taken: a lot is registered once","choose an unused local number; two different registrations under one name are double dealing"],
 "lot-name-foreign": ["chain","fail","refused","a new lot is named under the party that creates it","name it lot:<your party>/<local number>"],
 "lot-twice": ["chain","fail","refused","a lot stands in two lines","one line a lot"],
 "lot-unknown": ["chain","fail","refused, retry","the lot is not on this ledger, or not yet","submit its registration (or the statement that brought it forth) first, then this again"],
 "maker-licence-undetermined": ["chain","hold","recorded","whether the manufacturing licence was in force cannot be told: time not bracketed","have statements name the newest checkpoint seen, so that their time is proved from both sides"],
 "maker-unlicensed": ["chain","fail","recorded","the lot was not made under a manufacturing licence then in force","ask the maker's national authority; without such a licence the chain has no lawful beginning"],
 "mass-differs": ["quantity","note","recorded","the scale shows another mass than the ledger, beyond the declared tolerance","have the custodian answer and the authority close the difference by a report"],
 "moved-on-hold": ["chain","fail","recorded","the lot was acted on while an authority's hold stood on it","ask the authority that placed the hold; only it can release it"],
 "no-charter": ["chain","fail","refused, retry","the first leaf of a ledger is its charter","submit the charter first"],
 "not-authority": ["chain","fail","refused","the issuer is not a national authority in force on this ledger","have the competent national authority sign, or complete its accession first"],
 "not-concerned": ["quantity","fail","refused","only giver and receiver of that transfer answer for its difference, or a competent authority","have one of them sign"],
 "not-counterpart": ["chain","fail","refused","only the other party of the transfer agrees to a correction of it","have the party from whom the lot was received sign"],
 "not-custodian": ["chain","fail","refused","the issuer has no custody of the lot at this point","only the present custodian acts on a lot; present and past custodians and competent authorities observe it"],
 "not-founding-authority": ["chain","fail","refused","only a founding authority proposes or endorses an act of the charter","have one of the charter's founding authorities sign"],
 "not-receiver": ["chain","fail","refused","the issuer is not the party to whom the lot was offered","only the party named in the hand-over replies to it"],
 "not-witness": ["chain","fail","refused","only the witness that is named signs behind this destruction","have the named witness sign"],
 "off-route": ["chain","fail","recorded","the lot was at a place that its consignment's declared route does not hold","stop the goods and ask the exporter and the authorities of the route"],
 "off-route-incident": ["chain","note","recorded","what happened on the way was noticed between the declared places, in a country of the route","compare with the report that it names"],
 "offer-closed": ["chain","fail","refused","the offer has been answered already: one reply an offer","read the lot's history; a second reply is not taken"],
 "offer-open": ["chain","fail","refused","the lot is offered and not yet answered","wait for the reply, or withdraw the offer after its deadline"],
 "offer-unknown": ["chain","fail","refused, retry","the offer that this reply answers has not arrived","submit the hand-over and the reply as one ordered packet"],
 "operator-other": ["chain","fail","refused","the record names another party than the one that signs","have the party that ran the reaction sign its own record"],
 "organisation-changed": ["chain","fail","refused","the party is another organisation on this ledger","a party id stays with one organisation; register the other one under its own number"],
 "origin-not-made": ["chain","hold","recorded","the lot entered from outside or was found: where it was made is not on this ledger","ask for the papers of the previous ledger or the maker; the chain stays undetermined"],
 "output-unclear": ["chain","fail","refused","a new lot and its substance are named together, or neither","name both for a controlled product, and neither for one that is not"],
 "package-returned": ["quantity","hold","recorded","a package that was reported gone is packed again","ask where it was found, and whether the loss or difference that named it still stands"],
 "package-unknown": ["quantity","fail","refused","a serial does not belong to the lot","list serials of this lot's packages only"],
 "packages-hold-less": ["quantity","fail","refused","what is said to be left is more than the packages left can hold","a package that is gone is gone with all that it holds; repack first where its content was saved"],
 "packages-not-partitioned": ["quantity","fail","refused","the packages are not shared out: each of the lot's packages goes to just one part, with what it holds","list every serial of the lot once, and give a part no more than its packages hold"],
 "packages-seized-hold-less": ["quantity","fail","refused","more is seized than the seized packages hold","list every package that is taken, or state what those listed hold"],
 "packages-sum": ["quantity","fail","refused","the packages do not hold the lot's quantity, or a serial stands twice","list every package once; their net contents add up to the lot"],
 "party-exists": ["chain","fail","refused","the party or its key is on the ledger already","choose an unused party id and a new key"],
 "party-unknown": ["chain","fail","refused, retry","the party is not on this ledger, or not yet","have its national authority grant its licence first, then submit this again"],
 "past-custodian-report": ["chain","note","recorded","a party that no longer has the lot reports what does not agree with the ledger","ask who has the goods now; a past custodian's word neither breaks nor mends the chain"],
 "permit-consignee": ["treaty","fail","recorded","a final consignee of the consignment is not one that the permit names","compare the papers of the consignment with the permit"],
 "permit-exists": ["chain","fail","refused","the name is taken: a permit is given once","change that one, or choose an unused local number"],
 "permit-name-foreign": ["chain","fail","refused","a new permit is named under the party that gives it","name it permit:<your party>/<number>"],
 "permit-not-drawn": ["chain","fail","refused","the consignment has not drawn on this permit","name only consignments that have"],
 "permit-not-in-force": ["treaty","fail","recorded","the permit was expired, not yet valid, suspended, revoked or cancelled when it was drawn on","ask the authority that gave it"],
 "permit-not-issuer": ["chain","fail","refused","only who gave a permit changes it","have the issuer of the permit sign"],
 "permit-of-another": ["treaty","fail","recorded","whoever drew on the permit is not its holder: the drawing counts for nothing and leaves the balance as it was","have the holder draw on it"],
 "permit-overdrawn": ["treaty","fail","recorded","more was drawn on the permit than it allows, its tolerance included","compare in the permit's own unit and basis; ask the authority that gave it"],
 "permit-party": ["treaty","fail","recorded","the consignment's exporter or importer is not the one that the permit names, or its holder has no part in it","compare the papers of the consignment with the permit"],
 "permit-place": ["treaty","fail","recorded","the declared route passes none of the points of exit, or of entry, that the permit names","compare code by code: different places share a name"],
 "permit-route": ["treaty","fail","recorded","the declared route crosses a country that the permit does not name","stop the goods and ask the authorities of the route"],
 "permit-state-differs": ["chain","fail","refused","the permit is not as the drawing says that it found it","read the permit again, and sign a new drawing on its present state"],
 "permit-status": ["chain","fail","refused","the permit's sort or status does not allow this","read the permit's history: what is revoked or cancelled stays so; a notification is cancelled, other permits are suspended, restored, revoked or confirmed; only a notification is replied to"],
 "permit-substance": ["treaty","fail","recorded","the permit is for another substance","ask the authority that gave it"],
 "permit-terms": ["chain","fail","refused","the terms of the permit contradict themselves","an end after the beginning; right CAS check digits; a factor of at most 1 with basis base, none with salt; a density above zero"],
 "permit-undetermined": ["treaty","hold","recorded","whether the permit was in force when it was drawn on cannot be told: time not bracketed","have statements name the newest checkpoint seen, so that their time is proved from both sides"],
 "permit-unknown": ["chain","fail","refused, retry","the permit is not on this ledger, or not yet","submit it first, then this again"],
 "permit-used-twice": ["treaty","fail","recorded","a permit for one consignment was drawn on by a second one","ask for a permit for this consignment"],
 "possession": ["chain","fail","refused","the proof of possession does not verify: whoever enrols a key must hold it","sign the possession message (specs/formats/keys.md) with the new key itself"],
 "prev-stale": ["chain","fail","refused","another act or reply has followed that statement already","read the lot's history, and sign a new act on its present end"],
 "prev-unknown": ["chain","fail","refused, retry","the statement that this act follows has not arrived","submit the missing statement first, or both as one ordered packet"],
 "proposal-moot": ["chain","fail","refused","the lot is not any more as it was when this was proposed","read the lot's history, and propose it anew on its present end"],
 "proposal-unknown": ["chain","fail","refused, retry","nothing under this id waits for an endorsement on this subject, or not yet","submit the proposal first, then this again"],
 "quantity-corrected": ["quantity","note","recorded","the quantity was corrected by a balanced event","compare the reason given with the papers"],
 "quantity-mismatch": ["quantity","fail","refused","the quantity is not what the lot holds at this point: whole lots are handed over","split off the part first, or state the whole quantity"],
 "quantity-not-conserved": ["quantity","fail","refused","the parts do not add up to the whole","weigh again; what is gone is a loss, stated before the split"],
 "quantity-not-held": ["quantity","fail","refused","more is taken out of the lot than it holds","state at most what is there"],
 "quantity-range": ["quantity","fail","refused","the merged lot would be larger than one lot can be","merge fewer lots"],
 "receiver-unknown": ["chain","fail","refused, retry","the receiver is not on this ledger, or not yet","have the receiver's authority grant its licence first, then submit this again"],
 "reconciliation-unbalanced": ["quantity","fail","refused","what was delivered is not what was used, is in stock and was lost","count again; a gap that stays is a loss, and is declared as one"],
 "reply-changed": ["treaty","note","recorded","the importing country replied otherwise before","read both replies"],
 "reply-contradicts-itself": ["quantity","fail","refused","the accepted quantity is more than the packages received can hold","state what the packages that were really received hold; the rest is missing"],
 "reply-lines-differ": ["chain","fail","refused","the reply does not answer each lot of the offer once","answer all lots of the hand-over in one reply, a line each"],
 "reply-unbalanced": ["quantity","fail","refused","offered + over is not accepted + refused + missing","count again: every part of the offer is accepted, refused or missing, and what is over is stated"],
 "reply-without-effect": ["treaty","note","recorded","the reply is to earlier terms or to a cancelled notification, or says less than an earlier one","read the notification as it is now"],
 "report-contradicts-itself": ["chain","fail","refused","a reported step has no signature and yet a time of signing, or the reverse","state for each step how it was signed and when, or that it was not"],
 "reported-not-signed": ["chain","hold","recorded","this is what a paper reports, as reported by its importer: no handler has signed it","have each handler sign its own events with its own key; a report never becomes a chain"],
 "reported-quantity": ["quantity","hold","recorded","the quantity is a paper's figure: nobody who held the lot has signed for it, and nothing is booked","have the handlers register and count the lot"],
 "reported-with-doubts": ["chain","hold","recorded","the importer found that the paper cannot support what it reports","read the codes in the paper's own specification, and ask the handlers"],
 "reports-many": ["chain","fail","refused","the party has reported on this lot as often as somebody may who has not got it","tell the custodian or the authority of the place: they have the goods before them"],
 "resolution-custodian": ["chain","fail","refused","a custodian is named for an order of custody, and only for that","name the custodian, or confirm the logged act without naming one"],
 "rest-names-exhausted": ["chain","fail","refused","no further rest lot can be named under this lot","accept or refuse the lot as a whole, or have its custodian merge or split it under a new name first"],
 "route-starts-elsewhere": ["chain","note","recorded","the lot's declared place is not on the route that was declared for it","name every place of the journey, its beginning too"],
 "same-party": ["chain","fail","refused","giver and receiver are one organisation: a transfer needs two","move goods inside one organisation without a hand-over, or name the real receiver"],
 "sample-too-large": ["quantity","fail","refused","a sample is less than what the lot holds","state what was taken; whoever takes all of a lot seizes it"],
 "seal-broken-reported": ["chain","note","recorded","a seal was found broken, or opened on the way, and reported to an authority","read the report"],
 "seal-broken-unreported": ["chain","hold","recorded","a seal was found broken, or opened on the way, and no authority's report is named","have an inspector open, count and weigh, and record it; name the report"],
 "seal-changed": ["chain","fail","recorded","other seals were found than the ledger says are fitted, and nobody recorded a change","stop the goods; have an inspector open, count and weigh, and record it"],
 "seal-fitted": ["chain","fail","refused","a seal of this number is on the lot already, or stands twice in one list","read the numbers again; each seal is fitted once"],
 "seal-misread": ["chain","note","recorded","a seal number differs by two swapped characters or one character: a slip of the pen, or a look-alike seal","read the seal again and record a seal check"],
 "seal-not-checked": ["chain","note","recorded","the lot is sealed and the receiver did not say which seals were found","state the seals found in every reply"],
 "seals-left": ["chain","note","recorded","the custodian opened the lot's seals by repacking, dividing or merging it","nothing where the custodian says so itself; seals found later are new ones"],
 "seals-opened-on-the-way": ["chain","hold","recorded","a party that has the lot for others repacked, divided or merged it under its seals, and reported nothing","have an inspector open, count and weigh, and record it; broken seals are reported before anything is repacked"],
 "second-signer": ["chain","fail","refused","a second signer of the same party is asked for, with a key of their own","have the second person sign with another key of the party"],
 "seen-after-end": ["chain","hold","recorded","an authority met goods under the name of a lot that had ended","find out whose goods they are: the lot was divided, merged, consumed, lost or refused before"],
 "seized": ["whereabouts","note","recorded","an authority seized the lot, or a part of it","ask the authority that seized it"],
 "serial-twice": ["quantity","fail","refused","two of the lots have packages of the same serial","repack one of them under serials of its own first"],
 "settled-already": ["chain","fail","refused","this breach has been settled","a breach is settled once; read the settlement"],
 "sighted-after-end": ["whereabouts","fail","recorded","goods that the ledger says were used up or destroyed turned up again","seize them: what was said to be used up was diverted, or the drum was filled anew under its label"],
 "sighted-serial-strange": ["goods","note","recorded","a label of this lot bears a serial that the lot never had","compare the label with the lot's papers: it was misread, or it is forged"],
 "signed-before-seen": ["chain","note","recorded","it is said to have been signed before the checkpoint that it names existed","the handler's clock is wrong; nothing is concluded from the time that it states"],
 "stock-differs": ["quantity","note","recorded","another quantity was counted than the ledger says, beyond the declared tolerance","have the custodian answer and the authority close the difference by a report"],
 "subject-mismatch": ["chain","fail","refused","the statement's main subject is not the event's","sign with the event's own main subject in the header"],
 "substance-mismatch": ["chain","fail","refused","lots of different substances do not merge","a mixture is made by a transformation"],
 "substance-unchanged": ["chain","fail","refused","what comes out is the substance that went in: nothing was transformed","record a split, a merge or a packing"],
 "theft-reported": ["quantity","note","recorded","the custodian reported a theft","ask for the police report, and look out for the serials"],
 "threshold": ["chain","fail","refused","two signatures of one key, or one of a key enrolled since the dispute: two officers are needed","have two officers sign, each with a key of their own that the authority had before the dispute"],
 "time-in-future": ["chain","note","recorded","it is said to have happened, or been signed, after it was entered","the handler's clock is wrong; nothing is concluded from the time that it states"],
 "tolerance-wide": ["quantity","note","recorded","the declared tolerance is wider than weighing explains: a difference beyond 5 % needs an answer all the same","declare what the scales and the substance account for"],
 "unit-kind": ["quantity","fail","refused","mass and volume are not compared without a declared density","state the quantity in the kind of unit in which the lot was registered"],
 "use-differs": ["quantity","note","recorded","another use or loss is declared than the ledger's acts add up to","have each use and each loss recorded as an act of its own"],
 "weighing-contradicts-itself": ["quantity","fail","refused","gross less tare is not net","copy the figures from the weigh ticket again"],
 "witness-own": ["chain","fail","refused","the witness is the custodian itself, or of its organisation","have an authority or another organisation witness the destruction"],
 "witness-unknown": ["chain","fail","refused, retry","the witness is not on this ledger, or not yet","have its national authority grant its licence first, then submit this again"],
 "wrong-ledger": ["chain","fail","refused","the statement was signed for another ledger","sign it again for this ledger's audience"],
 "yield-contradicts-itself": ["quantity","fail","refused","theoretical output, yield or window are not what quantities and molar masses give","calculate again: the input that runs out first, over its molar mass and number, times those of the product"],
 "yield-outside-window": ["quantity","note","recorded","the yield lies outside the site's validated window: a part of the input is unexplained","have the site explain it and the authority close the difference by a report"],
};
// </generated:specs>

// Unicode 14.0, as gaps between first and last code points in base 36: code points that no text may hold, combining
// marks (Mn, Me), space separators (Zs).
// <generated:unicode>
const REFUSED_POINTS =
  '0,v,2o,w,e,0,iq,0,15,1,7,3,8,0,2,0,l,0,b2,0,13,1,1f,1,4,0,1k,7,s,3,7,g,n,0,5d,0,1d,1,1o,1,2u,d,1o,1,1e,1,g,0,t' +
  ',1,2,0,c,4,w,8,23,0,4i,0,9,1,3,1,n,0,8,0,2,2,5,1,a,1,3,1,5,7,2,3,3,0,6,1,q,1,4,0,7,3,3,1,n,0,8,0,3,0,3,0,3,1,2' +
  ',0,6,3,3,1,4,2,2,6,5,0,2,6,i,9,4,0,a,0,4,0,n,0,8,0,3,0,6,1,b,0,4,0,4,1,2,e,5,1,d,6,8,0,4,0,9,1,3,1,n,0,8,0,3,0' +
  ',6,1,a,1,3,1,4,6,4,3,3,0,6,1,j,9,3,0,7,2,4,0,5,2,3,0,2,0,3,2,3,2,4,2,d,3,6,2,4,0,5,1,2,5,2,d,m,4,e,0,4,0,o,0,h' +
  ',1,a,0,4,0,5,6,3,0,4,1,2,1,5,1,b,6,n,0,4,0,o,0,b,0,6,1,a,0,4,0,5,6,3,5,3,0,5,1,b,0,3,c,e,0,4,0,1g,0,4,0,7,3,h,' +
  '1,r,0,4,0,j,2,p,0,a,0,2,1,8,2,2,3,7,0,2,0,9,5,b,1,4,b,1n,3,u,10,3,0,2,0,6,0,p,0,2,0,o,1,6,0,2,0,7,1,b,1,5,v,21' +
  ',0,11,3,14,0,11,0,g,0,e,10,5j,0,2,4,2,1,40,1,6h,0,5,1,8,0,2,0,5,1,16,0,5,1,y,0,5,1,8,0,2,0,5,1,g,0,1m,0,5,1,1w' +
  ',1,x,2,r,5,2f,1,7,1,im,2,2i,6,n,8,p,8,l,b,e,0,4,0,3,b,1h,1,15,1,b,5,b,5,c,4,b,5,2i,6,18,4,1z,9,w,0,d,3,d,3,2,2' +
  ',17,1,6,a,19,3,r,5,c,2,1r,1,1u,0,u,1,c,5,b,5,f,1,w,1c,26,2,1c,0,39,7,1p,2,g,2,1p,6,18,1,c,7,18,4,ev,1,7,1,13,1' +
  ',7,1,9,0,2,0,2,0,2,0,w,1,1i,0,g,0,f,1,7,0,k,1,4,0,a,0,c,4,p,6,1e,f,3,1,s,0,e,2,y,e,y,e,3x,3,ig,o,c,k,1ed,1,x,0' +
  ',9q,4,1a,0,2,4,2,1,1l,6,3,d,p,8,8,0,8,0,8,0,8,0,8,0,8,0,8,0,8,0,3j,x,r,0,2i,b,5z,p,d,3,1t,0,2f,1,2w,4,18,0,1g,' +
  '0,17,0,2d,b,1c,0,mlq,2,1k,8,9p,j,55,7,5o,4,3,0,2,0,6,n,1o,2,b,5,1l,7,1z,7,d,5,39,a,v,2,27,0,c,3,y,0,1k,8,f,1,b' +
  ',1,2w,n,t,9,7,1,7,1,7,8,8,0,8,0,1p,3,3j,1,b,5,8md,b,o,3,1e,6ir,a7,1,2z,11,8,b,6,4,r,0,6,0,2,0,3,0,3,0,3i,f,ce,' +
  '1,1j,6,2,v,h,f,b,5,1g,0,k,0,5,3,6,0,3s,3,4g,0,v,2,7,1,7,1,7,1,4,2,8,0,8,c,3,1,d,0,r,0,k,0,3,0,g,1,f,x,3g,4,4,3' +
  ',1a,2,2h,0,e,2,2,1a,1b,3l,u,2,1e,e,t,3,11,8,v,4,18,4,v,0,12,3,f,15,4f,1,b,5,11,3,11,3,15,7,1h,a,d,0,g,0,8,0,3,' +
  '0,c,0,g,0,8,0,3,1u,8o,8,n,9,9,n,7,0,17,0,a,1w,7,1,2,0,19,0,3,2,2,1,o,0,21,7,a,1b,k,0,3,4,y,2,s,4,2,1r,1l,3,l,1' +
  ',1f,0,3,4,9,0,4,0,u,1,4,3,b,6,a,6,1t,v,14,3,d,8,1j,2,u,1,s,4,r,6,5,b,8,27,22,1i,1g,c,1g,6,1b,7,b,85,w,0,17,0,4' +
  ',1,3,25,15,7,17,l,r,11,t,j,o,8,27,3,11,8,1r,0,6,c,q,6,b,5,1i,0,j,7,14,8,2p,0,l,a,j,0,19,1s,8,0,2,0,5,0,g,0,c,5' +
  ',1o,4,b,5,5,0,9,1,3,1,n,0,8,0,3,0,6,0,b,1,3,1,4,1,2,5,2,4,8,1,8,2,6,3u,2l,0,6,t,21,7,b,4l,1j,1,13,x,1y,a,b,5,e' +
  ',i,1n,5,b,1h,s,1,g,3,o,54,1p,2r,2c,b,9,1,2,1,9,0,3,0,v,0,3,1,d,8,b,1x,9,1,1b,1,c,q,21,7,2c,c,22,7a,a,0,1a,0,f,' +
  '9,u,2,x,1,n,0,f,20,8,0,3,0,19,2,2,0,3,0,a,7,b,5,7,0,3,0,12,0,3,0,7,6,b,8l,q,52,2,e,1f,c,po,2t,34,0,6,a,5h,217,' +
  '2s,c,ts,34g,g8,6ns,fu,6,w,0,b,3,2a,0,b,5,v,1,7,9,1z,9,b,0,8,0,m,4,k,j3,2k,2s,24,3,1m,6,i,1r,6,a,3,d,4qh,7,yf,1' +
  '5,a,6w6,5,0,8,0,3,0,84,18,4,g,5,7,b1,1s3,30,4,e,2,a,6,b,1,5,3mn,1b,1,o,8,39,1n,6v,9,14,1,23,7,35,k,1z,49,l,b,2' +
  'g,8,q,3q,2e,0,20,0,3,1,2,1,3,1,5,0,d,0,2,0,8,0,1u,0,5,1,9,0,8,0,t,0,5,0,6,0,2,2,8,0,9h,1,85,1,jj,e,6,0,g,un,w,' +
  '68,8,0,i,1,8,0,3,0,6,5w,1a,2,f,1,b,3,3,8v,w,g,1n,4,2,yn,8,0,5,0,3,0,g,0,5i,1,h,14,25,3,b,3,3,ls,1x,23,1q,5d,5,' +
  '0,s,0,3,0,2,1,2,0,b,0,5,0,2,0,2,5,2,3,2,0,2,0,2,0,4,0,3,0,2,1,2,0,2,0,2,0,2,0,2,0,3,0,2,1,5,0,8,0,5,0,5,0,2,0,' +
  'b,0,i,4,4,0,6,0,i,1f,3,7h,19,3,2t,b,g,1,g,0,g,0,12,9,4v,1j,u,c,19,3,a,6,3,d,7,49,rd,4,h,2,e,2,39,b,2i,6,d,3,2,' +
  'e,d,3,1l,7,b,5,15,7,v,1,3,25,9h,b,f,1,6,2,6,2,8,8,u,2,c,4,7,9,b,5,9,7,8,8,44,0,1k,10,b,sl,wyp,v,37e,6,67,1,4g3' +
  ',d,5rm,2e6,f3,15t,3t8,jk50';
const COMBINING_MARKS =
  'lc,33,7o,6,7c,18,2,0,2,1,2,1,2,0,21,a,1d,k,h,0,2u,6,3,5,3,1,2,3,10,0,v,q,2k,a,1n,8,a,0,p,3,2,8,2,2,2,4,18,2,1p' +
  ',7,17,n,2,v,1k,0,2,0,5,7,5,0,4,6,b,1,u,0,1n,0,5,3,9,0,l,1,r,0,3,1,1m,0,5,1,5,1,3,2,4,0,v,1,4,0,c,1,1m,0,5,4,2,' +
  '1,5,0,l,1,n,5,2,0,1n,0,3,0,2,3,9,0,8,1,c,1,v,0,1q,0,d,0,1f,0,4,0,1k,0,2,2,6,2,2,3,8,1,c,1,u,0,1n,0,3,0,7,0,6,1' +
  ',l,1,t,1,1m,1,5,3,9,0,l,1,u,0,21,0,8,2,2,0,2j,0,3,6,d,7,2r,0,3,8,c,5,23,1,s,0,2,0,2,0,1k,d,2,4,2,1,6,a,2,z,a,0' +
  ',2v,3,2,5,2,1,3,1,q,1,5,2,h,3,e,0,3,1,7,0,g,0,jk,2,qb,2,u,1,v,1,v,1,1t,1,2,6,9,0,3,a,a,0,1a,2,2,0,3a,1,z,0,3b,' +
  '2,5,1,a,0,7,2,64,1,3,0,1n,0,2,6,2,0,2,0,3,7,7,9,3,0,1d,u,1e,3,1d,0,2,4,2,0,6,0,15,8,d,1,x,3,3,1,2,2,1l,0,2,1,4' +
  ',0,2,2,1n,7,3,1,49,2,2,c,2,6,5,0,7,0,4,1,5j,1r,k1,w,2db,2,3y,0,2p,v,ff,3,30,1,n9x,3,2,9,x,1,29,1,7l,0,4,0,5,0,' +
  'q,1,6,0,48,1,r,h,e,0,13,7,q,a,1b,2,1d,0,3,3,3,1,14,0,1w,5,3,1,3,1,d,0,9,0,1c,0,1g,0,2,2,3,1,6,1,2,0,17,1,9,0,6' +
  'n,0,3,0,5,0,fn5,0,ki,f,h,f,r2,0,6b,0,46,4,1af,2,2,1,6,3,15,2,5,0,4m,1,fy,3,as,1,4a,a,1e,3,3g,0,1j,e,16,0,3,1,b' +
  ',2,1e,3,3,1,8,0,1q,2,11,4,2,7,1r,0,d,1,1h,8,b,3,3,0,2o,2,3,0,2,1,7,0,4h,0,4,7,m,1,1m,1,4,0,12,6,4,4,5g,7,3,2,2' +
  ',0,o,0,2d,5,2,0,5,1,2,1,6n,3,7,1,2,1,s,1,2e,7,3,0,2,1,2z,0,2,0,3,5,2,0,2u,2,3,3,2,4,78,8,2,1,75,1,2,0,5,0,41,3' +
  ',3,1,5,0,x,9,15,5,3,3,9,0,a,5,3,2,1b,c,2,1,bb,6,2,5,2,0,2b,l,3,6,2,1,2,1,3f,5,4,0,2,1,2,6,2,0,21,1,4,0,2,0,9o,' +
  '1,f0c,4,1o,6,t5,0,1s,3,2a,0,f5l,1,3mq,19,3,m,f5,2,i,7,3,6,v,3,45,2,1j0,1i,5,1d,9,0,f,0,n,4,2,e,11t,6,2,g,3,6,2' +
  ',1,2,4,7a,6,ag,0,1q,3,15t,6,32,6,gzhy,6n';
const SPACES =
  'w,0,3k,0,4bk,0,1vk,a,11,0,1c,0,335,0';
// </generated:unicode>

// ISO 3166-1 alpha-2, the 249 codes officially assigned.
const COUNTRIES = new Set(
  ('AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA ' +
    'CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR ' +
    'GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM ' +
    'JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP ' +
    'MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY ' +
    'QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN ' +
    'TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW').split(' '),
);

/* ------------------------------------------------------------------------------------------------------------------
 * 2 Bytes
 * --------------------------------------------------------------------------------------------------------------- */

/** What a reader refuses: a stable code of the specs, and words for people. Readers throw nothing else. */
export class Malformed extends Error {
  constructor(code, what, { field = '', expected = '', found = '' } = {}) {
    super(what);
    this.name = 'Malformed';
    this.code = code;
    this.field = field;
    this.expected = expected;
    this.found = found;
  }
}

const ASCII = /^[\x00-\x7f]*$/;
const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of a text. */
const utf8 = (text) => encoder.encode(text);

/** The text of UTF-8 bytes, or null where they are none. */
function fromUtf8(bytes) {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return null;
  }
}

/** Several byte strings, one behind the other. */
function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const sameBytes = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

/** -1, 0 or 1: byte strings in bytewise order. */
function compareBytes(one, other) {
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at += 1) {
    if (one[at] !== other[at]) return one[at] < other[at] ? -1 : 1;
  }
  return Math.sign(one.length - other.length);
}

/** Code points in order, which is the order of UTF-8 bytes (JavaScript's own compares UTF-16). */
function compareText(one, other) {
  if (one === other) return 0;
  if (ASCII.test(one) && ASCII.test(other)) return one < other ? -1 : 1;
  return compareBytes(utf8(one), utf8(other));
}

const sorted = (texts) => [...texts].sort(compareText);
const sortedSet = (texts) => sorted(new Set(texts));

const HEX_PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal digits of bytes. */
export function hex(bytes) {
  let text = '';
  for (const byte of bytes) text += HEX_PAIRS[byte];
  return text;
}

/** Bytes of lower-case hexadecimal digits (`hex-format`). */
export function parseHex(text, code = 'hex-format') {
  if (typeof text !== 'string' || text.length % 2 || !/^[0-9a-f]*$/.test(text)) {
    throw new Malformed(code, 'two lower-case hexadecimal digits a byte');
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = parseInt(text.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE64_VALUE = new Map([...BASE64].map((letter, value) => [letter, value]));

/** RFC 4648 §4, padded. */
export function base64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const letters = [18, 12, 6, 0].map((shift) => BASE64[(group >> shift) & 63]).join('');
    const left = bytes.length - at;
    text += left > 2 ? letters : letters.slice(0, left + 1) + '='.repeat(3 - left);
  }
  return text;
}

/** Bytes of base64 in its one spelling (`base64-format`). */
export function parseBase64(text, code = 'base64-format') {
  const fault = () => new Malformed(code, 'base64 of RFC 4648 §4, padded, unused bits zero');
  if (typeof text !== 'string' || text.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw fault();
  const letters = text.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of letters) {
    held = ((held << 6) | BASE64_VALUE.get(letter)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (held >> bits) & 255;
      at += 1;
    }
  }
  if (base64(bytes) !== text) throw fault();
  return bytes;
}

// SHA-256 of FIPS 180-4, written out because WebCrypto's is asynchronous and a proof needs thousands of them.
const SHA256_ROUND = new Uint32Array(64);
const SHA256_START = new Uint32Array(8);
for (let candidate = 2, found = 0; found < 64; candidate += 1) {
  let prime = true;
  for (let factor = 2; factor * factor <= candidate && prime; factor += 1) prime = candidate % factor !== 0;
  if (!prime) continue;
  const fraction = (root) => Math.floor((root - Math.floor(root)) * 2 ** 32);
  if (found < 8) SHA256_START[found] = fraction(candidate ** (1 / 2));
  SHA256_ROUND[found] = fraction(Math.cbrt(candidate));
  found += 1;
}
const sha256Words = new Int32Array(64);

/** SHA-256 of byte strings one behind the other, 32 bytes. */
export function sha256(...parts) {
  const data = parts.length === 1 ? parts[0] : join(...parts);
  const padded = new Uint8Array(((data.length + 72) >> 6) << 6);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(data.length / 2 ** 29));
  view.setUint32(padded.length - 4, (data.length << 3) >>> 0);
  const hash = Int32Array.from(SHA256_START);
  for (let block = 0; block < padded.length; block += 64) sha256Block(hash, view, block);
  const digest = new Uint8Array(32);
  const out = new DataView(digest.buffer);
  hash.forEach((word, at) => out.setInt32(4 * at, word));
  return digest;
}

function sha256Block(hash, view, block) {
  const words = sha256Words;
  const turn = (word, by) => (word >>> by) | (word << (32 - by));
  for (let at = 0; at < 16; at += 1) words[at] = view.getInt32(block + 4 * at);
  for (let at = 16; at < 64; at += 1) {
    const low = words[at - 15];
    const high = words[at - 2];
    const small = turn(low, 7) ^ turn(low, 18) ^ (low >>> 3);
    const large = turn(high, 17) ^ turn(high, 19) ^ (high >>> 10);
    words[at] = (words[at - 16] + small + words[at - 7] + large) | 0;
  }
  let [a, b, c, d, e, f, g, h] = hash;
  for (let at = 0; at < 64; at += 1) {
    const mixE = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const first = (h + mixE + ((e & f) ^ (~e & g)) + SHA256_ROUND[at] + words[at]) | 0;
    const mixA = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const second = (mixA + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, at) => {
    hash[at] = (hash[at] + word) | 0;
  });
}

/** An object without anything inherited: names of other people's choice are its keys. */
const bare = (entries = {}) => Object.assign(Object.create(null), entries);

/** A copy of a JSON value that shares nothing with it. */
function copy(value) {
  if (Array.isArray(value)) return value.map(copy);
  if (value === null || typeof value !== 'object') return value;
  const twin = bare();
  for (const name of Object.keys(value)) twin[name] = copy(value[name]);
  return twin;
}

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Whether an object has a member of its own under that name. */
const has = (object, name) => Object.hasOwn(object, name);

/* ------------------------------------------------------------------------------------------------------------------
 * 3 Encodings (specs/formats/encodings.md)
 * --------------------------------------------------------------------------------------------------------------- */

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** A number where it is exact, else a BigInt. */
const narrow = (value) => (value <= SAFE && value >= -SAFE ? Number(value) : value);

// --- CBOR: integers (number or BigInt), Uint8Array, string, Array, Map, boolean, null

/** One head: `{major, info, argument, next}`; the argument in its shortest form. */
function cborHead(bytes, at) {
  const major = bytes[at] >> 5;
  const info = bytes[at] & 31;
  const malformed = (what) => new Malformed('cbor-malformed', what, { found: `offset ${at}` });
  if (info >= 28 && info <= 30) throw malformed('a reserved head');
  if (info === 31) {
    if (major >= 2 && major <= 5) throw new Malformed('cbor-not-canonical', 'an indefinite length');
    throw malformed('a reserved head');
  }
  if (major === 6) throw malformed('a tag');
  if (major === 7) {
    if (info < 20 || info > 22) throw malformed('a float, or a simple value other than false, true and null');
    return { major, info, argument: 0, next: at + 1 };
  }
  if (info < 24) return { major, info, argument: info, next: at + 1 };
  const size = 1 << (info - 24);
  if (at + 1 + size > bytes.length) throw malformed('the end comes early');
  let argument = 0n;
  for (let byte = at + 1; byte <= at + size; byte += 1) argument = (argument << 8n) | BigInt(bytes[byte]);
  const least = size === 1 ? 24n : 1n << BigInt(4 * size);
  if (argument < least) throw new Malformed('cbor-not-canonical', 'a head longer than needed');
  return { major, info, argument: narrow(argument), next: at + 1 + size };
}

/** Walks all heads and checks limits and shape, before anything is made. */
function scanCbor(bytes, depth, items) {
  const open = [];
  let at = 0;
  let declared = 1;
  let left = 1;
  let isMap = false;
  for (;;) {
    while (left === 0 && open.length) [left, isMap] = open.pop();
    if (left === 0) break;
    if (at >= bytes.length) throw new Malformed('cbor-malformed', 'the end comes early');
    const { major, argument, next } = cborHead(bytes, at);
    if (isMap && left % 2 === 0 && ![0, 1, 3].includes(major)) {
      throw new Malformed('cbor-malformed', 'a map key is an integer or a text');
    }
    left -= 1;
    at = next;
    if (major === 2 || major === 3) {
      if (argument > bytes.length) throw new Malformed('too-large', 'a string longer than the whole');
      at += argument;
      if (at > bytes.length) throw new Malformed('cbor-malformed', 'the end comes early');
    } else if (major === 4 || major === 5) {
      if (open.length + 1 > depth) throw new Malformed('too-deep', `more than ${depth} levels`);
      const members = major === 5 ? Number(argument) * 2 : Number(argument);
      declared += members;
      if (declared > items) throw new Malformed('too-large', `more than ${items} items`);
      open.push([left, isMap]);
      [left, isMap] = [members, major === 5];
    }
  }
  if (at !== bytes.length) throw new Malformed('cbor-malformed', 'bytes follow the item');
}

/**
 * One data item of deterministic CBOR that fills its bytes.
 * @throws {Malformed} too-large, too-deep, cbor-malformed, cbor-not-canonical, duplicate-key
 */
export function decodeCbor(bytes, { size = 65535, depth = 16, items = 100000 } = {}) {
  if (bytes.length > size) throw new Malformed('too-large', `more than ${size} bytes`);
  scanCbor(bytes, depth, items);
  let at = 0;
  let repeated = false;
  let unordered = false;
  const build = () => {
    const { major, info, argument, next } = cborHead(bytes, at);
    at = next;
    if (major === 0) return argument;
    if (major === 1) return narrow(-1n - BigInt(argument));
    if (major === 7) return [false, true, null][info - 20];
    if (major === 4) return Array.from({ length: argument }, build);
    if (major === 5) return buildMap(argument);
    const part = bytes.slice(at, at + argument);
    at += argument;
    if (major === 2) return part;
    const text = fromUtf8(part);
    if (text === null) throw new Malformed('cbor-malformed', 'a text that is not UTF-8');
    return text;
  };
  const buildMap = (pairs) => {
    const map = new Map();
    let before = null;
    for (let pair = 0; pair < pairs; pair += 1) {
      const start = at;
      const key = build();
      const encoded = bytes.subarray(start, at);
      repeated ||= map.has(key);
      unordered ||= before !== null && compareBytes(before, encoded) >= 0;
      before = encoded;
      map.set(key, build());
    }
    return map;
  };
  const value = build();
  if (repeated) throw new Malformed('duplicate-key', 'a key twice in one map');
  if (unordered) throw new Malformed('cbor-not-canonical', 'keys out of order');
  return value;
}

function encodeHead(major, argument) {
  const start = major << 5;
  if (argument < 24) return Uint8Array.of(start | Number(argument));
  const size = argument < 256 ? 1 : argument < 65536 ? 2 : argument < 2 ** 32 ? 4 : 8;
  const head = new Uint8Array(1 + size);
  head[0] = start | (24 + Math.log2(size));
  let left = BigInt(argument);
  for (let at = size; at > 0; at -= 1) {
    head[at] = Number(left & 255n);
    left >>= 8n;
  }
  return head;
}

/** Deterministic CBOR of a value as `decodeCbor` gives it. */
export function encodeCbor(value) {
  const parts = [];
  const write = (item) => {
    if (typeof item === 'number' || typeof item === 'bigint') {
      parts.push(item >= 0 ? encodeHead(0, item) : encodeHead(1, -1n - BigInt(item)));
    } else if (typeof item === 'string') {
      const bytes = utf8(item);
      parts.push(encodeHead(3, bytes.length), bytes);
    } else if (item instanceof Uint8Array) {
      parts.push(encodeHead(2, item.length), item);
    } else if (Array.isArray(item)) {
      parts.push(encodeHead(4, item.length));
      item.forEach(write);
    } else if (item instanceof Map) {
      const pairs = [...item].map(([key, member]) => [encodeCbor(key), member]);
      pairs.sort(([one], [other]) => compareBytes(one, other));
      parts.push(encodeHead(5, pairs.length));
      for (const [key, member] of pairs) {
        parts.push(key);
        write(member);
      }
    } else {
      parts.push(Uint8Array.of(item === null ? 0xf6 : item ? 0xf5 : 0xf4));
    }
  };
  write(value);
  return join(...parts);
}

// --- Canonical JSON

const JSON_SHORT = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Reads JSON as RFC 8259 has it, notes what makes it another value than ours, and stops where it is no JSON. */
class JsonReader {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.faults = new Set();
  }

  fail(what) {
    throw new Malformed('json-malformed', what, { found: `character ${this.at}` });
  }

  whole() {
    this.blank();
    const value = this.value();
    this.blank();
    if (this.at !== this.text.length) this.fail('something follows the value');
    return value;
  }

  blank() {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at += 1;
  }

  take(text) {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  value() {
    const next = this.text[this.at];
    if (next === '{') return this.object();
    if (next === '[') return this.array();
    if (next === '"') return this.string();
    for (const [word, value] of [['true', true], ['false', false], ['null', null]]) if (this.take(word)) return value;
    for (const word of ['NaN', 'Infinity', '-Infinity']) {
      if (this.take(word)) {
        this.faults.add('json-float');
        return 0;
      }
    }
    return this.number();
  }

  number() {
    const [text] = this.text.slice(this.at).match(/^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) ?? [''];
    if (!text) this.fail('no JSON value');
    this.at += text.length;
    if (/[.eE]/.test(text)) {
      this.faults.add('json-float');
      return 0;
    }
    const value = Number(text);
    if (!Number.isSafeInteger(value)) this.faults.add('json-malformed');
    return value === 0 ? 0 : value;
  }

  array() {
    const list = [];
    this.at += 1;
    this.blank();
    if (this.take(']')) return list;
    for (;;) {
      this.blank();
      list.push(this.value());
      this.blank();
      if (this.take(']')) return list;
      if (!this.take(',')) this.fail('a comma or ] is missing');
    }
  }

  object() {
    const object = bare();
    this.at += 1;
    this.blank();
    if (this.take('}')) return object;
    for (;;) {
      this.blank();
      if (this.text[this.at] !== '"') this.fail('a key is missing');
      const key = this.string();
      if (!ASCII.test(key)) this.faults.add('json-malformed');
      if (has(object, key)) this.faults.add('duplicate-key');
      this.blank();
      if (!this.take(':')) this.fail('a colon is missing');
      this.blank();
      object[key] = this.value();
      this.blank();
      if (this.take('}')) return object;
      if (!this.take(',')) this.fail('a comma or } is missing');
    }
  }

  string() {
    let text = '';
    this.at += 1;
    for (;;) {
      const letter = this.text[this.at];
      if (letter === undefined || letter < ' ') this.fail('a string that does not end, or holds a control character');
      this.at += 1;
      if (letter === '"') break;
      text += letter === '\\' ? this.escape() : letter;
    }
    if (!text.isWellFormed?.() && /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text)) {
      this.faults.add('json-malformed');
    }
    return text;
  }

  escape() {
    const letter = this.text[this.at];
    this.at += 1;
    if (letter !== undefined && has(JSON_SHORT, letter)) return JSON_SHORT[letter];
    const digits = this.text.slice(this.at, this.at + 4);
    if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits)) this.fail('an unknown escape');
    this.at += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }
}

/** Greatest depth and number of commas outside strings, of a text that may be anything. */
function jsonShape(text) {
  let depth = 0;
  let deepest = 0;
  let commas = 0;
  let inside = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (inside) {
      if (letter === '\\') at += 1;
      else if (letter === '"') inside = false;
    } else if (letter === '"') inside = true;
    else if (letter === ',') commas += 1;
    else if (letter === '{' || letter === '[') deepest = Math.max(deepest, (depth += 1));
    else if (letter === '}' || letter === ']') depth -= 1;
  }
  return { deepest, commas };
}

/**
 * The value of a canonical JSON text.
 * @throws {Malformed} too-large, too-deep, duplicate-key, json-float, json-malformed, json-not-canonical
 */
export function decodeJson(bytes, { size = 65535, depth = 16, commas = 10000 } = {}) {
  if (bytes.length > size) throw new Malformed('too-large', `more than ${size} bytes`);
  const text = fromUtf8(bytes);
  if (text === null) throw new Malformed('json-malformed', 'not UTF-8');
  const shape = jsonShape(text);
  if (shape.commas >= commas) throw new Malformed('too-large', `${commas} commas or more`);
  if (shape.deepest > depth) throw new Malformed('too-deep', `more than ${depth} levels`);
  const reader = new JsonReader(text);
  const value = reader.whole();
  for (const code of ['duplicate-key', 'json-float', 'json-malformed']) {
    if (reader.faults.has(code)) throw new Malformed(code, 'a JSON text that states another kind of value');
  }
  if (canonicalJson(value) !== text) throw new Malformed('json-not-canonical', 'the same value has another text');
  return value;
}

/** Canonical JSON of a value: keys in order of bytes, no white space. */
export function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = sorted(Object.keys(value)).map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`);
  return `{${members.join(',')}}`;
}

// --- Text

/** Sorted bounds out of a table of gaps in base 36. */
function unpack(table) {
  let at = 0;
  return table.split(',').map((gap) => (at += parseInt(gap, 36)));
}

/** Whether a code point lies in one of the ranges `first, last, first, last …`. */
function within(ranges, point) {
  let low = 0;
  let high = ranges.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (point > ranges[2 * middle + 1]) low = middle + 1;
    else high = middle;
  }
  return low < ranges.length / 2 && point >= ranges[2 * low];
}

const REFUSED = unpack(REFUSED_POINTS);
const MARKS = unpack(COMBINING_MARKS);
const ZS = unpack(SPACES);

/**
 * Checks a text for people.
 * @throws {Malformed} text-length, text-chars, text-not-nfc
 */
export function checkText(text, { most, lines = false, bytes = 0 }) {
  const points = Array.from(text, (letter) => letter.codePointAt(0));
  if (!points.length || points.length > most) throw new Malformed('text-length', `1 to ${most} code points`);
  for (const point of points) {
    if (within(REFUSED, point) && !(lines && point === 10)) {
      throw new Malformed('text-chars', 'a code point that text may not hold', { found: point.toString(16) });
    }
  }
  let marks = 0;
  points.forEach((point, at) => {
    marks = within(MARKS, point) ? marks + 1 : 0;
    if (marks > 4 || (marks && at === 0)) throw new Malformed('text-chars', 'combining marks at the beginning, or too many');
  });
  if (text.normalize('NFC') !== text) throw new Malformed('text-not-nfc', 'not in normalisation form C');
  for (const point of [points[0], points[points.length - 1]]) {
    if (point === 10 || within(ZS, point)) throw new Malformed('text-chars', 'white space at the beginning or end');
  }
  if (bytes && utf8(text).length > bytes) throw new Malformed('text-length', `more than ${bytes} bytes`);
  return text;
}

/* ------------------------------------------------------------------------------------------------------------------
 * 4 Small forms (specs/formats/ids.md, quantities.md, instants.md)
 * --------------------------------------------------------------------------------------------------------------- */

const OWNER = '([A-Z]{2})-[A-Z0-9][A-Z0-9.-]{0,31}';
const LOCAL = '[A-Z0-9][A-Z0-9._-]{0,47}';
const ID_FORMS = {
  charter: /^charter$/,
  key: /^key:[0-9a-f]{64}$/,
  party: new RegExp(`^party:${OWNER}$`),
  lot: new RegExp(`^lot:${OWNER}/${LOCAL}(~[1-9][0-9]{0,3}){0,8}$`),
  consignment: new RegExp(`^consignment:${OWNER}/${LOCAL}$`),
  permit: new RegExp(`^permit:${OWNER}/${LOCAL}$`),
  watch: new RegExp(`^watch:${OWNER}/${LOCAL}$`),
};

/** The kind of an id: what stands before its first colon. */
const kindOf = (id) => id.split(':', 1)[0];

/**
 * Checks an id, of one kind where one is asked for, and gives it back.
 * @throws {Malformed} id-format, id-chars, id-kind, id-country, id-reserved
 */
export function parseId(id, { kind = '', fresh = false } = {}) {
  const refuse = (code) => {
    throw new Malformed(code, 'an id of another form', { expected: kind || 'an id' });
  };
  if (typeof id !== 'string' || id.length > 128) refuse('id-format');
  const colon = id.indexOf(':');
  const [before, after] = colon < 0 ? [id, null] : [id.slice(0, colon), id.slice(colon + 1)];
  if (!/^[a-z]*$/.test(before)) refuse('id-chars');
  if (after !== null && !(before === 'key' ? /^[0-9a-f]*$/ : /^[A-Z0-9._/~-]*$/).test(after)) refuse('id-chars');
  if (!has(ID_FORMS, before) || (kind && before !== kind)) refuse('id-kind');
  const found = ID_FORMS[before].exec(id);
  if (!found) refuse('id-format');
  if (found[1] !== undefined && before !== 'charter' && before !== 'key' && !COUNTRIES.has(found[1])) refuse('id-country');
  if (fresh && id.includes('~')) refuse('id-reserved');
  return id;
}

/** The party under which a lot, consignment, permit or watch is named. */
const creatorOf = (id) => `party:${id.slice(id.indexOf(':') + 1, id.indexOf('/'))}`;

/** The country in a party's id. */
const countryOf = (party) => party.slice(6, 8);

/** The lot of which a rest lot is the rest, or null. */
const parentOf = (lot) => (lot.includes('~') ? lot.slice(0, lot.lastIndexOf('~')) : null);

/** How many `~n` a lot's name has. */
const suffixesOf = (lot) => lot.split('~').length - 1;

const UNITS = {
  KGM: ['mass', 9],
  GRM: ['mass', 6],
  MGM: ['mass', 3],
  TNE: ['mass', 12],
  LTR: ['volume', 9],
  MLT: ['volume', 6],
};
const GREATEST_AMOUNT = 9_000_000_000_000_000;
const DECIMAL = /^(0|[1-9][0-9]*)(\.[0-9]+)?$/;

/**
 * An amount in micrograms or nanolitres, with its kind.
 * @throws {Malformed} unit-unknown, quantity-format, quantity-range, quantity-precision
 */
export function parseQuantity(value, unit) {
  if (typeof unit !== 'string' || !has(UNITS, unit)) throw new Malformed('unit-unknown', 'no such unit');
  const refuse = (code) => {
    throw new Malformed(code, 'a quantity that cannot be read', { found: String(value).slice(0, 24) });
  };
  if (typeof value !== 'string') refuse('quantity-format');
  const long = value.length > 19;
  const text = long ? `${value.slice(0, 19)}1` : value;
  if (!DECIMAL.test(text)) {
    const minus = text[0] === '-' && DECIMAL.test(text.slice(1)) && /[1-9]/.test(text);
    refuse(minus ? 'quantity-range' : 'quantity-format');
  }
  if (long) refuse(text.slice(0, 19).includes('.') ? 'quantity-precision' : 'quantity-range');
  const [whole, fraction = ''] = text.split('.');
  if (whole.length + fraction.length > 18) refuse('quantity-range');
  const [kind, digits] = UNITS[unit];
  if (/[1-9]/.test(fraction.slice(digits))) refuse('quantity-precision');
  const amount = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  if (amount === 0n || amount > BigInt(GREATEST_AMOUNT)) refuse('quantity-range');
  return { kind, amount: Number(amount) };
}

/** An amount as people read it: kilograms or litres, three decimals or as many as are needed. */
export function showQuantity(amount, kind) {
  const digits = String(Math.abs(amount)).padStart(10, '0');
  const fraction = digits.slice(-9).replace(/0{1,6}$/, '');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -9)}.${fraction} ${kind === 'mass' ? 'kg' : 'L'}`;
}

/** A percentage in parts per million (`percent-format`). */
export function parsePercent(text) {
  const found = typeof text === 'string' ? /^(0|[1-9][0-9]{0,2})(?:\.([0-9]{1,4}))?$/.exec(text) : null;
  const ppm = found ? Number(found[1]) * 10000 + Number((found[2] ?? '').padEnd(4, '0')) : Infinity;
  if (ppm > 1_000_000) throw new Malformed('percent-format', '0 to 100, at most four decimals');
  return ppm;
}

/** Digits of a plain decimal without its point, and 10 to the number of its decimals: an exact fraction. */
function fractionOf(text) {
  const [whole, decimals = ''] = text.split('.');
  return [BigInt(whole + decimals), 10n ** BigInt(decimals.length)];
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days in a month of the proleptic Gregorian calendar. */
function daysIn(year, month) {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : DAYS[month - 1];
}

/** Milliseconds since 1970 of an instant in its one spelling (`time-format`). */
export function parseInstant(text) {
  const form = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?Z$/;
  const found = typeof text === 'string' ? form.exec(text) : null;
  if (found) {
    const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
    const fits = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
    if (fits && hour < 24 && minute < 60 && second < 60 && found[7] !== '000') {
      return Date.UTC(year, month - 1, day, hour, minute, second, Number(found[7] ?? 0));
    }
  }
  throw new Malformed('time-format', 'UTC, as 2026-11-02T08:30:00Z');
}

/** The one spelling of an instant. */
export const formatInstant = (ms) => new Date(ms).toISOString().replace('.000Z', 'Z');

/** Minutes east of UTC (`offset-format`). */
export function parseOffset(text) {
  const found = typeof text === 'string' ? /^([+-])([0-9]{2}):([0-5][0-9])$/.exec(text) : null;
  const minutes = found ? (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) : NaN;
  if (!(minutes >= -720 && minutes <= 840) || text === '-00:00') throw new Malformed('offset-format', 'as +08:00');
  return minutes;
}

/** The beginning of a date in UTC, in milliseconds since 1970 (`date-format`). */
export function parseDate(text) {
  const found = typeof text === 'string' ? /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text) : null;
  const [year, month, day] = found ? found.slice(1).map(Number) : [0, 0, 0];
  if (year < 1900 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) {
    throw new Malformed('date-format', 'as 2026-11-30');
  }
  return Date.UTC(year, month - 1, day);
}

/** Whether the last digit of a CAS number is its check digit. */
function casHolds(number) {
  const digits = number.replaceAll('-', '');
  let sum = 0;
  for (let at = 1; at < digits.length; at += 1) sum += at * Number(digits[digits.length - 1 - at]);
  return sum % 10 === Number(digits[digits.length - 1]);
}

/* ------------------------------------------------------------------------------------------------------------------
 * 5 Keys (specs/formats/keys.md)
 * --------------------------------------------------------------------------------------------------------------- */

const subtle = globalThis.crypto?.subtle;

const toBig = (bytes) => BigInt(`0x${hex(bytes) || '0'}`);
const littleEndian = (bytes) => toBig(Uint8Array.from(bytes).reverse());
const modulo = (value, by) => ((value % by) + by) % by;

/** value^exponent modulo `by`. */
function power(value, exponent, by) {
  let result = 1n;
  for (let base = modulo(value, by), left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * base) % by;
    base = (base * base) % by;
  }
  return result;
}

// --- Edwards25519: points as [X, Y, Z, T] with x = X/Z, y = Y/Z, xy = T/Z (RFC 8032 §5.1.4)

const P25519 = 2n ** 255n - 19n;
const L25519 = 2n ** 252n + 27742317777372353535851937790883648493n;
const D25519 = modulo(-121665n * power(121666n, P25519 - 2n, P25519), P25519);
const SQRT_MINUS_1 = power(2n, (P25519 - 1n) / 4n, P25519);
const NEUTRAL = [0n, 1n, 1n, 0n];

function addPoints([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = modulo((y1 - x1) * (y2 - x2), P25519);
  const b = ((y1 + x1) * (y2 + x2)) % P25519;
  const c = (((2n * t1 * t2) % P25519) * D25519) % P25519;
  const d = (2n * z1 * z2) % P25519;
  const [e, f, g, h] = [b - a, modulo(d - c, P25519), d + c, b + a];
  return [modulo(e * f, P25519), (g * h) % P25519, (f * g) % P25519, modulo(e * h, P25519)];
}

function multiplyPoint(scalar, point) {
  let result = NEUTRAL;
  for (let left = scalar, doubled = point; left > 0n; left >>= 1n) {
    if (left & 1n) result = addPoints(result, doubled);
    doubled = addPoints(doubled, doubled);
  }
  return result;
}

const isNeutral = ([x, y, z]) => x === 0n && y === z;

/** The point of 32 bytes; null where y has no x. The caller has looked whether y is below p. */
function decompress(bytes) {
  const encoded = littleEndian(bytes);
  const y = encoded & (2n ** 255n - 1n);
  const sign = encoded >> 255n;
  const u = modulo(y * y - 1n, P25519);
  const v = (D25519 * y * y + 1n) % P25519;
  let x = (u * v ** 3n * power(u * v ** 7n, (P25519 - 5n) / 8n, P25519)) % P25519;
  const square = (v * x * x) % P25519;
  if (square === modulo(-u, P25519)) x = (x * SQRT_MINUS_1) % P25519;
  else if (square !== u) return null;
  if ((x & 1n) !== sign) x = modulo(-x, P25519);
  return [x, y, 1n, (x * y) % P25519];
}

function compress([x, y, z]) {
  const inverse = power(z, P25519 - 2n, P25519);
  const encoded = ((y * inverse) % P25519) | ((((x * inverse) % P25519) & 1n) << 255n);
  const bytes = new Uint8Array(32);
  for (let at = 0, left = encoded; at < 32; at += 1, left >>= 8n) bytes[at] = Number(left & 255n);
  return bytes;
}

/** What is wrong with 32 bytes as an Ed25519 key: '', 'key-weak' or `unreadable` (the y has no x). */
function weaknessOf(bytes, unreadable) {
  if ((littleEndian(bytes) & (2n ** 255n - 1n)) >= P25519) return 'key-weak';
  const point = decompress(bytes);
  if (!point) return unreadable;
  return isNeutral(multiplyPoint(8n, point)) || !isNeutral(multiplyPoint(L25519, point)) ? 'key-weak' : '';
}

const soundPoints = new Map();

/** Refuses a weak or unreadable Ed25519 key; what was found is kept, as a bundle meets few keys many times. */
function checkPoint(bytes, unreadable) {
  const name = `${unreadable} ${hex(bytes)}`;
  if (!soundPoints.has(name)) soundPoints.set(name, weaknessOf(bytes, unreadable));
  const code = soundPoints.get(name);
  if (code) throw new Malformed(code, 'a key under which signatures prove nothing, or no key at all');
}

// The y of all points of small order: of order 1, 2, 4, and the two of order 8; p and p + 1 are 0 and 1 again.
const ORDER_8 = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a';
const SMALL_Y = new Set(
  [0n, 1n, P25519 - 1n, P25519, P25519 + 1n].concat(
    [littleEndian(parseHex(ORDER_8)), P25519 - littleEndian(parseHex(ORDER_8))],
  ),
);

/** One Ed25519 signature by the one rule: S < L, R of no small order, S·B − k·A encodes to R. */
async function ed25519Holds(publicKey, signature, message) {
  if (signature.length !== 64 || littleEndian(signature.subarray(32)) >= L25519) return false;
  if (SMALL_Y.has(littleEndian(signature.subarray(0, 32)) & (2n ** 255n - 1n))) return false;
  try {
    const key = await importedKey('Ed25519', publicKey);
    return await subtle.verify('Ed25519', key, signature, message);
  } catch {
    return ed25519ByHand(publicKey, signature, message);
  }
}

/** The same by the arithmetic above, for a platform without Ed25519. */
export async function ed25519ByHand(publicKey, signature, message) {
  const digest = await subtle.digest('SHA-512', join(signature.subarray(0, 32), publicKey, message));
  const k = littleEndian(new Uint8Array(digest)) % L25519;
  const [x, y, z, t] = decompress(publicKey);
  const base = decompress(parseHex(`58${'66'.repeat(31)}`));
  const right = multiplyPoint(k, [modulo(-x, P25519), y, z, modulo(-t, P25519)]);
  const sum = addPoints(multiplyPoint(littleEndian(signature.subarray(32)), base), right);
  return sameBytes(compress(sum), signature.subarray(0, 32));
}

// --- P-256

const P256 = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const N256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const B256 = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

function onP256(x, y) {
  return x < P256 && y < P256 && modulo(y * y - (x * x * x - 3n * x + B256), P256) === 0n;
}

/** One ES256 signature: r || s with 0 < r < n and 0 < s ≤ (n − 1)/2. */
async function es256Holds(publicKey, signature, message) {
  if (signature.length !== 64) return false;
  const [r, s] = [toBig(signature.subarray(0, 32)), toBig(signature.subarray(32))];
  if (r === 0n || r >= N256 || s === 0n || s > (N256 - 1n) / 2n) return false;
  const key = await importedKey('ECDSA', publicKey);
  return subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, message);
}

const imported = new Map();

/** A WebCrypto key of raw public bytes, imported once. */
function importedKey(name, raw) {
  const slot = `${name} ${hex(raw)}`;
  if (!imported.has(slot)) {
    const how = name === 'ECDSA' ? { name, namedCurve: 'P-256' } : name;
    imported.set(slot, subtle.importKey('raw', raw, how, false, ['verify']));
  }
  return imported.get(slot);
}

// --- ML-DSA-44, where the platform has it

/** true, false, or null where the platform cannot tell. */
async function mldsaHolds(publicKey, signature, message) {
  let key;
  try {
    key = await subtle.importKey('raw-public', publicKey, 'ML-DSA-44', false, ['verify']);
  } catch {
    return null;
  }
  return subtle.verify('ML-DSA-44', key, signature, message);
}

// --- COSE keys

const ALG_ED25519 = -8;
const ALG_ES256 = -7;
const keyForms = new Map();

/**
 * A COSE_Key: algorithm, raw bytes, thumbprint, subject.
 * @throws {Malformed} alg-not-allowed, key-format, key-weak
 */
export function parseKey(bytes) {
  const name = hex(bytes);
  if (!keyForms.has(name)) keyForms.set(name, readKey(bytes));
  return keyForms.get(name);
}

function readKey(bytes) {
  let map;
  try {
    map = decodeCbor(bytes, { size: 4096 });
  } catch {
    throw new Malformed('key-format', 'a COSE_Key in deterministic CBOR');
  }
  if (!(map instanceof Map) || !Number.isInteger(map.get(1))) throw new Malformed('key-format', 'a COSE_Key is a map with a type');
  const kty = map.get(1);
  const curve = map.get(-1);
  if (![1, 2].includes(kty)) throw new Malformed('alg-not-allowed', 'another type of key');
  if (!Number.isInteger(curve)) throw new Malformed('key-format', 'a COSE_Key without a curve');
  if (curve !== (kty === 1 ? 6 : 1)) throw new Malformed('alg-not-allowed', 'another curve');
  const labels = kty === 1 ? [1, -1, -2] : [1, -1, -2, -3];
  const points = labels.slice(2).map((label) => map.get(label));
  const shaped = map.size === labels.length && points.every((part) => part instanceof Uint8Array && part.length === 32);
  if (!shaped) throw new Malformed('key-format', 'a COSE_Key of another layout');
  if (kty === 1) checkPoint(points[0], 'key-format');
  else if (!onP256(toBig(points[0]), toBig(points[1]))) throw new Malformed('key-format', 'a point that is not on P-256');
  const thumbprint = hex(sha256(bytes));
  const raw = kty === 1 ? points[0] : join(Uint8Array.of(4), ...points);
  return { algorithm: kty === 1 ? ALG_ED25519 : ALG_ES256, raw, thumbprint, subject: `key:${thumbprint}` };
}

/** Whether a signature holds for a key; a promise. */
export function signatureHolds(key, signature, message) {
  return (key.algorithm === ALG_ED25519 ? ed25519Holds : es256Holds)(key.raw, signature, message);
}

/** Whether a proof of possession holds: a signature by the key itself over (anchor, party, key). */
export function possessionHolds(coseBytes, anchor, party, signature) {
  const message = encodeCbor(['lotchain/possession/1', anchor, party, coseBytes]);
  return signatureHolds(parseKey(coseBytes), signature, message);
}

/* ------------------------------------------------------------------------------------------------------------------
 * 6 Statements (specs/formats/statement.md)
 * --------------------------------------------------------------------------------------------------------------- */

const ENTRY_LIMIT = 65535;
const STATEMENT_LIMIT = 20000;
const CONTENT_TYPE = 'application/vnd.lotchain.event+json';
const ORIGIN = /^[!-~]{1,191}$/;
const LATEST_SECOND = 253402300799;

/** Whether a text is `origin` or `origin#charter id`. */
function isAudience(text) {
  const [origin, charter, ...more] = text.split('#');
  if (!ORIGIN.test(origin) || origin.includes('+') || more.length) return false;
  return charter === undefined || /^[0-9a-f]{64}$/.test(charter);
}

const isMap = (value) => value instanceof Map;
const isBytes = (value) => value instanceof Uint8Array;

/** Decodes CBOR that stands inside a statement: whatever is wrong with it, the statement is malformed. */
function inner(bytes) {
  try {
    return decodeCbor(bytes, { size: ENTRY_LIMIT });
  } catch (fault) {
    throw new Malformed('statement-malformed', fault.message);
  }
}

/**
 * A statement's fields, its signed bytes and its id.
 * @throws {Malformed} codes of specs/formats/statement.md
 */
export function parseStatement(bytes, { limit = ENTRY_LIMIT } = {}) {
  if (bytes.length > limit) throw new Malformed('too-large', `more than ${limit} bytes`);
  const malformed = (what) => new Malformed('statement-malformed', what);
  if (bytes[0] !== 0xd2) throw malformed('a statement begins with tag 18');
  const parts = inner(bytes.subarray(1));
  if (!Array.isArray(parts) || parts.length !== 4) throw malformed('an array of four');
  const [encodedHeader, unprotected, payload, signature] = parts;
  if (!isBytes(encodedHeader) || !isMap(unprotected)) throw malformed('headers of another type');
  const header = encodedHeader.length ? inner(encodedHeader) : new Map();
  if (!isMap(header)) throw malformed('a protected header is a map');
  if ([...unprotected.keys()].some((label) => header.has(label))) throw malformed('a label in both headers');
  if (unprotected.size) throw new Malformed('unsigned-data', 'the unprotected header is not empty');
  const fields = headerFields(header);
  if (!isBytes(payload)) throw malformed('a payload is attached, in a byte string');
  if (!isBytes(signature)) throw malformed('a signature is a byte string');
  if (signature.length !== 64) throw new Malformed('signature-format', 'a signature has 64 bytes');
  const signed = join(parseHex('846a5369676e617475726531'), encodeCbor(encodedHeader), Uint8Array.of(0x40), encodeCbor(payload));
  return { bytes, ...fields, payload, signature, signed, id: hex(sha256(signed)) };
}

function headerFields(header) {
  const malformed = (what) => new Malformed('statement-malformed', what);
  for (const label of header.keys()) {
    if (![1, 3, 4, 15].includes(label)) throw new Malformed('header-unknown', 'a label of the protected header');
  }
  const claims = header.get(15);
  if (isMap(claims)) {
    for (const label of claims.keys()) {
      if (![1, 2, 3, 6].includes(label)) throw new Malformed('header-unknown', 'a claim');
    }
  }
  const alg = header.get(1);
  if (alg !== ALG_ED25519 && alg !== ALG_ES256) throw new Malformed('alg-not-allowed', 'EdDSA or ES256');
  const type = header.get(3);
  if (type === undefined) throw malformed('no content type');
  if (type !== CONTENT_TYPE) {
    const ours = String(type).startsWith('application/vnd.lotchain.');
    throw new Malformed(ours ? 'version-unsupported' : 'header-unknown', 'another content type');
  }
  const kid = header.get(4);
  if (!isBytes(kid) || kid.length !== 32) throw malformed('a kid has 32 bytes');
  if (!isMap(claims) || claims.size !== 4) throw malformed('claims are a map of four');
  const [issuer, subject, audience, signedAt] = [1, 2, 3, 6].map((label) => claims.get(label));
  const texts = [issuer, subject, audience];
  if (!texts.every((claim) => typeof claim === 'string' && ASCII.test(claim))) throw malformed('a claim is ASCII text');
  parseId(issuer, { kind: 'party' });
  parseId(subject);
  if (!isAudience(audience)) throw new Malformed('audience-format', 'origin#charter id');
  if (typeof signedAt !== 'number' || !(signedAt >= 0 && signedAt <= LATEST_SECOND)) throw new Malformed('time-format', 'seconds since 1970');
  return { alg, kid: hex(kid), issuer, subject, audience, signedAt };
}

/* ------------------------------------------------------------------------------------------------------------------
 * 7 Tree and heads map (specs/formats/tree.md, closing-record.md, heads-map.md)
 * --------------------------------------------------------------------------------------------------------------- */

const GREATEST_SIZE = 2 ** 62;
const isHash = (value) => isBytes(value) && value.length === 32;

export const leafHash = (entry) => sha256(Uint8Array.of(0), entry);
const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

const odd = (value) => (value & 1n) === 1n;

/** Whether a path shows that the leaf is entry `index` of the tree of `size` entries under `root`. */
export function includes(leaf, index, size, path, root) {
  if (!(index >= 0 && index < size && size <= GREATEST_SIZE) || path.length > 63) return false;
  if (![leaf, root, ...path].every(isHash)) return false;
  let [fn, sn, hash] = [BigInt(index), BigInt(size) - 1n, leaf];
  for (const sibling of path) {
    if (sn === 0n) return false;
    if (odd(fn) || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (!odd(fn) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n && sameBytes(hash, root);
}

/** Whether a path shows that the tree of `size` entries begins with that of `old` entries. */
export function extendsTree(old, oldRoot, size, root, path) {
  if (!(old > 0 && old <= size && size <= GREATEST_SIZE) || path.length > 63) return false;
  if (![oldRoot, root, ...path].every(isHash)) return false;
  if (old === size) return path.length === 0 && sameBytes(oldRoot, root);
  if (!path.length) return false;
  let [fn, sn] = [BigInt(old) - 1n, BigInt(size) - 1n];
  const hashes = (BigInt(old) & fn) === 0n ? [oldRoot, ...path] : path;
  while (odd(fn)) [fn, sn] = [fn >> 1n, sn >> 1n];
  let [first, second] = [hashes[0], hashes[0]];
  for (const hash of hashes.slice(1)) {
    if (sn === 0n) return false;
    if (odd(fn) || fn === sn) {
      [first, second] = [nodeHash(hash, first), nodeHash(hash, second)];
      while (!odd(fn) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      second = nodeHash(second, hash);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n && sameBytes(first, oldRoot) && sameBytes(second, root);
}

/** The root over entries, for the vectors. */
export function treeRoot(entries) {
  if (entries.length < 2) return entries.length ? leafHash(entries[0]) : sha256(new Uint8Array(0));
  const half = 2 ** Math.ceil(Math.log2(entries.length) - 1);
  return nodeHash(treeRoot(entries.slice(0, half)), treeRoot(entries.slice(half)));
}

// --- Closing records

/**
 * @throws {Malformed} closing-malformed, version-unsupported
 */
export function parseClosing(entry) {
  const malformed = () => new Malformed('closing-malformed', 'a closing record of another form');
  const head = fromUtf8(entry.subarray(2, 2 + Math.max(0, (entry[1] ?? 0) - 0x60))) ?? '';
  const meant = entry[0] >= 0x81 && entry[0] <= 0x97 && entry[1] >= 0x60 && entry[1] <= 0x77;
  const found = meant ? /^lotchain\/closing\/(0|[1-9][0-9]{0,5})$/.exec(head) : null;
  if (!found) throw malformed();
  if (found[1] !== '1') throw new Malformed('version-unsupported', 'a closing record of another version');
  let fields;
  try {
    fields = decodeCbor(entry, { size: 256 });
  } catch {
    throw malformed();
  }
  if (!Array.isArray(fields) || fields.length !== 6) throw malformed();
  const [, time, start, end, judge, headsRoot] = fields;
  const numbers = [time, start, end].every((value) => typeof value === 'number' || typeof value === 'bigint');
  if (!numbers || typeof judge !== 'string' || !isHash(headsRoot)) throw malformed();
  if (time < 0 || time > 253402300799999 || start < 0 || start >= end || end >= GREATEST_SIZE) throw malformed();
  if (!/^[A-Za-z0-9][A-Za-z0-9._/+-]{0,63}$/.test(judge)) throw malformed();
  return { time, start, end, judge, headsRoot };
}

// --- Heads map: a head is {length, chain, state} with two hashes

const EMPTY_CHAIN = new Uint8Array(32);

/** A history's running hash with one more statement id. */
export const chainWith = (chain, statementId) => sha256(Uint8Array.of(0x13), chain, statementId);

const headKey = (subject) => sha256(utf8(subject));

function headLeaf(key, { length, chain, state }) {
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(length));
  return sha256(Uint8Array.of(0x10), key, size, chain, state);
}

const isHead = (head) => head.length >= 1 && BigInt(head.length) < 2n ** 63n && isHash(head.chain) && isHash(head.state);
const bitOf = (key, depth) => (key[depth >> 3] >> (7 - (depth & 7))) & 1;

/** From the hash at the end of a key's way up to the root. */
function climb(key, hash, siblings, root) {
  if (!isHash(root) || siblings.length > 256 || !siblings.every(isHash)) return false;
  if (siblings.length && sameBytes(siblings[siblings.length - 1], EMPTY_CHAIN)) return false;
  for (let depth = siblings.length - 1; depth >= 0; depth -= 1) {
    const pair = bitOf(key, depth) ? [siblings[depth], hash] : [hash, siblings[depth]];
    hash = sha256(Uint8Array.of(0x11), ...pair);
  }
  return sameBytes(hash, root);
}

/** Whether the map under `root` commits the subject to this head. */
export function isPresent(subject, head, siblings, root) {
  const key = headKey(subject);
  return isHead(head) && climb(key, headLeaf(key, head), siblings, root);
}

/** Whether the map holds nothing of the subject; `other` is the leaf in its place, or null for an empty side. */
export function isAbsent(subject, other, siblings, root) {
  const key = headKey(subject);
  if (!other) {
    if (!siblings.length) return isHash(root) && sameBytes(root, sha256(Uint8Array.of(0x12)));
    return climb(key, EMPTY_CHAIN, siblings, root);
  }
  if (!isHash(other.key) || sameBytes(other.key, key) || !isHead(other.head) || siblings.length > 256) return false;
  for (let depth = 0; depth < siblings.length; depth += 1) {
    if (bitOf(key, depth) !== bitOf(other.key, depth)) return false;
  }
  return climb(key, headLeaf(other.key, other.head), siblings, root);
}

/** The root over heads by key, for the vectors: `leaves` are pairs of key and head. */
export function headsRoot(leaves, depth = 0) {
  if (!leaves.length) return depth ? EMPTY_CHAIN : sha256(Uint8Array.of(0x12));
  if (leaves.length === 1) return headLeaf(...leaves[0]);
  const sides = [0, 1].map((bit) => leaves.filter(([key]) => bitOf(key, depth) === bit));
  return sha256(Uint8Array.of(0x11), ...sides.map((side) => (side.length ? headsRoot(side, depth + 1) : EMPTY_CHAIN)));
}

/* ------------------------------------------------------------------------------------------------------------------
 * 8 Notes (specs/formats/note.md, checkpoint.md, cosignature.md, trust-policy.md)
 * --------------------------------------------------------------------------------------------------------------- */

const NOTE_LIMIT = 200000;
const LARGEST = 2n ** 63n - 1n;
const KEY_SIZES = { 1: 32, 4: 32, 6: 1312 };
const isKeyName = (name) => utf8(name).length >= 1 && utf8(name).length <= 255 && !/[+\p{White_Space}]/u.test(name);

/** A decimal number of at most 2^63 − 1, or null. */
function decimal(text) {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text)) return null;
  return BigInt(text) <= LARGEST ? narrow(BigInt(text)) : null;
}

function uint64(value) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/**
 * A signed note: its text, and its lines as `{name, keyId, blob}`.
 * @throws {Malformed} note-format, note-signature
 */
export function parseNote(bytes) {
  const format = (what) => new Malformed('note-format', what);
  if (bytes.length > NOTE_LIMIT) throw format(`more than ${NOTE_LIMIT} bytes`);
  const whole = fromUtf8(bytes);
  if (whole === null) throw format('not UTF-8');
  if (/[\x00-\x09\x0b-\x1f]/.test(whole)) throw format('a control character');
  if (!whole.endsWith('\n')) throw format('the last line does not end');
  const gap = whole.lastIndexOf('\n\n');
  if (gap < 0) throw format('no empty line parts text and signatures');
  const rows = whole.slice(gap + 2).split('\n').slice(0, -1);
  if (!rows.length || rows.length > 64) throw format('1 to 64 signature lines');
  const lines = rows.map(parseNoteLine);
  const names = new Set(lines.map((line) => `${line.keyId} ${line.name}`));
  if (names.size !== lines.length) throw new Malformed('note-signature', 'two lines under one name and key id');
  return { text: whole.slice(0, gap + 1), lines };
}

function parseNoteLine(row) {
  const fault = (what) => new Malformed('note-signature', what);
  const parts = row.split(' ');
  if (parts.length !== 3 || parts[0] !== '\u2014' || !isKeyName(parts[1])) throw fault('an em dash, a name, base64');
  const bytes = parseBase64(parts[2], 'note-signature');
  if (bytes.length < 5) throw fault('a key id and a signature');
  return { name: parts[1], keyId: hex(bytes.subarray(0, 4)), blob: bytes.slice(4) };
}

/**
 * A verifier key of its text: name, type, public bytes, key id.
 * @throws {Malformed} vkey-format, key-weak
 */
export function parseVerifierKey(text) {
  const format = (what) => new Malformed('vkey-format', what);
  const [name, keyId, ...rest] = text.split('+');
  if (!rest.length) throw format('name+key id+base64');
  if (!isKeyName(name)) throw format('an unfit name');
  const bytes = parseBase64(rest.join('+'), 'vkey-format');
  const type = bytes[0];
  const publicKey = bytes.slice(1);
  if (!has(KEY_SIZES, type) || publicKey.length !== KEY_SIZES[type]) throw format('a type and its public key');
  if (type !== 6) checkPoint(publicKey, 'vkey-format');
  const computed = hex(sha256(utf8(name), Uint8Array.of(10, type), publicKey).subarray(0, 4));
  if (computed !== keyId) throw format('the key id is not the key\u2019s');
  return { name, type, publicKey, keyId };
}

/** A note's line under a key's name and key id, if there is one. */
const lineOf = (note, key) => note.lines.find((line) => line.name === key.name && line.keyId === key.keyId);

/**
 * A checkpoint's three lines, unverified.
 * @throws {Malformed} checkpoint-format, checkpoint-extension
 */
export function parseCheckpoint(text) {
  const format = (what) => new Malformed('checkpoint-format', what);
  const lines = text.split('\n');
  if (lines.length < 4 || lines[lines.length - 1] !== '') throw format('three lines, each ended');
  const [origin, sizeText, rootText] = lines;
  if (!isKeyName(origin)) throw format('an origin is fit to be a key name');
  const size = decimal(sizeText);
  if (size === null) throw format('a size is a decimal number');
  const root = parseBase64(rootText, 'checkpoint-format');
  if (root.length !== 32) throw format('a root has 32 bytes');
  if (size === 0 && !sameBytes(root, treeRoot([]))) throw format('an empty tree with another root');
  if (lines.length > 4) throw new Malformed('checkpoint-extension', 'a fourth line');
  return { origin, size, root, text };
}

/** What an ML-DSA-44 cosigner signs of a checkpoint. */
function subtreeMessage(name, timestamp, { origin, size, root }) {
  const short = (text) => join(Uint8Array.of(utf8(text).length), utf8(text));
  const counts = [uint64(0), uint64(size)];
  return join(utf8('subtree/v1\n\0'), short(name), uint64(timestamp), short(origin), ...counts, root);
}

/**
 * A cosignature's timestamp; null where the line is not the key's, `unchecked` where the platform cannot tell.
 * @returns {Promise<{timestamp: number|bigint, unchecked: boolean}|null>}
 */
export async function readCosignature(key, blob, checkpoint) {
  if (blob.length !== (key.type === 4 ? 72 : 2428)) return null;
  const timestamp = new DataView(blob.buffer, blob.byteOffset).getBigUint64(0);
  if (timestamp > LARGEST) return null;
  const signature = blob.subarray(8);
  const found = { timestamp: narrow(timestamp), unchecked: false };
  if (key.type === 4) {
    const message = utf8(`cosignature/v1\ntime ${timestamp}\n${checkpoint.text}`);
    return (await ed25519Holds(key.publicKey, signature, message)) ? found : null;
  }
  const holds = await mldsaHolds(key.publicKey, signature, subtreeMessage(key.name, timestamp, checkpoint));
  if (holds === false) return null;
  return { ...found, unchecked: holds === null };
}

/**
 * Opens a checkpoint's note with the log's keys, all of which must have signed.
 * @throws {Malformed} note-format, note-signature, checkpoint-…
 */
export async function openCheckpoint(bytes, logKeys) {
  const note = parseNote(bytes);
  const checkpoint = parseCheckpoint(note.text);
  if (logKeys.some((key) => key.name !== checkpoint.origin)) {
    throw new Malformed('checkpoint-origin', 'the origin is not the name of the log\u2019s key');
  }
  const unchecked = [];
  for (const key of logKeys) {
    const line = lineOf(note, key);
    let holds = false;
    if (line && key.type === 1) {
      holds = line.blob.length === 64 && (await ed25519Holds(key.publicKey, line.blob, utf8(note.text)));
    } else if (line) {
      const found = await readCosignature(key, line.blob, checkpoint);
      holds = found !== null;
      if (found?.unchecked) unchecked.push(key.name);
    }
    if (!holds) throw new Malformed('checkpoint-signature', 'the log\u2019s signature is missing or does not verify');
  }
  return { ...checkpoint, note, unchecked };
}

// --- Trust policy

const HOUR = 3_600_000;
const LINE_PARTS = {
  log: [2, 3],
  witness: [3, 4],
  group: [4, Infinity],
  quorum: [2, 2],
  auditor: [2, 2],
  'audit-quorum': [2, 2],
  charter: [2, 2],
  'max-age': [2, 2],
  treaty: [2, 2],
};

/**
 * A trust policy of its text (or its bytes).
 * @throws {Malformed} policy-…, vkey-format, key-weak; `field` is `line N`
 */
export function parsePolicy(source) {
  const bytes = typeof source === 'string' ? utf8(source) : source;
  const text = bytes.length <= 65536 ? fromUtf8(bytes) : null;
  if (text === null || /[\x00-\x08\x0b-\x1f\x7f]/.test(text) || !text.endsWith('\n')) {
    throw new Malformed('policy-format', 'at most 65,536 bytes of UTF-8, every line ended, no control characters');
  }
  const lines = text.split('\n').slice(0, -1);
  if (lines[0] !== 'lotchain-policy/v1') throw new Malformed('policy-version', 'another first line', { field: 'line 1' });
  const reader = new PolicyReader();
  lines.forEach((line, at) => {
    if (at === 0 || /^[ \t]*(#|$)/.test(line)) return;
    try {
      reader.read(line);
    } catch (fault) {
      if (fault instanceof Malformed) fault.field = `line ${at + 1}`;
      throw fault;
    }
  });
  return reader.finished();
}

class PolicyReader {
  constructor() {
    this.logKeys = [];
    this.witnesses = new Map();
    this.groups = new Map();
    this.members = new Set();
    this.auditors = [];
    this.once = new Map();
    this.publicKeys = new Set();
    this.keyNames = new Set();
  }

  refuse(code, what) {
    throw new Malformed(code, what);
  }

  read(line) {
    if (!ASCII.test(line)) this.refuse('policy-format', 'beyond ASCII outside comments');
    const parts = line.split(/[ \t]+/).filter(Boolean);
    if (!has(LINE_PARTS, parts[0])) this.refuse('policy-line', 'a line of unknown kind');
    const [least, most] = LINE_PARTS[parts[0]];
    if (parts.length < least || parts.length > most) this.refuse('policy-format', 'too few or too many parts');
    const [kind, ...rest] = parts;
    const url = kind === 'log' ? rest[1] : kind === 'witness' ? rest[2] : undefined;
    if (url !== undefined && !/^https?:\/\//.test(url)) this.refuse('policy-format', 'a URL begins with https://');
    if (kind === 'log') this.log(rest[0]);
    else if (kind === 'witness') this.witness(rest[0], rest[1]);
    else if (kind === 'group') this.group(...rest);
    else if (kind === 'auditor') this.auditor(rest[0]);
    else this.single(kind, rest[0]);
  }

  /** One public key stands once in the file, and so does a name with a key id. */
  take(key) {
    const [raw, name] = [hex(key.publicKey), `${key.keyId} ${key.name}`];
    if (this.publicKeys.has(raw) || this.keyNames.has(name)) this.refuse('policy-duplicate', 'a key twice');
    this.publicKeys.add(raw);
    this.keyNames.add(name);
    return key;
  }

  log(text) {
    const key = parseVerifierKey(text);
    if (key.type === 4) this.refuse('policy-log', 'a witness\u2019s key is no log\u2019s');
    if (!isAudience(key.name) || key.name.includes('#')) this.refuse('policy-log', 'a name unfit for an audience');
    if (this.logKeys.some((other) => other.name !== key.name || other.type === key.type)) {
      const again = this.logKeys.some((other) => sameBytes(other.publicKey, key.publicKey));
      this.refuse(again ? 'policy-duplicate' : 'policy-log', 'one log, with one key of each type');
    }
    this.logKeys.push(this.take(key));
  }

  name(name) {
    if (name.length > 255 || name === 'none') this.refuse('policy-name', 'a name that is not allowed');
    return name;
  }

  witness(name, text) {
    this.name(name);
    if (this.groups.has(name)) this.refuse('policy-duplicate', 'a name twice');
    const key = parseVerifierKey(text);
    if (key.type === 1) this.refuse('policy-witness', 'a log\u2019s key is no witness\u2019s');
    const keys = this.witnesses.get(name) ?? [];
    this.take(key);
    if (keys.some((other) => other.type === key.type)) this.refuse('policy-witness', 'two keys of one type');
    this.witnesses.set(name, [...keys, key]);
  }

  known(name) {
    if (!this.witnesses.has(name) && !this.groups.has(name)) this.refuse('policy-name', 'not defined before its use');
    return name;
  }

  group(name, count, ...members) {
    this.name(name);
    if (this.groups.has(name) || this.witnesses.has(name)) this.refuse('policy-duplicate', 'a name twice');
    for (const member of members) {
      this.known(member);
      if (this.members.has(member)) this.refuse('policy-duplicate', 'a member twice');
      this.members.add(member);
    }
    const least = count === 'any' ? 1 : count === 'all' ? members.length : decimal(count);
    if (least === null || least < 1 || least > members.length) this.refuse('policy-group', '1 to the number of members');
    this.groups.set(name, { least, members });
  }

  auditor(name) {
    if (!this.witnesses.has(name)) this.refuse('policy-name', 'no witness of that name');
    if (this.auditors.includes(name)) this.refuse('policy-duplicate', 'an auditor twice');
    this.auditors.push(name);
  }

  single(kind, value) {
    if (this.once.has(kind)) this.refuse('policy-duplicate', 'a line twice');
    if (kind === 'quorum' && value !== 'none') this.known(value);
    if (kind === 'audit-quorum' && decimal(value) === null) this.refuse('policy-audit-quorum', 'a number');
    if (kind === 'charter' && !/^[0-9a-f]{64}$/.test(value)) this.refuse('policy-charter', '64 hexadecimal digits');
    if (kind === 'treaty' && !['required', 'not-demanded'].includes(value)) {
      this.refuse('policy-treaty', 'required or not-demanded');
    }
    if (kind === 'max-age') {
      const [, count, unit] = /^([1-9][0-9]{0,6})([hd])$/.exec(value) ?? [];
      const age = Number(count) * (unit === 'h' ? HOUR : 24 * HOUR);
      if (!(age <= 3650 * 24 * HOUR)) this.refuse('policy-max-age', '1h to 3650d');
      value = age;
    }
    this.once.set(kind, value);
  }

  finished() {
    const missing = ['quorum', 'audit-quorum', 'charter', 'max-age'].filter((kind) => !this.once.has(kind));
    if (!this.logKeys.some((key) => key.type === 1)) missing.push('log');
    if (missing.length) this.refuse('policy-missing', `without ${missing.join(', ')}`);
    const auditQuorum = decimal(this.once.get('audit-quorum'));
    const listed = this.auditors.length;
    if (listed ? auditQuorum * 2 <= listed || auditQuorum > listed : auditQuorum !== 0) {
      throw new Malformed('policy-audit-quorum', 'more than half of the auditors, at most all');
    }
    return {
      logKeys: this.logKeys,
      origin: this.logKeys[0].name,
      witnesses: this.witnesses,
      groups: this.groups,
      quorum: this.once.get('quorum'),
      auditors: this.auditors,
      auditQuorum,
      charter: this.once.get('charter'),
      maxAge: this.once.get('max-age'),
      treatyRequired: (this.once.get('treaty') ?? 'required') === 'required',
    };
  }
}

/**
 * Weighs a checkpoint's note under a policy.
 * @returns {Promise<object>} the checkpoint; `times` witness → seconds; `auditors`; `asOf` (ms or null); `quorumMet`,
 *   `attested`; `notes` as [code, name]
 * @throws {Malformed} as openCheckpoint; cosignature-invalid
 */
export async function weigh(bytes, policy) {
  const checkpoint = await openCheckpoint(bytes, policy.logKeys);
  const times = new Map();
  const notes = checkpoint.unchecked.map((name) => ['log-signature-unchecked', name]);
  for (const [name, keys] of policy.witnesses) {
    for (const key of keys) {
      const line = lineOf(checkpoint.note, key);
      if (!line) continue;
      const found = await readCosignature(key, line.blob, checkpoint);
      if (!found) throw new Malformed('cosignature-invalid', 'a cosignature that does not verify', { found: name });
      if (found.unchecked) notes.push(['cosignature-unchecked', name]);
      else if (found.timestamp < 1 || found.timestamp > LATEST_SECOND) notes.push(['cosignature-time', name]);
      else times.set(name, Math.max(found.timestamp, times.get(name) ?? 0));
    }
  }
  const met = (name) => {
    const group = policy.groups.get(name);
    return group ? group.members.filter(met).length >= group.least : times.has(name);
  };
  const auditors = policy.auditors.filter((name) => times.has(name));
  const attested = policy.auditQuorum > 0 && auditors.length >= policy.auditQuorum;
  const newest = auditors.map((name) => times.get(name)).sort((one, other) => other - one);
  const asOf = attested ? newest[policy.auditQuorum - 1] * 1000 : null;
  return { checkpoint, times, auditors, attested, asOf, quorumMet: policy.quorum === 'none' || met(policy.quorum), notes };
}
