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
 "alert/1": [["type",{"words":["alert/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["grounds",{"list":{"words":["suspicious-order","extraordinary-quantity","odd-payment","odd-delivery","odd-route","order-pattern","front-company","false-end-use","mis-declaration","under-reported-quantity","transit-loss","domestic-diversion","transhipment","unlisted-relative","broker-or-platform","round-trip","split-below-threshold","licence-misuse","notification-ignored","record-tampering","ghost-lot","stock-beyond-need","loss-pattern","no-licit-trade","watch-listed-serial","information-received","other"]},"least":1,"most":8},1],["suspicious","boolean",1],["aware_at","instant",1],["quantity","#Amount",0],["consignment","consignment-id",0],["evidence",{"list":"statement-id","least":0,"most":20},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "alert-closing/1": [["type",{"words":["alert-closing/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["alert","statement-id",1],["lots",{"list":"lot-id","least":1,"most":50},1],["outcome",{"words":["explained","unfounded","mistaken","goods-stopped","diversion-found","referred","expired"]},1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "arrival/1": [["type",{"words":["arrival/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lots",{"list":"lot-id","least":1,"most":50},1],["place","#Place",1],["mode",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},0],["means",{"any":["text-200","#Hidden"]},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "authorisation-grant/1": [["type",{"words":["authorisation-grant/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["permit","permit-id",1],["kind",{"words":["export","import","transit","transport"]},1],["holder","party-id",1],["terms","#PermitTerms",1],["notification","permit-id",0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "charter/1": [["type",{"words":["charter/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["origin",{"pattern":"^[a-z0-9][a-z0-9./-]{0,99}$"},1],["threshold",{"least":1,"most":50},1],["roots",{"list":"#Root","least":1,"most":50},1]],
 "conflict/1": [["type",{"words":["conflict/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["logged","statement-id",1],["logged_reply","statement-id",0],["other",{"pattern":"^[A-Za-z0-9+/]+={0,2}$"},1],["other_reply",{"pattern":"^[A-Za-z0-9+/]+={0,2}$"},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "consignment/1": [["type",{"words":["consignment/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["consignment","consignment-id",1],["exporter","party-id",1],["importer","party-id",1],["final",{"list":"party-id","least":1,"most":10},1],["route",{"list":{"form":"un-locode","pattern":"^[A-Z]{2}[A-Z2-9]{3}$"},"least":2,"most":20},1],["lots",{"list":"lot-id","least":1,"most":50},1],["mode",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "consumption/1": [["type",{"words":["consumption/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["quantity","#Amount",1],["purpose",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["packages",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "correction/1": [["type",{"words":["correction/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["was","#Amount",1],["becomes","#Amount",1],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "custody-order/1": [["type",{"words":["custody-order/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["custodian","party-id",1],["reason",{"words":["bankrupt","vanished","licence-ended","court-order"]},1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "customs-release/1": [["type",{"words":["customs-release/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["consignment","consignment-id",1],["kind",{"words":["export","import","transit-entry","transit-exit","free-zone-entry","free-zone-exit"]},1],["released_at","instant",1],["place","#Place",1],["quantity","#Amount",0],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["suspensive","boolean",0],["suspensive_since","instant",0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "destruction/1": [["type",{"words":["destruction/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["quantity","#Amount",1],["packages",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0],["method",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["witness","party-id",1],["place","#Place",1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "discrepancy-answer/1": [["type",{"words":["discrepancy-answer/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["reply","statement-id",1],["explanation",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "end-use-declaration/1": [["type",{"words":["end-use-declaration/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["permit","permit-id",1],["terms","#PermitTerms",1],["uses",{"list":{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},"least":1,"most":10},1],["resale",{"words":["none","licensed-customers"]},1],["signer",{"any":["text-200","#Hidden"]},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "endorsement/1": [["type",{"words":["endorsement/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["subject","subject-id",1],["endorses","statement-id",1]],
 "filing/1": [["type",{"words":["filing/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["about",{"any":["lot-id","consignment-id"]},1],["statement","statement-id",0],["kind",{"words":["activity-registration","loss-report","police-report","suspicion-report","declaration","declaration-amendment","return-declaration","outcome-report","sale-report","transit-notice","customer-warning","guarantee-of-use"]},1],["country",{"form":"country","pattern":"^[A-Z]{2}$"},1],["filed_at","instant",1],["number",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["transaction_id",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["form",{"words":["486","486A"]},0],["waiver","boolean",0],["quantity","#Amount",0],["basis",{"words":["salt","base"]},0],["left","#Amount",0],["released","#Amount",0],["transferee","party-id",0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "hand-over/1": [["type",{"words":["hand-over/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["to","party-id",1],["receives_as",{"words":["carrier","warehouse","consignee"]},1],["lines",{"list":"#HandOverLine","least":1,"most":50},1],["place","#Place",1],["deadline","instant",1],["mode",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["means",{"any":["text-200","#Hidden"]},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "hold/1": [["type",{"words":["hold/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lots",{"list":"lot-id","least":1,"most":50},1],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "inspection/1": [["type",{"words":["inspection/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lines",{"list":"#InspectedLot","least":1,"most":50},1],["place","#Place",1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "key-enrolment/1": [["type",{"words":["key-enrolment/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["party","party-id",1],["key",{"form":"cose-key","pattern":"^([0-9a-f]{2}){1,4096}$"},1],["possession",{"form":"hex","pattern":"^([0-9a-f]{2}){1,4096}$"},1],["holder","text-80",1]],
 "key-revocation/1": [["type",{"words":["key-revocation/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["key","key-subject",1],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["compromised_since","instant",0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "ledger-key-rotation/1": [["type",{"words":["ledger-key-rotation/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["keys",{"list":"verifier-key","least":1,"most":8},1],["reason",{"words":["planned","lost","stolen"]},1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "licence-change/1": [["type",{"words":["licence-change/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["party","party-id",1],["number",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},1],["activities",{"list":{"words":["manufacture","distribute","transport","store","import","export","use"]},"least":1,"most":7},1],["substances",{"list":{"any":[{"form":"cas-number","pattern":"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"},{"words":["*"]}]},"least":1,"most":200},1],["valid_from","instant",1],["valid_until","instant",0],["sites",{"list":{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},"least":1,"most":50},0],["responsible_officer",{"any":["text-200","#Hidden"]},0],["review_at","instant",0],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "licence-grant/1": [["type",{"words":["licence-grant/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["party","party-id",1],["organisation","text-80",1],["number",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},1],["activities",{"list":{"words":["manufacture","distribute","transport","store","import","export","use"]},"least":1,"most":7},1],["substances",{"list":{"any":[{"form":"cas-number","pattern":"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"},{"words":["*"]}]},"least":1,"most":200},1],["valid_from","instant",1],["valid_until","instant",0],["name",{"any":["text-200","#Hidden"]},0],["sites",{"list":{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},"least":1,"most":50},0],["responsible_officer",{"any":["text-200","#Hidden"]},0],["review_at","instant",0]],
 "licence-revocation/1": [["type",{"words":["licence-revocation/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["party","party-id",1],["number",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},1],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "licence-suspension/1": [["type",{"words":["licence-suspension/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["party","party-id",1],["number",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},1],["state",{"words":["suspended","restored"]},1],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "loss/1": [["type",{"words":["loss/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["quantity","#Amount",1],["kind",{"words":["stolen","destroyed","leaked","spoiled","unknown"]},1],["packages",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0],["reported_before","#Amount",0],["place","#Place",1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "merge/1": [["type",{"words":["merge/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","new-lot-id",1],["lines",{"list":"#MergeLine","least":2,"most":50},1],["place","#Place",1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "packing/1": [["type",{"words":["packing/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["packages",{"list":"#Package","least":1,"most":250},1],["seals",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "permit-change/1": [["type",{"words":["permit-change/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["permit","permit-id",1],["change",{"words":["terms","suspended","restored","revoked","cancelled","confirmed"]},1],["terms","#PermitTerms",0],["consignments",{"list":"consignment-id","least":0,"most":20},0],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "permit-drawing/1": [["type",{"words":["permit-drawing/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["consignment","consignment-id",1],["permit","permit-id",1],["found","#PermitAsFound",1],["substance",{"form":"cas-number","pattern":"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"},1],["goods","#Amount",1],["drawn","#Amount",1],["density",{"form":"density","pattern":"^(0|[1-9][0-9]?)\\.[0-9]{1,6}$"},0],["lots",{"list":"#DrawnLot","least":1,"most":50},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "pre-export-notification/1": [["type",{"words":["pre-export-notification/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["permit","permit-id",1],["holder","party-id",1],["importing",{"form":"country","pattern":"^[A-Z]{2}$"},1],["terms","#PermitTerms",1],["reply_by","instant",0],["dispatch","instant",0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "pre-export-reply/1": [["type",{"words":["pre-export-reply/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["permit","permit-id",1],["answers","statement-id",1],["reply",{"words":["received","no-objection","objected","more-information-asked"]},1],["consignments",{"list":"consignment-id","least":0,"most":20},0],["documents",{"list":"#Document","least":0,"most":32},0],["reason",{"any":["text-200","#Hidden"]},0]],
 "quota/1": [["type",{"words":["quota/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["permit","permit-id",1],["holder","party-id",1],["activity",{"words":["import","export","distribute","acquire"]},1],["period",{"words":["year","quarter","month","other"]},1],["terms","#PermitTerms",1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "refusal/1": [["type",{"words":["refusal/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["answers","statement-id",1],["lines",{"list":"#RefusalLine","least":1,"most":50},1],["place","#Place",1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "registration/1": [["type",{"words":["registration/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","new-lot-id",1],["substance",{"form":"cas-number","pattern":"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"},1],["name","text-80",1],["content","text-80",0],["quantity","#Amount",1],["origin",{"words":["made","entered","found"]},1],["place","#Place",1],["tolerance","percent",0],["packages",{"list":"#Package","least":0,"most":300},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "release/1": [["type",{"words":["release/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["hold","statement-id",1],["lots",{"list":"lot-id","least":1,"most":50},1],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "report/1": [["type",{"words":["report/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","new-lot-id",1],["paper","#Document",1],["line",{"least":1,"most":99999},1],["name","text-80",1],["substance",{"form":"cas-number","pattern":"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"},0],["quantity","#Amount",0],["stated","text-80",0],["steps",{"list":"#ReportedStep","least":0,"most":40},0],["codes",{"list":"#PaperCode","least":0,"most":32},0],["doubts",{"list":{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},"least":0,"most":40},0],["place","#Place",1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "resolution/1": [["type",{"words":["resolution/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["conflict","statement-id",1],["decision",{"words":["confirm","custody"]},1],["custodian","party-id",0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "rule-set-adoption/1": [["type",{"words":["rule-set-adoption/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["jurisdiction",{"words":["UN","US","EU","MX","CA","CN","IN"]},1],["edition",{"pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},1],["document","sha-256",1],["in_force_from","instant",1],["lists_complete","boolean",0],["notice_demanded",{"list":{"any":[{"form":"cas-number","pattern":"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"},{"words":["*"]}]},"least":0,"most":200},0],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "sampling/1": [["type",{"words":["sampling/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["quantity","#Amount",1],["purpose",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["seals",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "seal-applied/1": [["type",{"words":["seal-applied/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lines",{"list":"#SealedLot","least":1,"most":50},1],["place","#Place",1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "seal-broken/1": [["type",{"words":["seal-broken/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["seals",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":1,"most":64},1],["reason",{"words":["opened","found-broken","accident","ordered"]},1],["report",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["replaced_by",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0],["place","#Place",1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "seal-checked/1": [["type",{"words":["seal-checked/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lines",{"list":"#CheckedLot","least":1,"most":50},1],["place","#Place",1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "seizure/1": [["type",{"words":["seizure/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["quantity","#Amount",0],["packages",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["place","#Place",1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "settlement/1": [["type",{"words":["settlement/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["statement","statement-id",1],["code",{"any":[{"words":["licence-none","licence-not-in-force","licence-undetermined","used-in-keeping","border-unexplained"]},{"pattern":"^(un|us|eu|mx|ca|cn|in)(-[a-z0-9]{1,20}){1,8}$"}]},1],["outcome",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "sighting/1": [["type",{"words":["sighting/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["serial",{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},0],["content",{"words":["filled","empty","unknown"]},1],["place","#Place",1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "split/1": [["type",{"words":["split/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lot","lot-id",1],["prev","statement-id",1],["children",{"list":"#Child","least":2,"most":50},1],["remarks",{"any":["text-200","#Hidden"]},0]],
 "stock-count/1": [["type",{"words":["stock-count/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["lines",{"list":"#CountedLot","least":1,"most":50},1],["place","#Place",1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "transformation/1": [["type",{"words":["transformation/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["operator","party-id",1],["inputs",{"list":"#TransformedLot","least":1,"most":20},1],["output","#Output",1],["theoretical","#Amount",1],["yield_percent",{"pattern":"^(0|[1-9][0-9]{0,2})(\\.[0-9]{1,4})?$"},1],["window_low",{"pattern":"^(0|[1-9][0-9]{0,2})(\\.[0-9]{1,4})?$"},1],["window_high",{"pattern":"^(0|[1-9][0-9]{0,2})(\\.[0-9]{1,4})?$"},1],["batch_record","sha-256",1],["waste","#Amount",0],["place","#Place",1],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "watch-lifting/1": [["type",{"words":["watch-lifting/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["mark","statement-id",1],["label","lot-id",1],["from_label","boolean",1],["lots",{"list":"lot-id","least":0,"most":49},0],["packages",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":1,"most":200},0],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
 "watch-mark/1": [["type",{"words":["watch-mark/1"]},1],["occurred_at","instant",1],["seen","#Seen",0],["label","lot-id",1],["packages",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":1,"most":200},1],["lot","lot-id",0],["loss","statement-id",0],["reason",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["documents",{"list":"#Document","least":0,"most":32},0],["remarks",{"any":["text-200","#Hidden"]},0]],
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
 "Document": [["kind",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["sha256","sha-256",1],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0],["states",{"list":{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},"least":1,"most":40},0]],
 "DrawnLot": [["lot","lot-id",1],["goods","#Amount",1]],
 "HandOverLine": [["lot","lot-id",1],["prev","statement-id",1],["quantity","#Amount",1],["packages",{"list":{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":500},0],["seals",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0]],
 "Hidden": [["hidden","sha-256",1]],
 "InspectedLot": [["lot","lot-id",1],["result",{"words":["in-order","irregular","refused"]},1],["seals_found",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0],["seals_cut",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0],["seals_fitted",{"list":{"form":"seal-number","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},"least":0,"most":64},0],["sample","#Amount",0],["findings",{"any":["text-200","#Hidden"]},0]],
 "MergeLine": [["lot","lot-id",1],["prev","statement-id",1],["quantity","#Amount",1]],
 "Output": [["name","text-80",1],["quantity","#Amount",1],["molar_mass",{"pattern":"^[1-9][0-9]{0,3}(\\.[0-9]{1,4})?$"},1],["moles",{"least":1,"most":99},1],["density",{"form":"density","pattern":"^(0|[1-9][0-9]?)\\.[0-9]{1,6}$"},0],["lot","new-lot-id",0],["substance",{"form":"cas-number","pattern":"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"},0],["content","text-80",0],["reference",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0]],
 "Package": [["serial",{"form":"serial","pattern":"^[A-Z0-9][A-Z0-9./-]{0,31}$"},1],["net","#Amount",1],["label_lot","lot-id",0]],
 "PaperCode": [["list",{"form":"word","pattern":"^[a-z][a-z0-9-]{0,39}$"},1],["code",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},1],["text",{"any":["text-200","#Hidden"]},0]],
 "PermitAsFound": [["sort",{"words":["pre-export-notification","export","import","transit","transport","end-use","quota"]},1],["by","party-id",1],["holder","party-id",1],["importing",{"form":"country","pattern":"^[A-Z]{2}$"},0],["reply_by","instant",0],["terms","#PermitTerms",1],["terms_by","statement-id",1],["status",{"words":["in-force","suspended","revoked","cancelled","sent","received","no-objection","objected","more-information-asked"]},1],["drawn","#Amount",0],["used_by","consignment-id",0]],
 "PermitTerms": [["number",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},1],["substances",{"list":{"form":"cas-number","pattern":"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"},"least":1,"most":20},1],["quantity","#Amount",1],["basis",{"words":["salt","base"]},1],["factor","#Ratio",0],["density",{"form":"density","pattern":"^(0|[1-9][0-9]?)\\.[0-9]{1,6}$"},0],["tolerance","percent",0],["valid_from","instant",1],["valid_until","instant",1],["use",{"words":["single","multiple"]},1],["exporter","party-id",0],["importer","party-id",0],["consignees",{"list":"party-id","least":0,"most":10},0],["exit_points",{"list":{"form":"un-locode","pattern":"^[A-Z]{2}[A-Z2-9]{3}$"},"least":0,"most":10},0],["entry_points",{"list":{"form":"un-locode","pattern":"^[A-Z]{2}[A-Z2-9]{3}$"},"least":0,"most":10},0],["transit",{"list":{"form":"country","pattern":"^[A-Z]{2}$"},"least":0,"most":20},0]],
 "Place": [["code",{"form":"un-locode","pattern":"^[A-Z]{2}[A-Z2-9]{3}$"},1],["offset","utc-offset",1],["name",{"any":["text-200","#Hidden"]},0],["site",{"form":"reference","pattern":"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$"},0]],
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
 "accepted-before-mark-was-known": ["chain","note","recorded","a package was accepted under a watch mark, and the acceptance may have been signed before the mark","ask the receiver when it was signed; the mark itself stands until it is lifted"],
 "accepted-by-authority": ["chain","note","recorded","an authority accepted the lot for a receiver that has no valid key","read why, and have the receiver enrol a key"],
 "acted-before-hold-was-known": ["chain","note","recorded","the act was entered after an authority's hold, and may have been signed before it","ask the handler when it was signed; the hold itself stands until it is released"],
 "adopted-already": ["chain","fail","refused","this is the set that the country adopted last","adopt another edition, or nothing"],
 "adoption-scope": ["chain","fail","refused","an authority adopts rule sets for its own country: its own law, the Union's where it is a member, the Convention","have the country whose law it is adopt it"],
 "adoptions-many": ["chain","fail","refused","the country has adopted as many sets as a charter keeps","begin a new ledger"],
 "alert-closed": ["whereabouts","note","recorded","an alert on the lot was closed","read what came of it"],
 "alert-consignment-other": ["chain","fail","refused","the lot is not in the consignment under which the issuer raises the alert","name the lot's own consignment, or none"],
 "alert-contradicts-itself": ["chain","fail","refused","a ground and the word on suspicion exclude each other, or the reporter became aware after the alert","an order that is suspicious is so by `suspicious`, too; nobody raises an alert before becoming aware"],
 "alert-not-open": ["chain","fail","refused","no such alert is open on the lot: it was closed, or never raised there","read the lot's history; name an alert that is open on it"],
 "alert-not-yours": ["chain","fail","refused","another party raised the alert","whoever raised it closes it; a handler's alert also the authority competent over the lot"],
 "alert-on-ended-lot": ["whereabouts","note","recorded","the lot had ended when the alert was raised: it stops nothing there","raise an alert on the lots into which it went"],
 "alert-unknown": ["chain","fail","refused, retry","the alert is not on this ledger, or not yet","submit the alert first, then this again"],
 "alerts-many": ["chain","fail","refused","the party has as many open alerts on this lot as one that is no authority may have","close those that are answered, or tell the authority"],
 "authority-is-no-handler": ["chain","fail","refused","a national authority is no licensed handler on the same ledger","register the handling body as a party of its own"],
 "authority-scope": ["chain","fail","refused","this authority has no competence here","over a party: the country that registered it; over a lot: the country of its declared place or route; over a breach of the Convention: the State that owed what its rule asks"],
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
 "drawing-lots": ["quantity","fail","refused","the goods are not the sum of lots of the consignment, each named once","name the consignment's lots that the goods are of, and how much of each, in the unit of the goods"],
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
 "label-foreign": ["chain","fail","refused","the label is neither this lot's, nor that of a lot it came from, nor one that its packages came in with","state the lot that is printed on the packages; an authority may mark any label"],
 "labels-many": ["chain","fail","refused","packages with the labels of too many lots are brought in at once","register what came in with other labels as lots of their own"],
 "late-entry": ["chain","note","recorded","what happened was entered more than 24 hours later","ask the handler why"],
 "licence-dates": ["chain","fail","refused","the licence ends before it begins","state an end after the beginning; the end is exclusive"],
 "licence-exists": ["chain","fail","refused","the party has a licence under this number","change that one, or use another number"],
 "licence-none": ["treaty","fail","recorded","the party has no licence for this activity with this substance","ask its national authority"],
 "licence-not-in-force": ["treaty","fail","recorded","the party's licence was expired, suspended, revoked or not yet valid","ask its national authority"],
 "licence-revoked": ["chain","fail","refused","the licence was revoked, and a revocation is final","grant a new licence under another number"],
 "licence-state": ["chain","fail","refused","the licence is suspended already, or is not suspended","read the party's history; there is nothing to do"],
 "licence-undetermined": ["treaty","hold","recorded","whether the licence was in force cannot be told: time not bracketed","have statements name the newest checkpoint seen, so that their time is proved from both sides"],
 "licence-unknown": ["chain","fail","refused, retry","the party has no licence under this number, or not yet","submit its grant first, then this again"],
 "lifts-nothing": ["chain","fail","refused","the lifting is neither from the label nor from a lot","lift it from the label, from lots on which it stands, or from both"],
 "log-keys": ["chain","fail","refused","these are not the keys of this log: each once, all named as its origin, one of them Ed25519, none a witness's","list every key that is to sign from now on, as `ledger status` and `ledger rotate-key` print them"],
 "log-keys-listed": ["chain","fail","refused","the ledger lists just these keys already","list another set, or nothing"],
 "loss-repeated": ["chain","fail","refused","another loss was reported on this offer since: this one would be counted twice, or was signed without knowing it","state what was reported on the offer before this loss, and sign again"],
 "loss-reported": ["quantity","note","recorded","the custodian reported a loss","ask for the report and the investigation"],
 "loss-unknown": ["chain","fail","refused, retry","the loss that the mark rests on is not on this ledger, or not yet","submit the loss first, then this again"],
 "lost-goods-sighted": ["whereabouts","note","recorded","goods that were reported lost, stolen or missing turned up","tell the custodian that reported them and the authority of the place"],
 "lot-cycle": ["chain","fail","refused","a lot would come from itself","choose an unused local number for the new lot"],
 "lot-ended": ["chain","fail","refused","the lot has ended and nothing can be done with it any more","look at what it was divided into, merged into or consumed by"],
 "lot-exists": ["chain","fail","refused","the name is taken: a lot is registered once","choose an unused local number; two different registrations under one name are double dealing"],
 "lot-name-foreign": ["chain","fail","refused","a new lot is named under the party that creates it","name it lot:<your party>/<local number>"],
 "lot-twice": ["chain","fail","refused","a lot stands in two lines","one line a lot"],
 "lot-unknown": ["chain","fail","refused, retry","the lot is not on this ledger, or not yet","submit its registration (or the statement that brought it forth) first, then this again"],
 "maker-licence-undetermined": ["chain","hold","recorded","whether the manufacturing licence was in force cannot be told: time not bracketed","have statements name the newest checkpoint seen, so that their time is proved from both sides"],
 "maker-unlicensed": ["chain","fail","recorded","the lot was not made under a manufacturing licence then in force","ask the maker's national authority; without such a licence the chain has no lawful beginning"],
 "mark-not-standing": ["chain","fail","refused","no such mark stands there, or not on these packages: it was lifted, or never placed there","read the history; name a mark that stands, and packages that it names"],
 "mark-not-yours": ["chain","fail","refused","another party placed the mark","whoever placed it lifts it; a handler's mark, too, its country's authority (label) or the lot's (lot)"],
 "mark-on-ended-lot": ["whereabouts","note","recorded","the lot had ended when the mark was placed: what came out of it does not bear the mark","mark the packages on the lots into which they went, too"],
 "mark-unknown": ["chain","fail","refused, retry","the watch mark is not on this ledger, or not yet","submit the mark first, then this again"],
 "marked-already": ["chain","fail","refused","a mark of the issuer's stands on one of these packages already","leave out what is marked; a mark stands until it is lifted"],
 "marks-many": ["chain","fail","refused","the party has marked and lifted under this label as often as one that is no authority may","have the authority mark them"],
 "mass-differs": ["quantity","note","recorded","the scale shows another mass than the ledger, beyond the declared tolerance","have the custodian answer and the authority close the difference by a report"],
 "moved-on-hold": ["chain","fail","recorded","the lot was acted on while an authority's hold stood on it","ask the authority that placed the hold; only it can release it"],
 "no-charter": ["chain","fail","refused, retry","the first leaf of a ledger is its charter","submit the charter first"],
 "not-authority": ["chain","fail","refused","the issuer is not a national authority in force on this ledger","have the competent national authority sign, or complete its accession first"],
 "not-concerned": ["quantity","fail","refused","only giver and receiver of that transfer answer for its difference, or a competent authority","have one of them sign"],
 "not-counterpart": ["chain","fail","refused","only the other party of the transfer agrees to a correction of it","have the party from whom the lot was received sign"],
 "not-custodian": ["chain","fail","refused","the issuer has no custody of the lot at this point","only the present custodian acts on a lot; present and past custodians and competent authorities observe it"],
 "not-founding-authority": ["chain","fail","refused","only a founding authority proposes or endorses an act of the charter","have one of the charter's founding authorities sign"],
 "not-receiver": ["chain","fail","refused","the issuer is not the party to whom the lot was offered","only the party named in the hand-over replies to it"],
 "not-robbed": ["chain","fail","refused","the loss is none of this lot's, or not the issuer's, or no theft, or does not name these packages","name the theft that the issuer reported on this lot, and only serials that it lists"],
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
 "route-code-airport": ["chain","note","recorded","the route of a journey by sea names a city by the code of its airport: it is read as that of its port","write the port's code; a bill of lading and a permit are compared code by code elsewhere"],
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
 "used-before-held": ["chain","fail","recorded","it is said to have been used up more than a day before what it follows: the custodian had not got it then","compare the two papers and the batch record: one of the days is wrong, or other goods were used up"],
 "used-in-keeping": ["treaty","hold","recorded","whoever used the goods up had taken them over to carry or to store, so that no rule on a supply was asked","ask by what right: whoever buys takes over as consignee; its authority settles what happened"],
 "watch-list-hit": ["chain","fail","recorded","a package under a watch mark was brought onto the ledger, packed again or accepted","stop the goods and tell whoever placed the mark"],
 "watched-package-sighted": ["whereabouts","note","recorded","a package under a watch mark was seen","tell whoever placed the mark"],
 "weighing-contradicts-itself": ["quantity","fail","refused","gross less tare is not net","copy the figures from the weigh ticket again"],
 "witness-own": ["chain","fail","refused","the witness is the custodian itself, or of its organisation","have an authority or another organisation witness the destruction"],
 "witness-unknown": ["chain","fail","refused, retry","the witness is not on this ledger, or not yet","have its national authority grant its licence first, then submit this again"],
 "wrong-ledger": ["chain","fail","refused","the statement was signed for another ledger","sign it again for this ledger's audience"],
 "yield-contradicts-itself": ["quantity","fail","refused","theoretical output, yield or window are not what quantities and molar masses give","calculate again: the input that runs out first, over its molar mass and number, times those of the product"],
 "yield-outside-window": ["quantity","note","recorded","the yield lies outside the site's validated window: a part of the input is unexplained","have the site explain it and the authority close the difference by a report"],
};
const EVENT_TITLES = {
 "charter/1": "Charter",
 "accession/1": "Accession of a national authority",
 "endorsement/1": "Endorsement",
 "licence-grant/1": "Licence granted",
 "key-enrolment/1": "Key enrolment",
 "registration/1": "Registration",
 "hand-over/1": "Hand-over",
 "acceptance/1": "Acceptance",
 "refusal/1": "Refusal",
 "packing/1": "Packing",
 "split/1": "Split",
 "merge/1": "Merge",
 "loss/1": "Loss or theft",
 "consumption/1": "Consumption",
 "withdrawal/1": "Withdrawal of an offer",
 "correction/1": "Correction",
 "discrepancy-answer/1": "Answer to a difference",
 "conflict/1": "Conflict",
 "resolution/1": "Resolution of a dispute",
 "consignment/1": "Consignment",
 "arrival/1": "Arrival",
 "seal-applied/1": "Seals applied",
 "seal-checked/1": "Seals checked",
 "seal-broken/1": "Seals broken",
 "inspection/1": "Inspection",
 "hold/1": "Hold",
 "release/1": "Release",
 "licence-change/1": "Licence changed",
 "licence-suspension/1": "Licence suspended or restored",
 "licence-revocation/1": "Licence revoked",
 "key-revocation/1": "Key revoked",
 "report/1": "Report",
 "authorisation-grant/1": "Authorisation granted",
 "permit-drawing/1": "Permit drawn on",
 "pre-export-notification/1": "Pre-export notification",
 "pre-export-reply/1": "Reply to a pre-export notification",
 "permit-change/1": "Permit changed",
 "end-use-declaration/1": "End use declared",
 "quota/1": "Quota given",
 "sampling/1": "Sampling",
 "weighing/1": "Weighing",
 "stock-count/1": "Stock count",
 "sighting/1": "Sighting",
 "destruction/1": "Destruction",
 "seizure/1": "Seizure",
 "custody-order/1": "Custody by order",
 "transformation/1": "Transformation",
 "settlement/1": "Settlement of a breach",
 "witnessed-acceptance/1": "Witnessed acceptance",
 "filing/1": "Filing with an authority",
 "customs-release/1": "Customs release",
 "rule-set-adoption/1": "Rule set adopted",
 "ledger-key-rotation/1": "Ledger keys listed",
 "alert/1": "Alert",
 "alert-closing/1": "Alert closed",
 "watch-mark/1": "Watch mark",
 "watch-lifting/1": "Watch mark lifted",
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

/**
 * Canonical JSON of a value: keys in order of bytes, no white space.
 * @throws {Malformed} json-malformed: an integer beyond ±(2^53 − 1)
 */
export function canonicalJson(value) {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new Malformed('json-malformed', 'an integer beyond ±(2^53 − 1)', { found: String(value) });
  }
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
    if (marks > 4 || (marks && at === 0)) {
      throw new Malformed('text-chars', 'combining marks at the beginning, or too many');
    }
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
  if (found[1] !== undefined && before !== 'charter' && before !== 'key' && !COUNTRIES.has(found[1])) {
    refuse('id-country');
  }
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

/** An instant by a place's clock, cut to the minute. */
export function formatLocal(ms, offset) {
  const minutes = parseOffset(offset);
  const shifted = new Date(ms + minutes * 60_000).toISOString();
  return `${shifted.slice(0, 10)} ${shifted.slice(11, 16)} (UTC${offset})`;
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
  if (!(map instanceof Map)) throw new Malformed('key-format', 'a COSE_Key is a map');
  const kty = map.get(1);
  if (![1, 2].includes(kty)) throw new Malformed('alg-not-allowed', 'another type of key');
  const curve = map.get(-1);
  if (curve !== (kty === 1 ? 6 : 1)) throw new Malformed('alg-not-allowed', 'another curve');
  const labels = kty === 1 ? [1, -1, -2] : [1, -1, -2, -3];
  const points = labels.slice(2).map((label) => map.get(label));
  const shaped = map.size === labels.length && points.every((part) => part instanceof Uint8Array && part.length === 32);
  if (!shaped) throw new Malformed('key-format', 'a COSE_Key of another layout');
  if (kty === 1) checkPoint(points[0], 'key-format');
  else if (!onP256(...points.map(toBig))) throw new Malformed('key-format', 'a point that is not on P-256');
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
  const signed = join(parseHex('846a5369676e617475726531'), encodeCbor(encodedHeader), Uint8Array.of(0x40),
      encodeCbor(payload));
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
  if (typeof signedAt !== 'number' || !(signedAt >= 0 && signedAt <= LATEST_SECOND)) {
    throw new Malformed('time-format', 'seconds since 1970');
  }
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

const isHead = (head) => head.length >= 1 && BigInt(head.length) < 2n ** 63n && isHash(head.chain)
    && isHash(head.state);
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

// What stands nowhere in a note, newlines apart.
const CONTROL = /[\x00-\x09\x0b-\x1f]/;

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
  if (!whole.endsWith('\n')) throw format('the last line does not end');
  const gap = whole.lastIndexOf('\n\n');
  if (gap < 0) throw format('no empty line parts text and signatures');
  if (CONTROL.test(whole.slice(0, gap))) throw format('a control character');
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
  if (parts.length !== 3 || parts[0] !== '\u2014' || !isKeyName(parts[1]) || CONTROL.test(row)) throw fault('an em dash, a name, base64');
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

/** A verifier key as text. */
function verifierKeyText({ name, keyId, type, publicKey }) {
  return `${name}+${keyId}+${base64(join(Uint8Array.of(type), publicKey))}`;
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
 * Opens a checkpoint's note with the log's keys: of each type one or more must have signed, and no line may be wrong.
 * @throws {Malformed} note-format, note-signature, checkpoint-…
 */
export async function openCheckpoint(bytes, logKeys) {
  const note = parseNote(bytes);
  const checkpoint = parseCheckpoint(note.text);
  if (logKeys.some((key) => key.name !== checkpoint.origin)) {
    throw new Malformed('checkpoint-origin', 'the origin is not the name of the log\u2019s key');
  }
  const unchecked = [];
  const signers = [];
  const signed = new Set();
  for (const key of logKeys) {
    const line = lineOf(note, key);
    if (!line) continue;
    let holds = false;
    if (key.type === 1) {
      holds = line.blob.length === 64 && (await ed25519Holds(key.publicKey, line.blob, utf8(note.text)));
    } else {
      const found = await readCosignature(key, line.blob, checkpoint);
      holds = found !== null;
      if (found?.unchecked) unchecked.push(key.name);
    }
    if (!holds) throw new Malformed('checkpoint-signature', 'the log\u2019s signature does not verify');
    signed.add(key.type);
    if (key.type === 1) signers.push(key);
  }
  if (logKeys.some((key) => !signed.has(key.type))) {
    throw new Malformed('checkpoint-signature', 'the log\u2019s signature is missing');
  }
  return { ...checkpoint, note, unchecked, signers };
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
  if (lines[0] !== 'lotchain-policy/v1') {
    throw new Malformed('policy-version', 'another first line', { field: 'line 1' });
  }
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
    if (this.logKeys.some((other) => other.name !== key.name)) {
      const again = this.logKeys.some((other) => sameBytes(other.publicKey, key.publicKey));
      this.refuse(again ? 'policy-duplicate' : 'policy-log', 'one log, whose keys bear one name');
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
    if (least === null || least < 1 || least > members.length) {
      this.refuse('policy-group', '1 to the number of members');
    }
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
  return { checkpoint, times, auditors, attested, asOf, quorumMet: policy.quorum === 'none' || met(policy.quorum),
      notes };
}

/* ------------------------------------------------------------------------------------------------------------------
 * 9 Events (specs/events/README.md, hidden-fields.md)
 * --------------------------------------------------------------------------------------------------------------- */

const idForm = (kind, fresh = false) => (text) => parseId(text, { kind, fresh });
const hashForm = (text) => {
  if (typeof text !== 'string' || !/^[0-9a-f]{64}$/.test(text)) {
    throw new Malformed('hash-format', '64 hexadecimal digits');
  }
};
const textForm = (most) => (text) => {
  if (typeof text !== 'string') throw new Malformed('field-type', 'a text');
  checkText(text, { most });
};

/** Forms of text: each throws with its own code. */
const FORMS = {
  'party-id': idForm('party'),
  'lot-id': idForm('lot'),
  'new-lot-id': idForm('lot', true),
  'consignment-id': idForm('consignment'),
  'permit-id': idForm('permit'),
  'watch-id': idForm('watch'),
  'key-subject': idForm('key'),
  'subject-id': idForm(''),
  'statement-id': hashForm,
  'sha-256': hashForm,
  instant: parseInstant,
  date: parseDate,
  'utc-offset': parseOffset,
  percent: parsePercent,
  'verifier-key': (text) => {
    if (typeof text !== 'string') throw new Malformed('field-type', 'a text');
    parseVerifierKey(text);
  },
  'text-80': textForm(80),
  'text-200': textForm(200),
};

const patterns = new Map();

/** A pattern of a schema, which is about the whole text. */
function matches(pattern, text) {
  if (!patterns.has(pattern)) patterns.set(pattern, new RegExp(pattern, 'u'));
  return patterns.get(pattern).test(text);
}

/** Adds where a fault was found to the fault. */
function placed(field, read) {
  try {
    return read();
  } catch (fault) {
    if (fault instanceof Malformed && !fault.field) fault.field = field;
    throw fault;
  }
}

function fault(code, field, what) {
  return new Malformed(code, what, { field });
}

/** A value of a field's kind (js/build_tables.py says how kinds are written); amounts come out with their integer. */
function readField(kind, value, path) {
  if (typeof kind === 'string') {
    if (kind[0] === '#') return readBlock(kind.slice(1), value, path);
    if (kind === 'boolean') {
      if (typeof value !== 'boolean') throw fault('field-type', path, 'true or false');
    } else if (kind === 'string') {
      if (typeof value !== 'string') throw fault('field-type', path, 'a text');
    } else {
      placed(path, () => FORMS[kind](value));
    }
    return value;
  }
  if (kind.any) return readAny(kind.any, value, path);
  if (kind.words) {
    if (typeof value !== 'string') throw fault('field-type', path, 'a word');
    if (!kind.words.includes(value)) throw fault('field-value', path, `one of ${kind.words.join(', ')}`);
    return value;
  }
  if (kind.list) return readList(kind, value, path);
  if (kind.pattern) {
    if (typeof value !== 'string') throw fault('field-type', path, 'a text');
    if (!matches(kind.pattern, value)) throw fault('field-format', path, kind.form ?? kind.pattern);
    if (kind.form === 'cose-key') placed(path, () => parseKey(parseHex(value)));
    return value;
  }
  if (!Number.isInteger(value)) throw fault('field-type', path, 'an integer');
  if (value < kind.least || value > kind.most) throw fault('field-range', path, `${kind.least} to ${kind.most}`);
  return value;
}

/** One of several kinds: a text or a hidden field, a form or a word, two kinds of ids. */
function readAny(kinds, value, path) {
  if (kinds.some((kind) => kind.words?.includes(value))) return value;
  const isBlock = (kind) => typeof kind === 'string' && kind[0] === '#';
  const fitting = kinds.filter((kind) => !kind.words && isBlock(kind) === isObject(value));
  const faults = [];
  for (const kind of fitting.length ? fitting : kinds.filter((one) => !one.words)) {
    try {
      return readField(kind, value, path);
    } catch (found) {
      if (!(found instanceof Malformed)) throw found;
      faults.push(found);
    }
  }
  const named = kinds.find((kind) => kind.words);
  if (named && faults[0].code === 'field-format' && kinds.some((kind) => kind.pattern && !kind.form)) {
    throw fault('field-value', path, `one of ${named.words.join(', ')}, or of another form`);
  }
  throw faults[0];
}

function readList(kind, value, path) {
  if (!Array.isArray(value)) throw fault('field-type', path, 'a list');
  if (value.length < kind.least) throw fault('too-few', path, `at least ${kind.least}`);
  if (value.length > kind.most) throw fault('too-many', path, `at most ${kind.most}`);
  return value.map((item, at) => readField(kind.list, item, `${path}[${at}]`));
}

function readBlock(name, value, path) {
  if (!isObject(value)) throw fault('field-type', path, 'an object');
  if (name === 'Amount') {
    const text = readFields(BLOCK_FIELDS[name], value, path, (kind, part, at) => readAmountPart(part, at));
    return bare({ ...text, ...placed(path, () => parseQuantity(text.value, text.unit)) });
  }
  return readFields(BLOCK_FIELDS[name], value, path, readField);
}

function readAmountPart(value, path) {
  if (typeof value === 'string') return value;
  throw fault(path.endsWith('.value') ? 'quantity-format' : 'field-type', path, 'a text');
}

function readFields(fields, object, path, read) {
  const at = (name) => (path ? `${path}.${name}` : name);
  const known = new Set(fields.map(([name]) => name));
  const out = bare();
  for (const name of Object.keys(object)) {
    if (!known.has(name)) throw fault('field-unknown', at(name), 'a member that is not on the page');
  }
  for (const [name, kind, required] of fields) {
    if (has(object, name)) out[name] = read(kind, object[name], at(name));
    else if (required) throw fault('field-missing', at(name), 'a member that must be there');
  }
  return out;
}

/** The path of the first null in a payload, or ''. */
function nullIn(value, path) {
  if (value === null) return path;
  if (typeof value !== 'object') return '';
  for (const name of Object.keys(value)) {
    const step = Array.isArray(value) ? `${path}[${name}]` : path ? `${path}.${name}` : name;
    const found = nullIn(value[name], step);
    if (found) return found;
  }
  return '';
}

/**
 * The event of a payload: its fields, amounts read, with `raw` beside them.
 * @throws {Malformed} codes of specs/events/README.md, with the field
 */
export function parseEvent(payload) {
  const raw = decodeJson(payload);
  if (!isObject(raw)) throw fault('event-type', '', 'an event is an object');
  const found = typeof raw.type === 'string' ? /^([a-z][a-z0-9-]*)\/([0-9]+)$/.exec(raw.type) : null;
  if (!found || !Object.keys(EVENT_FIELDS).some((type) => type.startsWith(`${found[1]}/`))) {
    const stated = typeof raw.type === 'string' ? raw.type || '(nothing)' : '';
    throw new Malformed('event-type', 'no such type of event', { field: 'type', found: stated });
  }
  // A type that is in the tables and that nobody has taught this judge yet is one of a newer version, too.
  if (!has(EVENT_FIELDS, raw.type) || !has(PARTS, raw.type)) {
    throw fault('version-unsupported', 'type', 'a version that is not known');
  }
  const nothing = nullIn(raw, '');
  if (nothing) throw fault('null-field', nothing, 'an absent member is left out');
  const event = readFields(EVENT_FIELDS[raw.type], raw, '', readField);
  event.raw = raw;
  return event;
}

/**
 * A log entry that is a statement, with its event.
 * @throws {Malformed}
 */
export function parseEntry(bytes) {
  const statement = parseStatement(bytes);
  const event = parseEvent(statement.payload);
  const limit = event.type === 'conflict/1' ? ENTRY_LIMIT : STATEMENT_LIMIT;
  if (bytes.length > limit) throw new Malformed('too-large', `more than ${limit} bytes`);
  return { ...statement, event, key: `key:${statement.kid}` };
}

// --- Hidden fields

const FIELD_PATH = /^[a-z][a-z0-9_]*(\[(0|[1-9][0-9]*)\])*(\.[a-z][a-z0-9_]*(\[(0|[1-9][0-9]*)\])*)*$/;

/**
 * An opening, as its decoded item: field, text, and the digest that it opens.
 * @throws {Malformed} hidden-format
 */
export function openingOf(item) {
  const format = () => new Malformed('hidden-format', 'an opening is [field, salt, text]');
  if (!Array.isArray(item) || item.length !== 3) throw format();
  const [field, salt, text] = item;
  if (typeof field !== 'string' || field.length > 200 || !FIELD_PATH.test(field)) throw format();
  if (!isBytes(salt) || salt.length !== 16 || typeof text !== 'string') throw format();
  try {
    checkText(text, { most: 4096, lines: true, bytes: 4096 });
  } catch {
    throw format();
  }
  const [fieldBytes, textBytes] = [utf8(field), utf8(text)];
  const fieldSize = Uint8Array.of(fieldBytes.length >> 8, fieldBytes.length & 255);
  const textSize = uint64(textBytes.length).subarray(4);
  const digest = sha256(utf8('lotchain/hidden/1\n'), fieldSize, fieldBytes, salt, textSize, textBytes);
  return { field, text, digest };
}

/** Digests of the hidden fields in a payload, by path. */
function hiddenFields(value, path = '', found = new Map()) {
  if (isObject(value)) {
    for (const name of Object.keys(value)) {
      const member = value[name];
      if (name === 'hidden' && typeof member === 'string' && Object.keys(value).length === 1) found.set(path, member);
      else hiddenFields(member, path ? `${path}.${name}` : name, found);
    }
  } else if (Array.isArray(value)) {
    value.forEach((item, at) => hiddenFields(item, `${path}[${at}]`, found));
  }
  return found;
}

// --- Which subjects an event touches and reads

const lotsOfLines = (event) => event.lines.map((line) => line.lot);

/** The watch mark of a transformation's batch record. */
const batchRecord = (event) => {
  return `watch:${event.operator.slice(6)}/BATCH-${event.batch_record.slice(0, 40).toUpperCase()}`;
};

/** The watch of the packages whose labels bear a lot. */
function labelWatch(label) {
  const [printed] = label.split('~');
  const owner = printed.slice(4, printed.indexOf('/'));
  return `watch:${owner}/LABEL-${hex(sha256(utf8(printed))).slice(0, 40).toUpperCase()}`;
}

/** Lots that stand on the labels of packages. */
const labelsOf = (packages) => unique((packages ?? []).map((one) => one.label_lot).filter((lot) => lot !== undefined));

/** For each type the subjects that it changes, the main one first. */
const SUBJECTS = {
  'charter/1': (event) => ['charter', ...event.roots.flatMap((root) => [root.party, keySubject(root.key)])],
  'accession/1': (event) => ['charter', event.party, keySubject(event.key)],
  'endorsement/1': (event) => [event.subject],
  'licence-grant/1': (event) => [event.party],
  'licence-change/1': (event) => [event.party],
  'licence-suspension/1': (event) => [event.party],
  'licence-revocation/1': (event) => [event.party],
  'key-enrolment/1': (event) => [keySubject(event.key)],
  'key-revocation/1': (event) => [event.key],
  'hand-over/1': lotsOfLines,
  'acceptance/1': lotsOfLines,
  'refusal/1': lotsOfLines,
  'witnessed-acceptance/1': lotsOfLines,
  'seal-applied/1': lotsOfLines,
  'seal-checked/1': lotsOfLines,
  'inspection/1': lotsOfLines,
  'weighing/1': lotsOfLines,
  'stock-count/1': lotsOfLines,
  'withdrawal/1': (event) => event.lots,
  'arrival/1': (event) => event.lots,
  'hold/1': (event) => event.lots,
  'release/1': (event) => event.lots,
  'merge/1': (event) => [event.lot, ...lotsOfLines(event)],
  'transformation/1': (event) => {
    const made = event.output.lot === undefined ? [] : [event.output.lot];
    return [...event.inputs.map((line) => line.lot), batchRecord(event), ...made];
  },
  'consignment/1': (event) => [event.consignment, ...event.lots],
  'permit-drawing/1': (event) => [event.consignment, event.permit],
  'authorisation-grant/1': (event) => [event.permit],
  'pre-export-notification/1': (event) => [event.permit],
  'end-use-declaration/1': (event) => [event.permit],
  'quota/1': (event) => [event.permit],
  'pre-export-reply/1': (event) => [event.permit, ...(event.consignments ?? [])],
  'permit-change/1': (event) => [event.permit, ...(event.consignments ?? [])],
  'customs-release/1': (event) => [event.consignment],
  'filing/1': (event) => [event.about],
  'rule-set-adoption/1': () => ['charter'],
  'ledger-key-rotation/1': () => ['charter'],
  'alert-closing/1': (event) => event.lots,
  'watch-mark/1': (event) => [labelWatch(event.label), ...(event.lot === undefined ? [] : [event.lot])],
  'watch-lifting/1': (event) => {
    const lots = event.lots ?? [];
    return event.from_label || !lots.length ? [labelWatch(event.label), ...lots] : lots;
  },
};

/** What an event reads, beside the issuer's party and key and the charter, to judge one of its subjects. */
const READS = {
  'registration/1': (event) => labelsOf(event.packages).map(labelWatch),
  'packing/1': (event) => labelsOf(event.packages).map(labelWatch),
  'alert/1': (event) => (event.consignment === undefined ? [] : [event.consignment]),
  'hand-over/1': (event) => [event.to],
  'witnessed-acceptance/1': (event) => [event.receiver],
  'destruction/1': (event) => [event.witness],
  'custody-order/1': (event) => [event.custodian],
  'resolution/1': (event) => (event.custodian === undefined ? [] : [event.custodian]),
  'consignment/1': (event, subject) => (subject === event.consignment ? [] : [event.consignment]),
  'merge/1': (event, subject) => (subject === event.lot ? lotsOfLines(event) : []),
  'key-enrolment/1': (event) => [event.party],
  'transformation/1': (event, subject) => {
    if (subject === batchRecord(event)) return [];
    return [batchRecord(event), ...(subject === event.output.lot ? event.inputs.map((line) => line.lot) : [])];
  },
  'conflict/1': (event) => {
    const carried = [event.other, event.other_reply].map(carriedStatement).filter(Boolean);
    const receivers = carried.filter(({ event: act }) => act.type === 'hand-over/1').map(({ event: act }) => act.to);
    return [...carried.flatMap((statement) => [statement.key, statement.issuer]), ...receivers];
  },
};

/** The subject of a key given in hexadecimal. */
const keySubject = (cose) => parseKey(parseHex(cose)).subject;

/** A statement that a conflict carries in base64; null where it is none. */
function carriedStatement(text) {
  if (text === undefined) return null;
  try {
    const bytes = parseBase64(text);
    return bytes.length > STATEMENT_LIMIT ? null : parseEntry(bytes);
  } catch (fault) {
    if (fault instanceof Malformed) return null;
    throw fault;
  }
}

const unique = (items) => [...new Set(items)];

/** Subjects that an event changes, in order, each once; the first is the main one. */
export const subjectsOf = (event) => unique((SUBJECTS[event.type] ?? ((any) => [any.lot]))(event));

/** New subjects that an event brings forth under names of its choice, beside those. */
export const createsOf = (event) => (event.type === 'split/1' ? unique(event.children.map((child) => child.lot)) : []);

/** What an event reads to judge one subject. */
export const readsOf = (event, subject) => unique((READS[event.type] ?? (() => []))(event, subject));

/* ------------------------------------------------------------------------------------------------------------------
 * 10 Judge (specs/formats/judge.md, specs/events)
 * --------------------------------------------------------------------------------------------------------------- */

export const JUDGE_VERSION = 'lotchain-judge/1';
const MINUTE = 60_000;
const DAY = 24 * HOUR;

/** The first fault of a part: its code refuses the statement. */
class Refused extends Error {
  constructor(code, expected, found, subject) {
    super(code);
    Object.assign(this, { code, expected, found, subject });
  }
}

/** Ends a part with a fault; it is on the part's own subject unless another one is named. */
function refuse(code, expected = '', found = '', subject = '') {
  throw new Refused(code, String(expected ?? ''), String(found ?? ''), subject);
}

/** Ends a part with a fault unless `holds`. */
function ask(holds, code, expected = '', found = '', subject = '') {
  if (!holds) refuse(code, expected, found, subject);
}

/** Whether a code refuses the statement. */
const refuses = (code) => (EVENT_CODES[code]?.[2] ?? '').startsWith('refused');

/**
 * One statement before the judge: what its parts may know of it and of the log.
 *
 * `time` is the batch's, `seen` the closing time of the checkpoint that it names (null where it names none),
 * `cited` says whether a statement of that id is on the log before this one, `read` gives a subject's state or null.
 */
class Act {
  constructor(statement, { origin, charter, time, seen, cited, read }) {
    Object.assign(this, { statement, origin, charter, time, seen, cited, read });
    this.event = statement.event;
    this.id = statement.id;
    this.issuer = statement.issuer;
    this.key = statement.key;
    this.findings = [];
    this.states = new Map();
  }

  /** Where the signer's ledger is: origin#charter id. */
  get anchor() {
    return `${this.origin}#${this.charter}`;
  }

  /** B, the lower bound of signing, beside the bound of the statement that it follows. */
  boundOver(bound = 0) {
    return Math.min(this.time, Math.max(this.seen ?? 0, bound));
  }

  find(code, subject, expected = '', found = '') {
    this.findings.push({ code, subject, statement: this.id, expected: String(expected), found: String(found) });
  }

  put(subject, state) {
    this.states.set(subject, state);
  }

  /** The country whose national authority in force the issuer is, or ''. */
  country(party = this.issuer) {
    const { authorities } = this.read('charter');
    return Object.keys(authorities).find((country) => authorities[country] === party) ?? '';
  }

  /** Refuses who is no national authority, or none of these countries. */
  askAuthority(countries, subject = '') {
    const country = this.country();
    ask(country, 'not-authority', 'a national authority', this.issuer, subject);
    ask(!countries || countries.includes(country), 'authority-scope', countries?.join(', '), country, subject);
  }

  /** Refuses who is not the national authority of the country that registered a party: a fault on that party. */
  askAuthorityOver(party) {
    this.askAuthority([countryOf(party)], party);
  }
}

/**
 * Judges one statement on the subjects that are asked for.
 * @returns {Promise<{findings: object[], states: Map, refused: boolean}>} states of the subjects written on
 */
export async function judge(statement, context, isAsked = () => true) {
  const act = new Act(statement, context);
  const main = subjectsOf(act.event)[0];
  const fault = await statementFault(act, main);
  if (fault) {
    act.find(fault, main);
    return { findings: act.findings, states: new Map(), refused: true };
  }
  for (const subject of unique([...subjectsOf(act.event), ...createsOf(act.event)])) {
    if (!isAsked(subject)) continue;
    try {
      await PARTS[act.event.type](act, subject);
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      act.find(fault.code, fault.subject || subject, fault.expected, fault.found);
    }
  }
  judgeTimes(act, main);
  const refused = act.findings.some(({ code }) => refuses(code));
  const states = new Map(refused ? [] : [...act.states].filter(([subject]) => isAsked(subject)));
  return { findings: act.findings, states, refused };
}

/** The first fault of step 2: ledger, signature, checkpoint. */
async function statementFault(act, main) {
  const { statement, event } = act;
  const founding = event.type === 'charter/1';
  if (!act.charter && !founding) return 'no-charter';
  if (statement.audience !== (founding ? act.origin : act.anchor)) return 'wrong-ledger';
  if (statement.subject !== main) return 'subject-mismatch';
  const key = founding ? foundingKey(act) : act.read(act.key);
  if (!key || key.party !== act.issuer) return 'key-not-enrolled';
  const lost = key.status === 'revoked';
  if (lost && !key.endorsed.includes(act.id)) return 'key-revoked';
  if (!(await signedBy(statement, key.cose))) return 'bad-signature';
  if (event.seen && act.seen === null) return 'checkpoint-unknown';
  const charter = founding ? null : act.read('charter');
  if (charter && charter.endorsed.length < charter.threshold) {
    const endorses = event.type === 'endorsement/1' && event.subject === 'charter' && event.endorses === act.charter;
    if (!endorses) return 'charter-pending';
  }
  if (lost) act.find('endorsed-after-loss', main);
  return '';
}

/** Of a charter: the root whose key signs, as a key's state would be. */
function foundingKey(act) {
  const root = act.event.roots.find((one) => keySubject(one.key) === act.key);
  return root && { party: act.issuer, cose: root.key, status: 'valid', endorsed: [] };
}

/** Whether a statement's signature holds for a COSE key in hexadecimal. */
async function signedBy(statement, cose) {
  const key = parseKey(parseHex(cose));
  if (key.algorithm !== statement.alg || key.thumbprint !== statement.kid) return false;
  return signatureHolds(key, statement.signature, statement.signed);
}

/** What the stated times are worth: notes that decide nothing. */
function judgeTimes(act, main) {
  const happened = parseInstant(act.event.occurred_at);
  const signed = act.statement.signedAt * 1000;
  const latest = Math.max(happened, signed);
  if (latest > act.time + 5 * MINUTE) act.find('time-in-future', main, formatInstant(act.time), formatInstant(latest));
  if (happened < act.time - DAY) act.find('late-entry', main, formatInstant(act.time), formatInstant(happened));
  if (act.seen !== null && signed < act.seen - 5 * MINUTE) {
    act.find('signed-before-seen', main, formatInstant(act.seen), formatInstant(signed));
  }
}

// --- Parties, keys, licences

const newParty = (party, organisation, role) => bare({ kind: 'party', party, organisation, role, licences: bare() });

function newKey(party, cose, holder, time) {
  return bare({
    kind: 'key', party, cose, holder, enrolled_at: time, status: 'valid', reason: '', revoked_by: '',
    compromised_since: null, compromise_stated_by: '', endorsed: [],
  });
}

/** Two names of one organisation: capital ASCII letters read as small ones, runs of white space as one space. */
function sameOrganisation(one, other) {
  const plain = (name) => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/\s+/gu, ' ');
  return plain(one) === plain(other);
}

const STANDING = ['none', 'not-in-force', 'undetermined', 'in-force'];

/** How well a party is licensed for one of the activities over [from, until]: the best of its licences. */
function licensed(party, activities, substance, from, until) {
  let best = 0;
  for (const licence of Object.values(party?.licences ?? {})) {
    const covers = licence.substances.includes('*') || licence.substances.includes(substance);
    if (!covers || !activities.some((activity) => licence.activities.includes(activity))) continue;
    const end = licence.until ?? Infinity;
    let standing = 1;
    if (licence.status === 'in-force') {
      if (licence.from <= from && until < end) standing = 3;
      else if (licence.from <= until && from < end) standing = 2;
    }
    best = Math.max(best, standing);
  }
  return STANDING[best];
}

const LICENCE_CODES = { none: 'licence-none', 'not-in-force': 'licence-not-in-force',
    undetermined: 'licence-undetermined' };
const CAPACITIES = {
  carrier: ['transport'],
  warehouse: ['store'],
  consignee: ['use', 'distribute', 'import', 'manufacture'],
};

/** Records what a party's licence is short of. */
function findLicence(act, subject, partyId, activities, substance, from) {
  const standing = licensed(act.read(partyId), activities, substance, from, act.time);
  const code = LICENCE_CODES[standing];
  if (code) act.find(code, subject, `${activities.join(' or ')} of ${substance}`, standing);
}

function judgeCharter(act, subject) {
  const { event } = act;
  ask(!act.read(subject), 'charter-exists');
  if (subject === 'charter') {
    ask(event.origin === act.origin, 'charter-origin', act.origin, event.origin);
    ask(event.threshold <= event.roots.length, 'charter-threshold', event.roots.length, event.threshold);
    for (const pick of [(root) => root.country, (root) => root.party, (root) => root.organisation,
        (root) => keySubject(root.key)]) {
      ask(new Set(event.roots.map(pick)).size === event.roots.length, 'charter-roots');
    }
    ask(event.roots.every((root) => countryOf(root.party) === root.country), 'charter-roots');
    ask(event.roots.some((root) => keySubject(root.key) === act.key && root.party === act.issuer), 'charter-roots');
    const roots = bare(Object.fromEntries(event.roots.map((root) => [root.country, root.party])));
    const { origin, threshold } = event;
    act.put(subject, bare({
      kind: 'charter', origin, threshold, roots, endorsed: [act.issuer], authorities: copy(roots), pending: bare(),
    }));
    return undefined;
  }
  const root = event.roots.find((one) => one.party === subject || keySubject(one.key) === subject);
  if (root.party === subject) return act.put(subject, newParty(subject, root.organisation, 'authority'));
  return putFirstKey(act, subject, root, event.origin, 'founding key');
}

/** A key with its proof of possession. */
async function putFirstKey(act, subject, { key, party, possession }, anchor, holder) {
  const held = await possessionHolds(parseHex(key), anchor, party, parseHex(possession));
  ask(held, 'possession');
  act.put(subject, newKey(party, key, holder, act.time));
}

function judgeAccession(act, subject) {
  const { event } = act;
  if (subject === event.party) {
    ask(!act.read(subject), 'party-exists');
    return act.put(subject, newParty(subject, event.organisation, 'authority'));
  }
  if (subject !== 'charter') {
    ask(!act.read(subject), 'party-exists');
    return putFirstKey(act, subject, event, act.anchor, 'first key of the authority');
  }
  const charter = copy(act.read('charter'));
  ask(Object.values(charter.roots).includes(act.issuer), 'not-founding-authority');
  const waiting = Object.values(charter.pending).filter((entry) => entry.country === event.country);
  const behind = waiting.some((entry) => entry.endorsed.includes(act.issuer));
  ask(!has(charter.authorities, event.country) && !behind, 'country-taken', '', event.country);
  ask(countryOf(event.party) === event.country, 'country-other', event.country, event.party);
  charter.pending[act.id] = bare({ country: event.country, party: event.party, endorsed: [act.issuer] });
  seatAuthority(charter, act.id);
  return act.put('charter', charter);
}

/** Where a proposal has reached the threshold: the authority is in force, and nothing waits for its country. */
function seatAuthority(charter, id) {
  const { country, party, endorsed } = charter.pending[id];
  if (endorsed.length < charter.threshold) return;
  charter.authorities[country] = party;
  for (const other of Object.keys(charter.pending)) {
    if (charter.pending[other].country === country) delete charter.pending[other];
  }
}

/** How a ledger lists a key of its log: SHA-256 of the key's text. */
const keyDigest = (text) => hex(sha256(utf8(text)));

function judgeKeyRotation(act) {
  const { event, issuer } = act;
  const charter = copy(act.read('charter'));
  ask(Object.values(charter.roots).includes(issuer), 'not-founding-authority');
  const keys = event.keys.map(parseVerifierKey);
  const own = keys.every((key) => key.name === charter.origin && [1, 6].includes(key.type));
  const all = own && keys.some((key) => key.type === 1) && distinct(keys.map((key) => hex(key.publicKey)));
  ask(all, 'log-keys', charter.origin);
  const digests = sorted(event.keys.map(keyDigest));
  charter.log_keys ??= bare({ keys: [], by: null, at: null, pending: bare() });
  const { pending } = charter.log_keys;
  ask(canonicalJson(digests) !== canonicalJson(charter.log_keys.keys), 'log-keys-listed');
  for (const [id, proposal] of Object.entries(pending)) if (proposal.first === issuer) delete pending[id];
  pending[act.id] = bare({ keys: digests, first: issuer, endorsed: [issuer] });
  listLogKeys(act, charter, act.id);
  act.put('charter', charter);
}

/** Where a list of log keys has reached the threshold it is in force, and other proposals fall. */
function listLogKeys(act, charter, id) {
  const { keys, endorsed } = charter.log_keys.pending[id];
  if (endorsed.length >= charter.threshold) charter.log_keys = bare({ keys, by: id, at: act.time, pending: bare() });
}

function judgeLicence(act, subject) {
  const { event } = act;
  act.askAuthorityOver(subject);
  const granted = event.type === 'licence-grant/1';
  const known = act.read(subject);
  const [from, until] = [event.valid_from, event.valid_until].map((text) => (text ? parseInstant(text) : null));
  const datesHold = until === null || until > from;
  if (granted) {
    ask(datesHold, 'licence-dates', event.valid_from, event.valid_until);
    ask(known?.role !== 'authority', 'authority-is-no-handler');
    ask(!known || known.organisation === event.organisation, 'organisation-changed', known?.organisation,
        event.organisation);
    ask(!known || !has(known.licences, event.number), 'licence-exists', '', event.number);
  } else {
    ask(known && has(known.licences, event.number), 'licence-unknown', event.number);
    ask(known.licences[event.number].status !== 'revoked', 'licence-revoked');
  }
  const party = known ? copy(known) : newParty(subject, event.organisation, 'operator');
  const licence = party.licences[event.number];
  if (event.type === 'licence-revocation/1') {
    licence.status = 'revoked';
  } else if (event.type === 'licence-suspension/1') {
    ask(licence.status === (event.state === 'suspended' ? 'in-force' : 'suspended'), 'licence-state', '',
        licence.status);
    licence.status = event.state === 'suspended' ? 'suspended' : 'in-force';
  } else {
    ask(datesHold, 'licence-dates', event.valid_from, event.valid_until);
    const [activities, substances] = [sortedSet(event.activities), sortedSet(event.substances)];
    const status = licence?.status ?? 'in-force';
    const sites = event.sites === undefined ? {} : { sites: sortedSet(event.sites) };
    party.licences[event.number] = bare({ activities, substances, from, until, status, by: act.issuer, ...sites });
  }
  act.put(subject, party);
}

/** Refuses a key's affairs by anybody but its party and that party's national authority. */
function askKeyHolder(act, party) {
  if (act.issuer !== party) act.askAuthorityOver(party);
}

async function judgeKeyEnrolment(act, subject) {
  const { event } = act;
  ask(!act.read(subject), 'key-in-use');
  ask(act.read(event.party), 'party-unknown', event.party);
  askKeyHolder(act, event.party);
  await putFirstKey(act, subject, event, act.anchor, event.holder);
}

function judgeKeyRevocation(act, subject) {
  const { event } = act;
  const known = act.read(subject);
  ask(known, 'key-unknown');
  ask(subject !== act.key, 'key-self-revocation');
  askKeyHolder(act, known.party);
  const stated = event.compromised_since ? parseInstant(event.compromised_since) : null;
  ask(stated === null || stated <= act.time, 'compromised-in-future', formatInstant(act.time), event.compromised_since);
  const key = copy(known);
  Object.assign(key, { status: 'revoked', reason: event.reason, revoked_by: act.issuer });
  const restated = key.compromise_stated_by === key.party && act.issuer !== key.party;
  const before = restated ? null : key.compromised_since;
  if (stated !== null && (before === null || stated < before) && stated !== key.compromised_since) {
    key.compromised_since = stated;
    key.compromise_stated_by = act.issuer;
  }
  act.put(subject, key);
}

// --- Lots: accounts, packages, names

const GONE_AGAINST_WILL = new Set(['missing', 'stolen', 'destroyed', 'leaked', 'spoiled', 'unknown']);

/** An account of a lot; accounts of 0 are left out. */
const account = (lot, name) => lot.accounts[name] ?? 0;

const present = (lot) => account(lot, 'held') + account(lot, 'in-transit');

function book(lot, entries) {
  for (const [name, change] of Object.entries(entries)) {
    const sum = account(lot, name) + change;
    if (sum) lot.accounts[name] = sum;
    else delete lot.accounts[name];
  }
}

const newLot = (members) => bare({
  kind: 'lot', content: '', held_as: '', giver: null, ended: null, taken: 0, packages: bare(), gone: bare(), seals: [],
  seals_before: null, holds: bare(), offer: null, withdrawn: bare(), differences: bare(), conflicts: bare(),
  pending: bare(), doubts: bare(), reports: bare(), consignment: null, delivered: false, rests: 0, parents: [],
  tolerance: 0, ...members,
});

/** The state that a place leaves: never its name. */
const placeOf = ({ code, offset }) => bare({ code, offset });

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const sumExact = (numbers) => numbers.reduce((total, number) => total + BigInt(number), 0n);

/** Net amounts of some of a lot's packages. */
const nets = (lot, serials) => sum(serials.map((serial) => lot.packages[serial] ?? 0));

/** What packages that stay can hold: their nets, and what the lot holds beyond all nets. */
function capacity(lot, staying, whole) {
  return nets(lot, staying) + Math.max(0, whole - nets(lot, Object.keys(lot.packages)));
}

/** Marks on a lot that name a serial, with their ids. */
const marksOn = (lot, serial) => Object.entries(lot.watched ?? {}).filter(([, mark]) => mark.serials.includes(serial));

/** Whether a serial of a parent's mark or label goes to what came out of it, with these packages. */
function follows(parent, serial, packages) {
  const there = has(packages, serial);
  return has(parent.packages, serial) ? there || !Object.keys(packages).length : !there;
}

/** What passes from lots to what comes out of them: authorities' alerts; marks and labels as they follow packages. */
function passedOn(parents, packages) {
  const [alerts, watched, labels] = [bare(), bare(), bare()];
  for (const parent of parents) {
    for (const [id, alert] of Object.entries(parent.alerts ?? {})) if (alert.official) alerts[id] = copy(alert);
    if (packages === null) continue;
    const going = (serials) => serials.filter((serial) => follows(parent, serial, packages));
    for (const [id, mark] of Object.entries(parent.watched ?? {})) {
      const serials = sortedSet([...(watched[id]?.serials ?? []), ...going(mark.serials)]);
      if (serials.length) watched[id] = bare({ ...copy(mark), serials });
    }
    for (const [label, list] of Object.entries(parent.labels ?? {})) {
      const serials = sortedSet([...(labels[label] ?? []), ...going(list)]);
      if (serials.length) labels[label] = serials;
    }
  }
  const members = Object.entries({ alerts, watched, labels });
  return Object.fromEntries(members.filter(([, member]) => Object.keys(member).length));
}

/** Takes packages out of a lot; `gone` says what became of them. */
function leave(lot, serials, how) {
  for (const serial of serials) {
    if (!has(lot.packages, serial)) continue;
    delete lot.packages[serial];
    lot.gone[serial] = how;
  }
}

/** What a lot that comes out of another inherits of its `gone`. */
const goneForGood = (lot) => {
  return bare(Object.fromEntries(Object.entries(lot.gone).filter(([, how]) => GONE_AGAINST_WILL.has(how))));
};

function end(lot, how, act, into = []) {
  lot.custodian = null;
  lot.ended = bare({ how, by: act.id, into: sorted(into) });
}

/** A rest lot's name with the next free number. */
function nextRest(subject, lot) {
  ask(suffixesOf(subject) < 8 && lot.rests < 9999, 'rest-names-exhausted');
  const name = `${subject}~${lot.rests + 1}`;
  ask(name.length <= 128, 'rest-names-exhausted');
  return name;
}

const distinct = (items) => new Set(items).size === items.length;
const listed = (list) => list ?? [];

// --- Lots: three ways to follow

/** Refuses an act of the custodian that does not follow the lot's last one. */
function askAct(act, lot, prev, { underOffer = false } = {}) {
  ask(lot, 'lot-unknown');
  if (prev !== lot.last) {
    ask(act.cited(prev), 'prev-unknown', lot.last, prev);
    refuse(lot.ended ? 'lot-ended' : 'prev-stale', lot.last, prev);
  }
  ask(!lot.ended, 'lot-ended', '', lot.ended?.how);
  ask(lot.custodian === act.issuer, 'not-custodian', lot.custodian, act.issuer);
  ask(underOffer || !lot.offer, 'offer-open', '', lot.offer?.id);
}

/** What every act and reply leaves: `last`, `bound`, `taken`, `seals_before`. */
function follow(act, lot, { keepSealsBefore = false } = {}) {
  lot.bound = act.boundOver(lot.bound);
  lot.last = act.id;
  lot.taken = 0;
  if (!keepSealsBefore) lot.seals_before = null;
}

/** Refuses a reply to no offer of the lot's; gives the withdrawn entry where the offer is closed, else null. */
function askReply(act, lot, receiver) {
  const { answers } = act.event;
  ask(lot, 'lot-unknown');
  if (has(lot.withdrawn, answers)) {
    const closed = lot.withdrawn[answers];
    ask(!closed.answered, 'offer-closed');
    ask(closed.to === receiver, 'not-receiver', closed.to, receiver);
    return closed;
  }
  if (lot.offer?.id !== answers) refuse(act.cited(answers) ? 'offer-closed' : 'offer-unknown', lot.offer?.id, answers);
  ask(lot.offer.to === receiver, 'not-receiver', lot.offer.to, receiver);
  return null;
}

/** Countries whose authorities are competent over a lot. */
const competent = (lot) => unique([lot.place.code, ...(lot.consignment?.route ?? [])].map((code) => code.slice(0, 2)));

const OBSERVER = { CUSTODIAN: 'custodian', RECEIVER: 'receiver', AUTHORITY: 'authority', PAST: 'past' };

/** Refuses who may not observe a lot; gives in which capacity the issuer does. */
function askObserver(act, lot) {
  ask(lot, 'lot-unknown');
  const country = act.country();
  if (lot.custodian === act.issuer) return OBSERVER.CUSTODIAN;
  if (lot.offer?.to === act.issuer) return OBSERVER.RECEIVER;
  if (country && competent(lot).includes(country)) return OBSERVER.AUTHORITY;
  if (lot.custodians.includes(act.issuer)) return OBSERVER.PAST;
  return refuse(country ? 'authority-scope' : 'not-custodian', competent(lot).join(', '), act.issuer);
}

const REPORTS = 32;

/** Refuses, and counts, reports of who has not got the lot. */
function countReport(act, lot, capacityOf) {
  if ([OBSERVER.CUSTODIAN, OBSERVER.AUTHORITY].includes(capacityOf) || act.country()) return;
  const before = lot.reports[act.issuer] ?? 0;
  ask(before < REPORTS, 'reports-many', REPORTS, before);
  lot.reports[act.issuer] = before + 1;
}

/** The place of an observation becomes the lot's, by its custodian or the authority of the place's country. */
function observePlace(act, lot, place, capacityOf) {
  if (lot.ended) return;
  const here = act.country() === place.code.slice(0, 2);
  if (capacityOf === OBSERVER.CUSTODIAN || here) lot.place = placeOf(place);
}

// --- Lots: what was found beside

// Codes of airports that papers of a journey by sea bear in the place of the city's port.
const AIRPORTS = { CNSHA: 'CNSHG' };

/** Whether a route holds a place: two codes of one city are one. */
function routeHolds(route, code) {
  const port = (one) => AIRPORTS[one] ?? one;
  return route.some((one) => port(one) === port(code));
}

const strays = (lot, code) => Boolean(lot.consignment) && !lot.delivered && !routeHolds(lot.consignment.route, code);

function findOffRoute(act, subject, lot, place, { incident = false, as = 'off-route' } = {}) {
  if (!strays(lot, place.code)) return;
  const near = lot.consignment.route.some((code) => code.slice(0, 2) === place.code.slice(0, 2));
  act.find(incident && near ? 'off-route-incident' : as, subject, lot.consignment.route.join(', '), place.code);
}

/** For each hold on the lot, whether it was acted on in spite of it. */
function findHolds(act, subject, lot, bound) {
  for (const [id, hold] of Object.entries(lot.holds)) {
    act.find(bound >= hold.placed_at ? 'moved-on-hold' : 'acted-before-hold-was-known', subject, '',
        `${id} by ${hold.by}`);
  }
}

/** Whether a party has a lot for others: as carrier or warehouse, or under somebody else's consignment. */
function forOthers(act, lot) {
  if (['carrier', 'warehouse'].includes(lot.held_as)) return true;
  const { consignment } = lot;
  if (!consignment || lot.delivered) return false;
  return ![consignment.by, consignment.importer, ...consignment.final].includes(act.issuer);
}

/** On a sealed lot: its seals were opened by whoever acted on it. */
function findSealsLeft(act, subject, lot) {
  if (!lot.seals.length) return;
  act.find(forOthers(act, lot) ? 'seals-opened-on-the-way' : 'seals-left', subject, lot.seals.join(', '));
}

/** Whether a number may be a slip of the pen for another: one character changed, or two neighbours swapped. */
function reads(one, other) {
  if (one.length !== other.length) return false;
  const apart = [...one].map((letter, at) => (letter === other[at] ? -1 : at)).filter((at) => at >= 0);
  if (apart.length === 1) return true;
  const [first, second] = apart;
  return apart.length === 2 && second === first + 1 && one[first] === other[second] && one[second] === other[first];
}

/** '', 'seal-misread' or 'seal-changed': one reading against one set of seals. */
function compareSeals(found, fitted) {
  const missing = unique(fitted).filter((seal) => !found.includes(seal));
  const many = unique(found).filter((seal) => !fitted.includes(seal));
  if (!missing.length && !many.length) return '';
  const slip = missing.length === many.length && missing.every((seal) => many.some((other) => reads(seal, other)));
  return slip ? 'seal-misread' : 'seal-changed';
}

/** The sets of seals with which a reading signed from `bound` on is compared. */
function sealSets(lot, bound) {
  const before = lot.seals_before;
  return before && bound < before.changed_at ? [lot.seals, before.seals] : [lot.seals];
}

const SEAL_RESULTS = ['', 'seal-misread', 'seal-changed'];

/** The mildest result of several. */
const mildest = (results) => SEAL_RESULTS.find((result) => results.includes(result)) ?? '';

/** The result of a reading of all seals on a lot. */
const readSeals = (lot, bound, found) => mildest(sealSets(lot, bound).map((fitted) => compareSeals(found, fitted)));

/** What a reading of seals leaves of the lot's doubts. */
function doubtSeals(act, lot, result, capacityOf, by = act.issuer) {
  if (result === 'seal-misread') lot.doubts[act.id] = bare({ kind: 'seal-misread', by });
  if (result) return;
  const all = [OBSERVER.RECEIVER, OBSERVER.AUTHORITY].includes(capacityOf) || act.country() !== '';
  for (const [id, doubt] of Object.entries(lot.doubts)) {
    const cleared = doubt.kind === 'seal-unread' || (doubt.kind === 'seal-misread' && (all || doubt.by === by));
    if (cleared) delete lot.doubts[id];
  }
}

// --- Lots: beginning, parting, joining

function judgeRegistration(act, subject) {
  const { event, issuer } = act;
  const { kind, amount } = event.quantity;
  ask(creatorOf(subject) === issuer, 'lot-name-foreign', issuer, creatorOf(subject));
  ask(casHolds(event.substance), 'cas-check-digit', '', event.substance);
  const packages = listed(event.packages);
  if (packages.length) askPackagesSum(packages, kind, amount);
  ask(labelsOf(packages).length <= LABELS, 'labels-many', LABELS, labelsOf(packages).length);
  ask(!act.read(subject), 'lot-exists');
  const bound = act.boundOver();
  findLabelled(act, subject, packages);
  if (event.origin === 'made') findMaker(act, subject, event.substance, bound);
  else act.find('origin-not-made', subject, 'made', event.origin);
  const tolerance = event.tolerance === undefined ? 0 : parsePercent(event.tolerance);
  if (tolerance > 50_000) act.find('tolerance-wide', subject, '5', event.tolerance);
  act.put(subject, newLot({
    lot: subject, substance: event.substance, content: event.content ?? '', quantity_kind: kind, origin: event.origin,
    maker: issuer, custodian: issuer, custodians: [issuer], last: act.id, bound,
    accounts: bare({ produced: -amount, held: amount }), packages: packagesOf(packages), place: placeOf(event.place),
    tolerance: Math.min(tolerance, 50_000), ...withLabels({}, packages),
  }));
}

const LABELS = 16;

/** The member `labels` of a lot with packages that bear others' labels; nothing where none ever did. */
function withLabels(before, packages) {
  const labels = copy(before);
  for (const { serial, label_lot: label } of packages) {
    if (label !== undefined) labels[label] = sortedSet([...(labels[label] ?? []), serial]);
  }
  return Object.keys(labels).length ? { labels } : {};
}

/** Packages brought in with a label under which they are marked. */
function findLabelled(act, subject, packages) {
  for (const { serial, label_lot: label } of packages) {
    const watch = label === undefined ? null : act.read(labelWatch(label));
    for (const [id, mark] of Object.entries(watch?.marks ?? {})) {
      if (mark.serials.includes(serial)) act.find('watch-list-hit', subject, id, `${label} ${serial}`);
    }
  }
}

const packagesOf = (packages) => bare(Object.fromEntries(packages.map(({ serial, net }) => [serial, net.amount])));

function askPackagesSum(packages, kind, amount) {
  ask(distinct(packages.map(({ serial }) => serial)), 'packages-sum');
  ask(packages.every(({ net }) => net.kind === kind), 'packages-sum', kind);
  ask(sumExact(packages.map(({ net }) => net.amount)) === BigInt(amount), 'packages-sum', amount);
}

/** Whether a lot is made under a manufacturing licence in force. */
function findMaker(act, subject, substance, bound) {
  const standing = licensed(act.read(act.issuer), ['manufacture'], substance, bound, act.time);
  if (standing === 'in-force') return;
  act.find(standing === 'undetermined' ? 'maker-licence-undetermined' : 'maker-unlicensed', subject, substance,
      standing);
}

function judgePacking(act, subject) {
  const { event } = act;
  const before = act.read(subject);
  askAct(act, before, event.prev);
  const lot = copy(before);
  ask(event.packages.every(({ net }) => net.kind === lot.quantity_kind), 'unit-kind', lot.quantity_kind);
  askPackagesSum(event.packages, lot.quantity_kind, account(lot, 'held') + lot.taken);
  const labels = withLabels(lot.labels ?? {}, event.packages);
  ask(labelsOf(event.packages).length <= LABELS, 'labels-many', LABELS);
  findHolds(act, subject, lot, act.boundOver(lot.bound));
  findSealsLeft(act, subject, lot);
  findLabelled(act, subject, event.packages);
  const serials = event.packages.map(({ serial }) => serial);
  for (const serial of serials) {
    const marks = has(lot.packages, serial) ? [] : marksOn(lot, serial);
    for (const [id] of marks) act.find('watch-list-hit', subject, id, serial);
    if (!marks.length && GONE_AGAINST_WILL.has(lot.gone[serial])) {
      act.find('package-returned', subject, lot.gone[serial], serial);
    }
  }
  leave(lot, Object.keys(lot.packages).filter((serial) => !serials.includes(serial)), 'repacked');
  lot.packages = packagesOf(event.packages);
  Object.assign(lot, labels);
  lot.seals = sortedSet(listed(event.seals));
  follow(act, lot);
  act.put(subject, lot);
}

function judgeSplit(act, subject) {
  const { event, issuer } = act;
  const { children } = event;
  const names = children.map((child) => child.lot);
  const source = act.read(event.lot);
  if (subject === event.lot) {
    askAct(act, source, event.prev);
    ask(!names.includes(event.lot), 'lot-cycle');
    ask(distinct(names), 'lot-twice');
    splitShares(source, children);
    findHolds(act, subject, source, act.boundOver(source.bound));
    findSealsLeft(act, subject, source);
    return endInto(act, subject, 'divided', names);
  }
  // Whatever is wrong with the division as a whole is a fault of the lot that is divided, and refuses its parts too.
  if (!divisible(act)) return undefined;
  ask(creatorOf(subject) === issuer, 'lot-name-foreign', issuer, creatorOf(subject));
  ask(!act.read(subject), 'lot-exists');
  const share = splitShares(source, children)[names.indexOf(subject)];
  const serials = listed(children[names.indexOf(subject)].packages);
  const lot = childOf(act, subject, source, 'split', share);
  lot.packages = bare(Object.fromEntries(serials.map((serial) => [serial, source.packages[serial]])));
  Object.assign(lot, passedOn([source], lot.packages));
  return act.put(subject, lot);
}

/** Whether the lot that is divided can be: its own part says what is wrong. */
function divisible(act) {
  try {
    judgeSplit(new Act(act.statement, act), act.event.lot);
    return true;
  } catch (fault) {
    if (fault instanceof Refused) return false;
    throw fault;
  }
}

/** What each part of a split gets, in the order of the parts. */
function splitShares(source, children) {
  const whole = account(source, 'held') + source.taken;
  ask(children.every(({ quantity }) => quantity.kind === source.quantity_kind), 'unit-kind', source.quantity_kind);
  const shares = children.map(({ quantity }) => quantity.amount);
  ask(sumExact(shares) === BigInt(whole), 'quantity-not-conserved', whole, sumExact(shares));
  const serials = children.flatMap(({ packages }) => listed(packages));
  const own = Object.keys(source.packages);
  if (serials.length) {
    const parted = distinct(serials) && serials.length === own.length
        && serials.every((serial) => has(source.packages, serial));
    ask(parted, 'packages-not-partitioned');
    for (const { quantity, packages } of children) {
      ask(quantity.amount <= capacity(source, listed(packages), whole), 'packages-not-partitioned');
    }
  }
  const largest = shares.indexOf(Math.max(...shares));
  shares[largest] -= source.taken;
  ask(shares[largest] > 0, 'quantity-not-conserved');
  return shares;
}

/** A new lot in the issuer's hands that inherits from one lot. */
function childOf(act, subject, source, origin, quantity) {
  const { substance, content, quantity_kind, maker, tolerance, delivered, held_as, giver } = source;
  return newLot({
    lot: subject, substance, content, quantity_kind, origin, maker, tolerance, delivered, held_as, giver,
    custodian: act.issuer, custodians: [act.issuer], accounts: bare({ received: -quantity, held: quantity }),
    place: copy(source.place), parents: [source.lot], holds: copy(source.holds), doubts: copy(source.doubts),
    consignment: copy(source.consignment), gone: goneForGood(source), last: act.id, bound: act.boundOver(source.bound),
  });
}

/** A lot ends in others: what it held is transferred. */
function endInto(act, subject, how, names) {
  const lot = copy(act.read(subject));
  const held = account(lot, 'held');
  book(lot, { held: -held, transferred: held });
  leave(lot, Object.keys(lot.packages), how);
  lot.seals = [];
  follow(act, lot);
  end(lot, how, act, names);
  act.put(subject, lot);
}

function judgeMerge(act, subject) {
  const { event, issuer } = act;
  const names = event.lines.map((line) => line.lot);
  ask(!names.includes(event.lot), 'lot-cycle');
  ask(distinct(names), 'lot-twice');
  if (subject !== event.lot) {
    const line = event.lines[names.indexOf(subject)];
    const lot = act.read(subject);
    askAct(act, lot, line.prev);
    ask(line.quantity.kind === lot.quantity_kind, 'unit-kind', lot.quantity_kind);
    ask(line.quantity.amount === account(lot, 'held') + lot.taken, 'quantity-mismatch');
    findHolds(act, subject, lot, act.boundOver(lot.bound));
    findOffRoute(act, subject, lot, event.place);
    findSealsLeft(act, subject, lot);
    return endInto(act, subject, 'merged', [event.lot]);
  }
  ask(creatorOf(subject) === issuer, 'lot-name-foreign', issuer, creatorOf(subject));
  ask(!act.read(subject), 'lot-exists');
  const sources = names.map((name) => act.read(name));
  askSources(names, sources);
  const one = (pick) => new Set(sources.map(pick)).size === 1;
  ask(one((lot) => lot.substance), 'substance-mismatch');
  ask(one((lot) => lot.content), 'content-mismatch');
  ask(one((lot) => lot.quantity_kind), 'unit-kind');
  const quantity = sum(sources.map((lot) => account(lot, 'held')));
  ask(quantity <= GREATEST_AMOUNT, 'quantity-range', GREATEST_AMOUNT, quantity);
  ask(distinct(sources.flatMap((lot) => Object.keys(lot.packages))), 'serial-twice');
  const lot = mergedLot(act, subject, sources, quantity);
  Object.assign(lot, passedOn(sources, lot.packages));
  findReplaced(act, subject, sources, lot.consignment);
  return act.put(subject, lot);
}

/** Refuses a lot that comes out of one that is not there: a fault on that one. */
function askSources(names, sources) {
  sources.forEach((lot, at) => ask(lot, 'lot-unknown', '', '', names[at]));
}

/** Members that a lot made of several inherits. */
function inherited(sources) {
  const gathered = (member) => bare(Object.assign({}, ...sources.map((lot) => copy(lot[member]))));
  return { parents: sorted(sources.map((lot) => lot.lot)), holds: gathered('holds'), doubts: gathered('doubts') };
}

/** The least of several texts by bytes, but carriers first, then warehouses. */
function gatheredCapacity(sources) {
  const held = sources.map((lot) => lot.held_as);
  return ['carrier', 'warehouse'].find((name) => held.includes(name)) ?? sorted(held)[0];
}

function mergedLot(act, subject, sources, quantity) {
  const [first] = sources;
  const same = (member) => sources.every((lot) => canonicalJson(lot[member]) === canonicalJson(first[member]));
  return newLot({
    lot: subject, substance: first.substance, content: first.content, quantity_kind: first.quantity_kind,
    origin: 'merged', maker: same('maker') ? first.maker : '', custodian: act.issuer, custodians: [act.issuer],
    tolerance: Math.min(...sources.map((lot) => lot.tolerance)), ...inherited(sources),
    accounts: bare({ received: -quantity, held: quantity }),
        packages: bare(Object.assign({}, ...sources.map((lot) => lot.packages))),
    gone: bare(Object.assign({}, ...sources.map(goneForGood))), held_as: gatheredCapacity(sources),
    consignment: same('consignment') ? copy(first.consignment) : null, delivered: sources.every((lot) => lot.delivered),
    giver: sources.map((lot) => lot.giver).find((giver) => giver !== null) ?? null, place: placeOf(act.event.place),
    last: act.id, bound: act.boundOver(Math.max(...sources.map((lot) => lot.bound))),
  });
}

/** For each consignment that lots leave undelivered: replaced by who may, or rerouted. */
function findReplaced(act, subject, sources, kept) {
  const left = new Map();
  for (const { consignment, delivered } of sources) {
    if (consignment && !delivered && consignment.id !== kept?.id) left.set(consignment.id, consignment);
  }
  for (const consignment of left.values()) findNewConsignment(act, subject, consignment);
}

function findNewConsignment(act, subject, consignment) {
  const may = [consignment.by, consignment.importer].includes(act.issuer);
  act.find(may ? 'consignment-replaced' : 'consignment-rerouted', subject, consignment.id);
}

// --- Lots: use, loss, samples, corrections

/** Refuses a quantity of which the lot holds less, and serials that are not its own or that hold too little. */
function askPart(lot, { quantity, packages }, whole) {
  ask(quantity.kind === lot.quantity_kind, 'unit-kind', lot.quantity_kind);
  ask(whole > 0 && quantity.amount <= whole + lot.taken, 'quantity-not-held', whole + lot.taken, quantity.amount);
  const serials = listed(packages);
  ask(distinct(serials) && serials.every((serial) => has(lot.packages, serial)), 'package-unknown');
  const stated = whole + lot.taken;
  const left = stated - quantity.amount;
  const staying = Object.keys(lot.packages).filter((serial) => !serials.includes(serial));
  ask(left <= capacity(lot, staying, stated), 'packages-hold-less', left);
}

function judgeConsumption(act, subject) {
  const { event } = act;
  const before = act.read(subject);
  askAct(act, before, event.prev);
  const lot = copy(before);
  askPart(lot, event, account(lot, 'held'));
  const bound = act.boundOver(lot.bound);
  findHolds(act, subject, lot, bound);
  findLicence(act, subject, act.issuer, ['use', 'manufacture'], lot.substance, bound);
  findUsedBefore(act, subject, event.prev);
  findInKeeping(act, subject, before);
  consume(act, lot, event);
  if (!account(lot, 'held')) end(lot, 'consumed', act);
  act.put(subject, lot);
}

/** Goods are used up by whoever took them over to carry or to store. */
function findInKeeping(act, subject, lot) {
  if (!['carrier', 'warehouse'].includes(lot.held_as)) return;
  act.find('used-in-keeping', subject, 'held as consignee', `held as ${lot.held_as}`);
}

/** Something is said to be used up more than a day before what it follows. */
function findUsedBefore(act, subject, prev) {
  const [used, held] = [act.event, act.cited(prev).event].map((event) => parseInstant(event.occurred_at));
  if (used < held - DAY) act.find('used-before-held', subject, formatInstant(held), formatInstant(used));
}

function consume(act, lot, { quantity, packages }) {
  const used = Math.min(quantity.amount, account(lot, 'held'));
  book(lot, { held: -used, consumed: used });
  leave(lot, listed(packages), 'emptied');
  follow(act, lot);
}

function judgeLoss(act, subject) {
  const { event } = act;
  const before = act.read(subject);
  askAct(act, before, event.prev, { underOffer: true });
  const lot = copy(before);
  const { offer } = lot;
  const reported = event.reported_before?.amount ?? 0;
  const kindHolds = !event.reported_before || event.reported_before.kind === lot.quantity_kind;
  ask(kindHolds && reported === (offer?.lost ?? 0), 'loss-repeated', offer?.lost ?? 0, reported);
  const whole = present(lot);
  askPart({ ...lot, taken: offer ? offer.taken : lot.taken }, event, whole);
  findOffRoute(act, subject, lot, event.place, { incident: true });
  act.find(event.kind === 'stolen' ? 'theft-reported' : 'loss-reported', subject, '', event.kind);
  const lost = Math.min(event.quantity.amount, whole);
  book(lot, { lost, [offer ? 'in-transit' : 'held']: -lost });
  leave(lot, listed(event.packages), event.kind);
  lot.place = placeOf(event.place);
  if (offer) {
    offer.lost += lost;
  } else {
    follow(act, lot);
    if (!present(lot)) end(lot, 'lost', act);
  }
  act.put(subject, lot);
}

function judgeSampling(act, subject) {
  const { event } = act;
  const before = act.read(subject);
  askAct(act, before, event.prev);
  const lot = copy(before);
  ask(event.quantity.kind === lot.quantity_kind, 'unit-kind', lot.quantity_kind);
  ask(event.quantity.amount < account(lot, 'held'), 'sample-too-large', account(lot, 'held'), event.quantity.amount);
  findHolds(act, subject, lot, act.boundOver(lot.bound));
  findSealsLeft(act, subject, lot);
  book(lot, { held: -event.quantity.amount, sampled: event.quantity.amount });
  lot.seals = sortedSet(listed(event.seals));
  follow(act, lot);
  act.put(subject, lot);
}

function judgeCorrection(act, subject) {
  const { event } = act;
  const before = act.read(subject);
  askAct(act, before, event.prev);
  const lot = copy(before);
  const { was, becomes } = event;
  ask([was, becomes].every(({ kind }) => kind === lot.quantity_kind), 'unit-kind', lot.quantity_kind);
  ask(was.amount === account(lot, 'held') + lot.taken, 'quantity-mismatch', account(lot, 'held') + lot.taken,
      was.amount);
  ask(was.amount !== becomes.amount, 'correction-empty');
  const change = becomes.amount - was.amount;
  askCorrected(lot, change);
  if (lot.giver === null) {
    book(lot, { held: change, corrected: -change });
    act.find('quantity-corrected', subject, was.value, becomes.value);
  } else {
    for (const [id, entry] of Object.entries(lot.pending)) if (entry.kind === 'correction') delete lot.pending[id];
    lot.pending[act.id] = bare({ kind: 'correction', by: act.issuer, change, needs: lot.giver });
    act.find('correction-proposed', subject, was.value, becomes.value);
  }
  follow(act, lot);
  act.put(subject, lot);
}

function askCorrected(lot, change) {
  const after = account(lot, 'held') + change;
  ask(after > 0 && after <= GREATEST_AMOUNT, 'correction-overdrawn', '', after);
}

// --- Lots: transfer

const OFFER_DAYS = 180;

/** SHA-256 over the ids of an offer's lots. */
const lotsDigest = (lots) => hex(sha256(utf8(sortedSet(lots).join('\n'))));

function judgeHandOver(act, subject) {
  const { event, issuer, time } = act;
  const names = lotsOfLines(event);
  ask(distinct(names), 'lot-twice');
  const line = event.lines[names.indexOf(subject)];
  const before = act.read(subject);
  askAct(act, before, line.prev);
  const lot = copy(before);
  const receiver = act.read(event.to);
  ask(receiver, 'receiver-unknown', event.to);
  const own = act.read(issuer);
  ask(event.to !== issuer && !sameOrganisation(receiver.organisation, own?.organisation ?? ''), 'same-party');
  const deadline = parseInstant(event.deadline);
  ask(deadline > parseInstant(event.occurred_at), 'deadline-before-offer', event.occurred_at, event.deadline);
  const held = account(lot, 'held');
  ask(line.quantity.kind === lot.quantity_kind, 'unit-kind', lot.quantity_kind);
  ask(line.quantity.amount === held + lot.taken, 'quantity-mismatch', held + lot.taken, line.quantity.amount);
  const serials = listed(line.packages);
  if (serials.length) {
    const all = distinct(serials) && serials.length === Object.keys(lot.packages).length;
    ask(all && serials.every((serial) => has(lot.packages, serial)), 'package-unknown');
  }
  const latest = time + OFFER_DAYS * DAY;
  if (deadline > latest) act.find('deadline-far', subject, formatInstant(latest), event.deadline);
  const bound = act.boundOver(lot.bound);
  findHolds(act, subject, lot, bound);
  findOffRoute(act, subject, lot, event.place);
  if (line.seals) {
    const result = readSeals(lot, bound, line.seals);
    if (result) act.find(result, subject, lot.seals.join(', '), line.seals.join(', '));
    doubtSeals(act, lot, result, OBSERVER.CUSTODIAN);
  }
  findLicence(act, subject, event.to, CAPACITIES[event.receives_as], lot.substance, bound);
  lot.offer = bare({
    id: act.id, by: issuer, to: event.to, as: event.receives_as, deadline: Math.min(deadline, latest),
    quantity: held + lot.taken, lost: 0, taken: lot.taken, lots: lotsDigest(names),
  });
  book(lot, { held: -held, 'in-transit': held });
  lot.place = placeOf(event.place);
  follow(act, lot, { keepSealsBefore: true });
  act.put(subject, lot);
}

/** The amounts of a reply's line, of one kind, read less what authorities took where it is signed against the paper. */
function readLine(lot, line) {
  const { offer } = lot;
  const stated = ['accepted', 'refused', 'missing', 'over'].map((name) => line[name]);
  ask(stated.every((amount) => !amount || amount.kind === lot.quantity_kind), 'unit-kind', lot.quantity_kind);
  let [accepted, refused, missing, over] = stated.map((amount) => amount?.amount ?? 0);
  const there = offer.quantity - offer.taken;
  const total = BigInt(accepted) + BigInt(refused) + BigInt(missing) - BigInt(over);
  if (total !== BigInt(there)) {
    ask(offer.taken > 0 && total === BigInt(offer.quantity), 'reply-unbalanced', there, total);
    if (missing >= offer.taken) missing -= offer.taken;
    else if (accepted >= offer.taken) accepted -= offer.taken;
    else if (refused >= offer.taken) refused -= offer.taken;
    else refuse('reply-unbalanced', there, total);
  }
  return { accepted, refused, missing, over };
}

/** Accepts (also for a receiver that cannot sign) one line of an offer. */
function acceptLine(act, subject, receiver, line) {
  const { event } = act;
  const before = act.read(subject);
  const closed = askReply(act, before, receiver);
  if (closed) return acceptClosed(act, subject, line);
  const names = lotsOfLines(event);
  ask(distinct(names) && lotsDigest(names) === before.offer.lots, 'reply-lines-differ');
  const lot = copy(before);
  const { offer } = lot;
  const amounts = readLine(lot, line);
  const { accepted, refused, over } = amounts;
  const [serialsRefused, serialsMissing] = [listed(line.packages_refused), listed(line.packages_missing)];
  const serials = [...serialsRefused, ...serialsMissing];
  const known = serials.every((serial) => has(lot.packages, serial) || has(lot.gone, serial));
  ask(distinct(serials) && known, 'package-unknown');
  const inTransit = account(lot, 'in-transit');
  const own = Object.keys(lot.packages);
  if (own.length) {
    const room = capacity(lot, own.filter((serial) => !serials.includes(serial)), inTransit) + over;
    ask(accepted <= room, 'reply-contradicts-itself', room, accepted);
  }
  const rest = accepted && refused ? nextRest(subject, lot) : '';
  findOffRoute(act, subject, lot, event.place);
  const bound = act.boundOver(lot.bound);
  if (accepted) findHolds(act, subject, lot, bound);
  if (accepted) findMarked(act, subject, lot, own.filter((serial) => !serials.includes(serial)), bound);
  const unread = readOnReceipt(act, subject, lot, line, bound, receiver);
  findLicence(act, subject, receiver, CAPACITIES[offer.as], lot.substance, bound);
  settleReply(act, lot, receiver, { ...amounts, place: event.place, serialsMissing });
  const handedOn = copy(lot);
  if (unread && accepted) lot.doubts[act.id] = bare({ kind: 'seal-unread', by: receiver });
  if (!accepted) keepRefused(act, lot, inTransit, refused);
  else takeAccepted(act, lot, receiver, { accepted, refused, inTransit });
  if (rest) {
    const serialsOf = bare(Object.fromEntries(serialsRefused.filter((serial) => has(lot.packages, serial))
      .map((serial) => [serial, lot.packages[serial]])));
    leave(lot, serialsRefused, 'refused');
    lot.rests += 1;
    act.put(rest, restLot(act, rest, handedOn, {
      origin: 'refused', custodian: offer.by, quantity: refused, packages: serialsOf,
    }));
  }
  return act.put(subject, lot);
}

/** Packages accepted under a mark on the lot. */
function findMarked(act, subject, lot, serials, bound) {
  for (const [id, mark] of Object.entries(lot.watched ?? {})) {
    const marked = serials.filter((serial) => mark.serials.includes(serial));
    const known = bound >= mark.marked_at;
    if (marked.length) {
      act.find(known ? 'watch-list-hit' : 'accepted-before-mark-was-known', subject, id, marked.join(', '));
    }
  }
}

/** Seals on receipt: what was read, or that nothing was. Gives whether silence leaves a doubt. */
function readOnReceipt(act, subject, lot, line, bound, receiver) {
  if (line.seals_found) {
    const result = readSeals(lot, bound, line.seals_found);
    if (result) act.find(result, subject, lot.seals.join(', '), line.seals_found.join(', '));
    doubtSeals(act, lot, result, OBSERVER.RECEIVER, receiver);
    return false;
  }
  const sealed = sealSets(lot, bound).every((fitted) => fitted.length);
  if (sealed) act.find('seal-not-checked', subject, lot.seals.join(', '));
  return sealed;
}

/** What acceptance and refusal leave alike: no offer, the place, packages missing, the difference. */
function settleReply(act, lot, receiver, { accepted, refused, place, serialsMissing }) {
  const { offer } = lot;
  const difference = account(lot, 'in-transit') - accepted - refused;
  lot.offer = null;
  lot.place = placeOf(place);
  leave(lot, serialsMissing, 'missing');
  if (!difference) return;
  const within = BigInt(Math.abs(difference)) * 1_000_000n <= BigInt(lot.tolerance) * BigInt(offer.quantity);
  lot.differences[act.id] = bare({
    amount: difference, offeror: offer.by, receiver, status: within ? 'within' : 'open', answer: '',
  });
}

/** Nothing was accepted: what is refused is held by the offeror again. */
function keepRefused(act, lot, inTransit, refused) {
  const difference = inTransit - refused;
  book(lot, { 'in-transit': -inTransit, held: refused, discrepancy: difference });
  follow(act, lot);
  if (!refused) end(lot, difference ? 'missing' : 'lost', act);
}

function takeAccepted(act, lot, receiver, { accepted, refused, inTransit }) {
  const offeror = lot.custodian;
  const { as } = act.read(lot.lot).offer;
  book(lot, {
    'in-transit': -inTransit, held: accepted, transferred: refused, discrepancy: inTransit - accepted - refused,
  });
  Object.assign(lot, { custodian: receiver, giver: offeror, held_as: as });
  lot.custodians = sortedSet([...lot.custodians, receiver]);
  if (lot.consignment?.final.includes(receiver)) lot.delivered = true;
  follow(act, lot);
}

/** A rest lot: a part of a lot that stays where it was, or that an authority takes. */
function restLot(act, name, lot, { origin, custodian, quantity, packages, ...more }) {
  const counter = origin === 'seized' ? 'seized' : 'received';
  const { substance, content, quantity_kind, maker, tolerance, delivered, held_as, giver } = lot;
  return newLot({
    lot: name, substance, content, quantity_kind, origin, maker, tolerance, delivered, held_as, giver, custodian,
    custodians: [custodian], accounts: bare({ [counter]: -quantity, held: quantity }), packages, parents: [lot.lot],
    place: copy(lot.place), holds: copy(lot.holds), doubts: copy(lot.doubts), consignment: copy(lot.consignment),
    gone: goneForGood(lot), last: act.id, bound: act.boundOver(lot.bound), ...passedOn([lot], packages), ...more,
  });
}

/** An acceptance of an offer that was closed: after a withdrawal it opens a dispute. */
function acceptClosed(act, subject, line) {
  const lot = copy(act.read(subject));
  const closed = lot.withdrawn[act.event.answers];
  closed.answered = true;
  if (closed.how === 'withdrawal' && line.accepted) {
    lot.conflicts[act.id] = bare({
      kind: 'late-acceptance', logged: closed.by, other: act.id, status: 'open', resolved_by: '', opened_at: act.time,
    });
    act.find('accepted-after-withdrawal', subject, '', closed.by);
  }
  act.put(subject, lot);
}

const lineOfLot = (event, subject) => event.lines.find((line) => line.lot === subject);

function judgeAcceptance(act, subject) {
  return acceptLine(act, subject, act.issuer, lineOfLot(act.event, subject));
}

function judgeWitnessedAcceptance(act, subject) {
  const { receiver } = act.event;
  act.askAuthority([countryOf(receiver)]);
  acceptLine(act, subject, receiver, lineOfLot(act.event, subject));
  act.find('accepted-by-authority', subject, receiver, act.issuer);
}

function judgeRefusal(act, subject) {
  const { event, issuer } = act;
  const before = act.read(subject);
  const closed = askReply(act, before, issuer);
  const lot = copy(before);
  if (closed) {
    lot.withdrawn[event.answers].answered = true;
    return act.put(subject, lot);
  }
  const names = lotsOfLines(event);
  ask(distinct(names) && lotsDigest(names) === lot.offer.lots, 'reply-lines-differ');
  const line = lineOfLot(event, subject);
  const { refused } = readLine(lot, line);
  const serialsMissing = listed(line.packages_missing);
  const known = serialsMissing.every((serial) => has(lot.packages, serial) || has(lot.gone, serial));
  ask(distinct(serialsMissing) && known, 'package-unknown');
  findOffRoute(act, subject, lot, event.place);
  readOnReceipt(act, subject, lot, line, act.boundOver(lot.bound), issuer);
  const inTransit = account(lot, 'in-transit');
  settleReply(act, lot, issuer, { accepted: 0, refused, place: event.place, serialsMissing });
  keepRefused(act, lot, inTransit, refused);
  return act.put(subject, lot);
}

function judgeWithdrawal(act, subject) {
  const { withdraws } = act.event;
  const before = act.read(subject);
  ask(before, 'lot-unknown');
  if (before.offer?.id !== withdraws) {
    const known = has(before.withdrawn, withdraws) || act.cited(withdraws);
    refuse(known ? 'offer-closed' : 'offer-unknown', before.offer?.id, withdraws);
  }
  ask(before.offer.by === act.issuer, 'not-custodian', before.offer.by, act.issuer);
  ask(act.time > before.offer.deadline, 'deadline-not-past', formatInstant(before.offer.deadline),
      formatInstant(act.time));
  const lot = copy(before);
  closeOffer(act, lot, 'withdrawal');
  follow(act, lot);
  if (!present(lot)) end(lot, 'lost', act);
  act.put(subject, lot);
}

/** Ends an open offer without a transfer: what was in transit is held again. */
function closeOffer(act, lot, how) {
  if (!lot.offer) return;
  const inTransit = account(lot, 'in-transit');
  lot.withdrawn[lot.offer.id] = bare({ to: lot.offer.to, answered: false, how, by: act.id });
  book(lot, { 'in-transit': -inTransit, held: inTransit });
  lot.offer = null;
}

function judgeDiscrepancyAnswer(act, subject) {
  const { reply } = act.event;
  const before = act.read(subject);
  ask(before, 'lot-unknown');
  if (!has(before.differences, reply)) refuse(act.cited(reply) ? 'difference-none' : 'difference-unknown', '', reply);
  const lot = copy(before);
  const difference = lot.differences[reply];
  const country = act.country();
  const concerned = [difference.offeror, difference.receiver].includes(act.issuer);
  if (!concerned) {
    ask(country, 'not-concerned', `${difference.offeror}, ${difference.receiver}`, act.issuer);
    ask(competent(lot).includes(country), 'authority-scope', competent(lot).join(', '), country);
  }
  countReport(act, lot, lot.custodian === act.issuer ? OBSERVER.CUSTODIAN : OBSERVER.PAST);
  const closes = Boolean(country) && difference.offeror !== act.issuer;
  const changes = closes ? difference.status !== 'closed' : ['open', 'answered'].includes(difference.status);
  if (changes) Object.assign(difference, { status: closes ? 'closed' : 'answered', answer: act.id });
  act.put(subject, lot);
}

// --- Lots: consignments, places, seals

// Member states of the European Union, one customs territory.
const UNION = new Set(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '),
);

/** The customs territory of a place. */
const territoryOf = (code) => (UNION.has(code.slice(0, 2)) ? 'EU' : code.slice(0, 2));

/** The States in which a route begins and ends. */
const endsOf = (route) => bare({ begins: stateOf(route[0].slice(0, 2)), ends: stateOf(route.at(-1).slice(0, 2)) });

/** The States in which every route of a lot so far begins and ends; empty where they differ. */
const waysOf = (lot) => (lot.consignment ? lot.ways ?? endsOf(lot.consignment.route) : null);

function judgeConsignment(act, subject) {
  const { event, issuer } = act;
  const { importer, route } = event;
  const final = sortedSet(event.final);
  if (subject === event.consignment) {
    ask(creatorOf(subject) === issuer, 'consignment-name-foreign', issuer, creatorOf(subject));
    ask(!act.read(subject), 'consignment-exists');
    ask(distinct(event.lots), 'lot-twice');
    const { exporter, mode } = event;
    for (const code of route) {
      if (mode === 'sea' && has(AIRPORTS, code)) act.find('route-code-airport', subject, AIRPORTS[code], code);
    }
    return act.put(subject, bare({
      kind: 'consignment', consignment: subject, exporter, importer, final, route: [...route],
      lots: sortedSet(event.lots), mode, by: issuer, status: 'declared',
    }));
  }
  const before = act.read(subject);
  ask(before, 'lot-unknown');
  ask(!before.ended, 'lot-ended');
  ask(before.custodian === issuer, 'not-custodian', before.custodian, issuer);
  const lot = copy(before);
  if (lot.consignment && !lot.delivered) findNewConsignment(act, subject, lot.consignment);
  if (!routeHolds(route, lot.place.code)) act.find('route-starts-elsewhere', subject, route.join(', '), lot.place.code);
  const [earlier, now] = [waysOf(lot), endsOf(route)];
  if (earlier && (lot.ways || earlier.begins !== now.begins || earlier.ends !== now.ends)) {
    lot.ways = bare({
      begins: earlier.begins === now.begins ? now.begins : '', ends: earlier.ends === now.ends ? now.ends : '',
    });
  }
  lot.consignment = bare({ id: event.consignment, by: issuer, importer, final, route: [...route] });
  if (territoryOf(lot.place.code) !== territoryOf(route[0])) lot.consignment.from = lot.place.code;
  lot.delivered = false;
  return act.put(subject, lot);
}

/** What an observer finds that contradicts the ledger weighs in full only from who has the goods. */
const observed = (capacityOf, code) => (capacityOf === OBSERVER.PAST ? 'past-custodian-report' : code);

function judgeArrival(act, subject) {
  const { event } = act;
  ask(distinct(event.lots), 'lot-twice');
  const before = act.read(subject);
  const capacityOf = askObserver(act, before);
  const lot = copy(before);
  countReport(act, lot, capacityOf);
  findOffRoute(act, subject, lot, event.place, { as: observed(capacityOf, 'off-route') });
  if (lot.ended && capacityOf === OBSERVER.AUTHORITY) act.find('seen-after-end', subject, lot.ended.how);
  observePlace(act, lot, event.place, capacityOf);
  act.put(subject, lot);
}

function judgeSealApplied(act, subject) {
  const { event } = act;
  ask(distinct(lotsOfLines(event)), 'lot-twice');
  const line = lineOfLot(event, subject);
  const before = act.read(subject);
  askAct(act, before, line.prev);
  const lot = copy(before);
  ask(distinct([...lot.seals, ...line.seals]), 'seal-fitted', lot.seals.join(', '), line.seals.join(', '));
  findHolds(act, subject, lot, act.boundOver(lot.bound));
  findOffRoute(act, subject, lot, event.place);
  lot.seals = sorted([...lot.seals, ...line.seals]);
  lot.place = placeOf(event.place);
  follow(act, lot);
  act.put(subject, lot);
}

function judgeSealChecked(act, subject) {
  const { event } = act;
  ask(distinct(lotsOfLines(event)), 'lot-twice');
  const line = lineOfLot(event, subject);
  const before = act.read(subject);
  const capacityOf = askObserver(act, before);
  const lot = copy(before);
  countReport(act, lot, capacityOf);
  const result = readSeals(lot, act.boundOver(), line.seals_found);
  if (result) act.find(observed(capacityOf, result), subject, lot.seals.join(', '), line.seals_found.join(', '));
  if (capacityOf !== OBSERVER.PAST) doubtSeals(act, lot, result, capacityOf);
  findOffRoute(act, subject, lot, event.place, { as: observed(capacityOf, 'off-route') });
  if (lot.ended && capacityOf === OBSERVER.AUTHORITY) act.find('seen-after-end', subject, lot.ended.how);
  observePlace(act, lot, event.place, capacityOf);
  act.put(subject, lot);
}

/** Numbers said to have been on a lot, some of them not: a slip for others that are there, or other seals. */
function compareTaken(taken, fitted) {
  const strange = unique(taken).filter((seal) => !fitted.includes(seal));
  if (!strange.length) return '';
  const left = fitted.filter((seal) => !taken.includes(seal));
  return strange.every((seal) => left.some((other) => reads(seal, other))) ? 'seal-misread' : 'seal-changed';
}

function judgeSealBroken(act, subject) {
  const { event } = act;
  const before = act.read(subject);
  askAct(act, before, event.prev, { underOffer: true });
  const lot = copy(before);
  const fitted = listed(event.replaced_by);
  ask(distinct(fitted) && !fitted.some((seal) => event.seals.includes(seal) || lot.seals.includes(seal)),
      'seal-fitted');
  const bound = act.boundOver(lot.bound);
  findHolds(act, subject, lot, bound);
  findOffRoute(act, subject, lot, event.place, { incident: true });
  const known = sealSets(lot, bound).flat();
  const result = compareTaken(event.seals, unique(known));
  if (result) act.find(result, subject, lot.seals.join(', '), event.seals.join(', '));
  const onTheWay = (lot.consignment && !lot.delivered) || lot.offer || ['carrier', 'warehouse'].includes(lot.held_as);
  if (event.reason !== 'opened' || onTheWay) {
    act.find(event.report === undefined ? 'seal-broken-unreported' : 'seal-broken-reported', subject, '', event.reason);
  }
  lot.seals = sorted([...lot.seals.filter((seal) => !event.seals.includes(seal)), ...fitted]);
  lot.place = placeOf(event.place);
  if (!lot.offer) follow(act, lot);
  act.put(subject, lot);
}

function judgeInspection(act, subject) {
  const { event } = act;
  ask(distinct(lotsOfLines(event)), 'lot-twice');
  const line = lineOfLot(event, subject);
  const before = act.read(subject);
  ask(before, 'lot-unknown');
  act.askAuthority(competent(before));
  ask(act.country() === event.place.code.slice(0, 2), 'authority-scope', act.country(), event.place.code);
  const lot = copy(before);
  const [cut, fitted, found] = [listed(line.seals_cut), listed(line.seals_fitted), line.seals_found];
  ask(!found || cut.every((seal) => found.includes(seal)), 'inspection-contradicts-itself');
  const on = found ?? lot.seals;
  ask(distinct(fitted) && !fitted.some((seal) => on.includes(seal) || cut.includes(seal)), 'seal-fitted');
  const sample = line.sample?.amount ?? 0;
  ask(!line.sample || line.sample.kind === lot.quantity_kind, 'unit-kind', lot.quantity_kind);
  ask(!sample || (!lot.ended && sample < present(lot)), 'sample-too-large', present(lot), sample);
  const bound = act.boundOver();
  const result = found ? readSeals(lot, bound, found) : compareTaken(cut, unique(sealSets(lot, bound).flat()));
  if (result) act.find(result, subject, lot.seals.join(', '), (found ?? cut).join(', '));
  findOffRoute(act, subject, lot, event.place);
  if (line.result === 'irregular') act.find('inspection-irregular', subject);
  if (line.result === 'refused') act.find('inspection-refused', subject);
  if (lot.ended) act.find('seen-after-end', subject, lot.ended.how);
  inspect(act, lot, { line, result, sample, cut, fitted, on });
  act.put(subject, lot);
}

function inspect(act, lot, { line, result, sample, cut, fitted, on }) {
  const seals = sortedSet([...on.filter((seal) => !cut.includes(seal)), ...fitted]);
  if (lot.seals_before === null && canonicalJson(seals) !== canonicalJson(lot.seals)) {
    lot.seals_before = bare({ seals: lot.seals, changed_at: act.time });
  }
  lot.seals = seals;
  if (line.result === 'in-order') lot.doubts = bare();
  else lot.doubts[act.id] = bare({ kind: 'inspection', by: act.issuer });
  if (line.seals_found) doubtSeals(act, lot, result, OBSERVER.AUTHORITY);
  if (sample && lot.offer) {
    book(lot, { sampled: sample, 'in-transit': -sample });
    lot.offer.taken += sample;
  } else if (sample) {
    book(lot, { sampled: sample, held: -sample });
    lot.taken += sample;
  }
  if (!lot.ended) lot.place = placeOf(act.event.place);
}

// --- Lots: what scales, counts and passers-by say

/** Books what was measured against what the ledger has; gives whether it differs beyond the tolerance. */
function measure(act, lot, measured, capacityOf) {
  const whole = present(lot);
  let difference = whole - measured;
  if (difference < 0) difference = Math.min(0, difference + (lot.offer ? lot.offer.taken : lot.taken));
  if (!difference || lot.ended) return false;
  const beyond = BigInt(Math.abs(difference)) * 1_000_000n > BigInt(lot.tolerance) * BigInt(whole);
  if ([OBSERVER.CUSTODIAN, OBSERVER.AUTHORITY].includes(capacityOf)) {
    lot.differences[act.id] = bare({
      amount: difference, offeror: lot.custodian, receiver: act.issuer, status: beyond ? 'open' : 'within', answer: '',
    });
  }
  return beyond;
}

function judgeWeighing(act, subject) {
  const { event } = act;
  ask(distinct(lotsOfLines(event)), 'lot-twice');
  const line = lineOfLot(event, subject);
  const before = act.read(subject);
  const capacityOf = askObserver(act, before);
  const lot = copy(before);
  const amounts = [line.gross, line.tare, line.net].filter(Boolean);
  ask([lot.quantity_kind, ...amounts.map(({ kind }) => kind)].every((kind) => kind === 'mass'), 'unit-kind', 'mass');
  ask(line.gross.amount - (line.tare?.amount ?? 0) === line.net.amount, 'weighing-contradicts-itself');
  countReport(act, lot, capacityOf);
  const differs = measure(act, lot, line.net.amount, capacityOf);
  if (differs) act.find(observed(capacityOf, 'mass-differs'), subject, present(lot), line.net.amount);
  findOffRoute(act, subject, lot, event.place, { as: observed(capacityOf, 'off-route') });
  if (lot.ended && capacityOf === OBSERVER.AUTHORITY) act.find('seen-after-end', subject, lot.ended.how);
  observePlace(act, lot, event.place, capacityOf);
  act.put(subject, lot);
}

function judgeStockCount(act, subject) {
  const { event } = act;
  ask(distinct(lotsOfLines(event)), 'lot-twice');
  const line = lineOfLot(event, subject);
  const before = act.read(subject);
  ask(before, 'lot-unknown');
  const country = act.country();
  const custodian = before.custodian === act.issuer;
  if (!custodian) {
    ask(country, 'not-custodian', before.custodian, act.issuer);
    ask(competent(before).includes(country), 'authority-scope', competent(before).join(', '), country);
  }
  const capacityOf = custodian ? OBSERVER.CUSTODIAN : OBSERVER.AUTHORITY;
  const lot = copy(before);
  const { delivered, used, lost } = line.reconciliation ?? {};
  const amounts = [line.counted, delivered, used, lost].filter(Boolean);
  ask(amounts.every(({ kind }) => kind === lot.quantity_kind), 'unit-kind', lot.quantity_kind);
  const serials = listed(line.packages);
  const known = serials.every((serial) => has(lot.packages, serial) || has(lot.gone, serial));
  ask(distinct(serials) && known, 'package-unknown');
  const [counted, usedAmount, lostAmount] = [line.counted, used, lost].map((part) => part?.amount ?? 0);
  if (delivered) {
    const total = BigInt(usedAmount) + BigInt(counted) + BigInt(lostAmount);
    ask(total === BigInt(delivered.amount), 'reconciliation-unbalanced', delivered.amount, total);
    const ledgerUse = account(lot, 'consumed') + account(lot, 'sampled');
    const ledgerLoss = account(lot, 'lost') + account(lot, 'destroyed');
    if (usedAmount !== ledgerUse) act.find('use-differs', subject, `use ${ledgerUse}`, usedAmount);
    if (lostAmount !== ledgerLoss) act.find('use-differs', subject, `loss ${ledgerLoss}`, lostAmount);
  }
  if (measure(act, lot, counted, capacityOf)) act.find('stock-differs', subject, present(lot), counted);
  findOffRoute(act, subject, lot, event.place);
  if (lot.ended && !custodian && counted) act.find('seen-after-end', subject, lot.ended.how);
  observePlace(act, lot, event.place, capacityOf);
  act.put(subject, lot);
}

const USED_UP = new Set(['consumed', 'destroyed', 'transformed']);

function judgeSighting(act, subject) {
  const { event } = act;
  const { serial } = event;
  const before = act.read(subject);
  const capacityOf = askObserver(act, before);
  const lot = copy(before);
  countReport(act, lot, capacityOf);
  const gone = serial === undefined ? undefined : lot.gone[serial];
  const hadPackages = Object.keys(lot.packages).length + Object.keys(lot.gone).length > 0;
  const found = (code) => act.find(observed(capacityOf, code), subject, lot.ended?.how ?? '', serial ?? '');
  const lost = GONE_AGAINST_WILL.has(gone) || ['lost', 'missing'].includes(lot.ended?.how);
  if (serial !== undefined && hadPackages && gone === undefined && !has(lot.packages, serial)) {
    found('sighted-serial-strange');
  }
  if (lost) {
    found('lost-goods-sighted');
  } else if (['emptied', 'destroyed-witnessed'].includes(gone) || USED_UP.has(lot.ended?.how)) {
    found(event.content === 'empty' ? 'empty-package-sighted' : 'sighted-after-end');
  }
  if (!GONE_AGAINST_WILL.has(gone)) marksOn(lot, serial).forEach(() => found('watched-package-sighted'));
  findOffRoute(act, subject, lot, event.place, { as: observed(capacityOf, 'off-route') });
  if (lot.ended && capacityOf === OBSERVER.AUTHORITY) act.find('seen-after-end', subject, lot.ended.how);
  if (serial === undefined) observePlace(act, lot, event.place, capacityOf);
  act.put(subject, lot);
}

// --- Lots: acts of authorities

function judgeHold(act, subject) {
  const { event } = act;
  ask(distinct(event.lots), 'lot-twice');
  const before = act.read(subject);
  ask(before, 'lot-unknown');
  act.askAuthority(competent(before));
  const lot = copy(before);
  if (lot.ended) act.find('hold-on-ended-lot', subject, lot.ended.how, lot.ended.into.join(', '));
  lot.holds[act.id] = bare({ by: act.issuer, reason: event.reason, placed_at: act.time });
  act.put(subject, lot);
}

function judgeRelease(act, subject) {
  const { event } = act;
  ask(distinct(event.lots), 'lot-twice');
  const before = act.read(subject);
  ask(before, 'lot-unknown');
  if (!has(before.holds, event.hold)) {
    refuse(act.cited(event.hold) ? 'hold-not-standing' : 'hold-unknown', '', event.hold);
  }
  ask(before.holds[event.hold].by === act.issuer, 'hold-not-yours', before.holds[event.hold].by, act.issuer);
  const lot = copy(before);
  delete lot.holds[event.hold];
  act.put(subject, lot);
}

const placeCountry = (lot) => lot.place.code.slice(0, 2);

function judgeSeizure(act, subject) {
  const { event } = act;
  const before = act.read(subject);
  ask(before, 'lot-unknown');
  act.askAuthority([placeCountry(before)]);
  ask(event.place.code.slice(0, 2) === placeCountry(before), 'authority-scope', placeCountry(before), event.place.code);
  ask(!before.ended, 'lot-ended');
  const lot = copy(before);
  const packages = listed(event.packages);
  if (event.quantity) {
    askPart({ ...lot, taken: lot.offer ? lot.offer.taken : lot.taken }, event, present(lot));
    ask(!packages.length || event.quantity.amount <= capacity(lot, packages, present(lot)),
        'packages-seized-hold-less');
    nextRest(subject, lot);
  }
  lot.pending[act.id] = bare({
    kind: 'seizure', by: act.issuer, key: act.key, at: act.time, amount: event.quantity?.amount ?? null,
    packages: sorted(packages), place: placeOf(event.place),
  });
  act.put(subject, lot);
}

function judgeCustodyOrder(act, subject) {
  const { custodian } = act.event;
  const before = act.read(subject);
  ask(before, 'lot-unknown');
  act.askAuthority([placeCountry(before)]);
  ask(!before.ended, 'lot-ended');
  ask(act.read(custodian), 'custodian-unknown', custodian);
  ask(before.custodian !== custodian, 'custodian-already');
  const lot = copy(before);
  lot.pending[act.id] = bare({ kind: 'custody-order', by: act.issuer, key: act.key, at: act.time, custodian });
  act.put(subject, lot);
}

function judgeDestruction(act, subject) {
  const { event } = act;
  const before = act.read(subject);
  askAct(act, before, event.prev);
  const witness = act.read(event.witness);
  ask(witness, 'witness-unknown', event.witness);
  const own = act.read(act.issuer);
  ask(event.witness !== act.issuer && !sameOrganisation(witness.organisation, own?.organisation ?? ''), 'witness-own');
  const lot = copy(before);
  askPart(lot, event, account(lot, 'held'));
  findOffRoute(act, subject, lot, event.place);
  lot.pending[act.id] = bare({
    kind: 'destruction', by: act.issuer, last: event.prev, amount: event.quantity.amount,
    packages: sorted(listed(event.packages)), needs: event.witness,
  });
  act.put(subject, lot);
}

function judgeResolution(act, subject) {
  const { event } = act;
  const before = act.read(subject);
  ask(before, 'lot-unknown');
  act.askAuthority([placeCountry(before)]);
  const dispute = has(before.conflicts, event.conflict) ? before.conflicts[event.conflict] : null;
  ask(dispute, 'conflict-unknown', '', event.conflict);
  ask(dispute.status === 'open', 'conflict-already-resolved', '', dispute.resolved_by);
  ask((event.decision === 'custody') === (event.custodian !== undefined), 'resolution-custodian');
  ask(act.read(act.key).enrolled_at <= dispute.opened_at, 'threshold');
  if (event.decision === 'custody') {
    ask(!before.ended, 'lot-ended');
    ask(act.read(event.custodian), 'custodian-unknown', event.custodian);
  }
  const lot = copy(before);
  lot.pending[act.id] = bare({
    kind: 'resolution', by: act.issuer, key: act.key, conflict: event.conflict, custodian: event.custodian ?? null,
  });
  act.put(subject, lot);
}

function judgeSettlement(act, subject) {
  const { event } = act;
  const before = act.read(subject);
  ask(before, 'lot-unknown');
  const breach = act.cited(event.statement);
  ask(breach, 'breach-unknown', '', event.statement);
  ask(touches(breach.event, subject), 'breach-elsewhere', subject);
  askSettler(act, before, breach);
  const lot = copy(before);
  lot.settled ??= bare();
  lot.settled[event.statement] ??= bare();
  ask(!has(lot.settled[event.statement], event.code), 'settled-already');
  lot.settled[event.statement][event.code] = act.id;
  act.find('breach-settled', subject, event.code, event.statement);
  act.put(subject, lot);
}

/** Refuses who may not settle: of a licence its authority; of a rule who made it, or for whom it was made. */
function askSettler(act, lot, breach) {
  const [jurisdiction] = act.event.code.split('-');
  if (jurisdiction === 'licence' || act.event.code === 'used-in-keeping') {
    return act.askAuthorityOver(breach.event.type === 'hand-over/1' ? breach.event.to : breach.issuer);
  }
  if (jurisdiction === 'un') return act.askAuthority(boundByConvention(lot, act.event.code));
  if (jurisdiction === 'border') return act.askAuthority(competent(lot));
  return act.askAuthority(jurisdiction === 'eu' ? [...UNION] : [jurisdiction.toUpperCase()]);
}

const ANYWHERE = ['un-01-', 'un-02-', 'un-12-', 'un-adopted-late'];

/** The States that owed what a rule of the Convention asks: where each route of the lot begins, of a reply where it ends. */
function boundByConvention(lot, code) {
  if (!lot.consignment || ANYWHERE.some((id) => code.startsWith(id))) return competent(lot);
  const { begins, ends } = waysOf(lot);
  return [code === 'un-incb-reply' ? ends : begins];
}

/** Whether a subject is one of those that an event changes or brings forth. */
function touches(event, subject) {
  const touched = [...subjectsOf(event), ...createsOf(event)];
  return touched.includes(subject);
}

// --- Endorsements

function judgeEndorsement(act, subject) {
  if (subject === 'charter') return endorseCharter(act);
  if (kindOf(subject) === 'key') return endorseKey(act, subject);
  const before = act.read(subject);
  const entry = before?.kind === 'lot' && has(before.pending, act.event.endorses) ? before.pending[act.event.endorses]
      : null;
  ask(entry, 'proposal-unknown', '', act.event.endorses);
  const lot = copy(before);
  delete lot.pending[act.event.endorses];
  ENDORSED[entry.kind](act, subject, lot, entry);
  return act.put(subject, lot);
}

function endorseCharter(act) {
  const { endorses } = act.event;
  const charter = copy(act.read('charter'));
  ask(Object.values(charter.roots).includes(act.issuer), 'not-founding-authority');
  const own = endorses === act.charter;
  const lists = charter.log_keys?.pending ?? {};
  const entry = own ? charter : (charter.pending[endorses] ?? lists[endorses]);
  ask(entry, 'proposal-unknown', '', endorses);
  ask(!entry.endorsed.includes(act.issuer), 'endorsed-twice');
  entry.endorsed = sortedSet([...entry.endorsed, act.issuer]);
  if (has(charter.pending, endorses)) seatAuthority(charter, endorses);
  else if (has(lists, endorses)) listLogKeys(act, charter, endorses);
  act.put('charter', charter);
}

function endorseKey(act, subject) {
  const before = act.read(subject);
  ask(before, 'key-unknown');
  ask(subject !== act.key, 'key-self-endorsement');
  askKeyHolder(act, before.party);
  const key = copy(before);
  key.endorsed = sortedSet([...key.endorsed, act.event.endorses]);
  act.put(subject, key);
}

/** What the second signature behind a proposal on a lot does, by the proposal's kind. */
const ENDORSED = {
  correction(act, subject, lot, entry) {
    ask(act.issuer === entry.needs, 'not-counterpart', entry.needs, act.issuer);
    ask(!lot.ended, 'lot-ended');
    ask(lot.custodian === entry.by, 'correction-moot', entry.by, lot.custodian);
    ask(!lot.offer, 'offer-open');
    askCorrected(lot, entry.change);
    book(lot, { held: entry.change, corrected: -entry.change });
    act.find('quantity-corrected', subject, '', entry.change);
  },
  resolution(act, subject, lot, entry) {
    if (act.issuer !== entry.by) {
      const country = act.country();
      refuse(country && country !== placeCountry(lot) ? 'authority-scope' : 'not-authority', entry.by, act.issuer);
    }
    const dispute = lot.conflicts[entry.conflict];
    ask(act.key !== entry.key && act.read(act.key).enrolled_at <= dispute.opened_at, 'threshold');
    ask(entry.custodian === null || !lot.ended, 'lot-ended');
    Object.assign(dispute, { status: 'resolved', resolved_by: act.event.endorses });
    for (const [id, other] of Object.entries(lot.pending)) {
      if (other.kind === 'resolution' && other.conflict === entry.conflict) delete lot.pending[id];
    }
    if (entry.custodian !== null) orderCustody(act, lot, entry.custodian);
  },
  destruction(act, subject, lot, entry) {
    ask(act.issuer === entry.needs, 'not-witness', entry.needs, act.issuer);
    const held = account(lot, 'held');
    const there = entry.packages.every((serial) => has(lot.packages, serial));
    ask(!lot.ended && lot.last === entry.last && held > 0 && there, 'proposal-moot');
    findHolds(act, subject, lot, act.boundOver(lot.bound));
    const destroyed = Math.min(entry.amount, held);
    book(lot, { held: -destroyed, destroyed });
    leave(lot, entry.packages, 'destroyed-witnessed');
    follow(act, lot);
    if (!account(lot, 'held')) end(lot, 'destroyed', act);
    act.find('destroyed', subject, '', destroyed);
  },
  'custody-order'(act, subject, lot, entry) {
    askSecondOfficer(act, entry);
    ask(!lot.ended, 'proposal-moot');
    orderCustody(act, lot, entry.custodian);
    act.find('custody-ordered', subject, '', entry.custodian);
  },
  seizure(act, subject, lot, entry) {
    askSecondOfficer(act, entry);
    ask(!lot.ended, 'proposal-moot');
    const whole = entry.amount === null || entry.amount >= present(lot);
    if (!whole) {
      const there = entry.packages.every((serial) => has(lot.packages, serial));
      ask(there && suffixesOf(subject) < 8 && lot.rests < 9999, 'proposal-moot');
    }
    closeOffer(act, lot, 'order');
    act.find('seized', subject, '', entry.amount ?? account(lot, 'held'));
    if (!whole) return seizePart(act, subject, lot, entry);
    passCustody(lot, act.issuer);
    Object.assign(lot, { held_as: 'seized', place: copy(entry.place) });
    return follow(act, lot);
  },
  transformation(act, subject, lot, entry) {
    ask(act.issuer === entry.by && act.key !== entry.key, 'second-signer');
  },
};

/** Two officers of one authority, each with a key that it had before the proposal. */
function askSecondOfficer(act, entry) {
  ask(act.issuer === entry.by && act.key !== entry.key && act.read(act.key).enrolled_at <= entry.at, 'threshold');
}

function passCustody(lot, custodian) {
  Object.assign(lot, { giver: lot.custodian, custodian, held_as: '' });
  lot.custodians = sortedSet([...lot.custodians, custodian]);
}

function orderCustody(act, lot, custodian) {
  closeOffer(act, lot, 'order');
  if (lot.custodian !== custodian) passCustody(lot, custodian);
  follow(act, lot);
}

function seizePart(act, subject, lot, entry) {
  const before = copy(lot);
  const rest = nextRest(subject, lot);
  const packages = bare(Object.fromEntries(entry.packages.map((serial) => [serial, lot.packages[serial]])));
  book(lot, { held: -entry.amount, seized: entry.amount });
  lot.taken += entry.amount;
  leave(lot, entry.packages, 'seized');
  lot.rests += 1;
  act.put(rest, restLot(act, rest, before, {
    origin: 'seized', custodian: act.issuer, quantity: entry.amount, packages, held_as: 'seized',
    giver: before.custodian, place: copy(entry.place), consignment: null, delivered: false,
  }));
}

// --- Disputes

const DISPUTES = 16;

/** Which statement an act names as `prev` of a lot, or undefined. */
function prevOf(event, lot) {
  if (event.lot === lot && event.prev !== undefined) return event.prev;
  const line = [...(event.lines ?? []), ...(event.inputs ?? [])].find((one) => one.lot === lot);
  return line?.prev;
}

/** Whether an event brings forth the lot's name: a registration, a part of a split, what lots are merged into. */
function bringsForth(event, lot) {
  if (['registration/1', 'merge/1'].includes(event.type)) return event.lot === lot;
  return createsOf(event).includes(lot);
}

const withoutSeen = (event) => {
  const { seen, ...rest } = event.raw;
  void seen;
  return canonicalJson(copy(rest));
};

async function judgeConflict(act, subject) {
  const { event } = act;
  const before = act.read(subject);
  ask(before, 'lot-unknown');
  const logged = act.cited(event.logged);
  const loggedReply = event.logged_reply === undefined ? null : act.cited(event.logged_reply);
  ask(logged && (event.logged_reply === undefined || loggedReply), 'conflict-unknown', '', event.logged);
  const other = carriedStatement(event.other);
  const otherReply = carriedStatement(event.other_reply);
  ask(other && (event.other_reply === undefined || otherReply), 'conflict-unproven');
  const about = Object.values(before.conflicts).filter((dispute) => dispute.logged === event.logged);
  const known = about.filter((dispute) => dispute.other === other.id);
  ask(!known.some((dispute) => dispute.status !== 'remarked') && about.length < DISPUTES, 'conflict-exists');
  await askDoubleDealing(act, subject, logged, other);
  const shown = await bothTaken(act, subject, { logged, loggedReply, other, otherReply });
  ask(shown || !known.length, 'conflict-exists');
  const lot = copy(before);
  const [kind, status] = shown ? ['double-dealing', 'open'] : ['double-offer', 'remarked'];
  act.find(shown ? 'double-dealing' : 'double-offer-unaccepted', subject, event.logged, other.id);
  lot.conflicts[act.id] = bare({
    kind, logged: event.logged, other: other.id, status, resolved_by: '', opened_at: act.time,
  });
  act.put(subject, lot);
}

/** Refuses two acts that do not exclude each other, or a carried one that this ledger would not take. */
async function askDoubleDealing(act, subject, logged, other) {
  ask(!act.cited(other.id), 'conflict-unproven', '', 'the carried act is on the log');
  ask(logged.issuer === other.issuer, 'conflict-unproven', logged.issuer, other.issuer);
  ask(withoutSeen(logged.event) !== withoutSeen(other.event), 'conflict-unproven', '', 'one act signed twice');
  const prev = prevOf(logged.event, subject);
  const onePrev = prev !== undefined && prev === prevOf(other.event, subject);
  const onOffer = onePrev && act.cited(prev)?.event.type === 'hand-over/1';
  const oneName = bringsForth(logged.event, subject) && bringsForth(other.event, subject);
  ask((onePrev && !onOffer) || oneName, 'conflict-unproven', '', 'neither one prev nor one name');
  ask(await wouldTake(act, other), 'conflict-unproven', '', 'a signature that is not taken here');
  if (other.event.type === 'registration/1') {
    const earlier = new Act(other, { ...act, read: (name) => (name === subject ? null : act.read(name)) });
    try {
      judgeRegistration(earlier, subject);
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      refuse('conflict-unproven', '', fault.code);
    }
  }
}

/** Whether this ledger would take the signature of a carried statement. */
async function wouldTake(act, statement) {
  if (statement.audience !== act.anchor || statement.subject !== subjectsOf(statement.event)[0]) return false;
  const key = act.read(statement.key);
  if (!key || key.party !== statement.issuer) return false;
  if (key.status === 'revoked' && !key.endorsed.includes(statement.id)) return false;
  return signedBy(statement, key.cose);
}

/** Whether both acts count: an offer with its acceptance, other acts by themselves. */
async function bothTaken(act, subject, { logged, loggedReply, other, otherReply }) {
  const isOffer = (statement) => statement.event.type === 'hand-over/1';
  const accepts = (offer, reply) => {
    if (reply.event.type !== 'acceptance/1' || reply.event.answers !== offer.id) return false;
    return reply.issuer === offer.event.to && Boolean(lineOfLot(reply.event, subject)?.accepted);
  };
  let shown = true;
  if (isOffer(logged)) {
    ask(!loggedReply || accepts(logged, loggedReply), 'conflict-unproven', '', 'a reply that accepts nothing');
    shown = Boolean(loggedReply);
  }
  if (isOffer(other) && otherReply) {
    const [giver, receiver] = [act.read(other.issuer), act.read(other.event.to)];
    const two = receiver && other.issuer !== other.event.to
        && !sameOrganisation(giver.organisation, receiver.organisation);
    const taken = accepts(other, otherReply) && two && (await wouldTake(act, otherReply));
    ask(taken, 'conflict-unproven', '', 'a carried reply that does not count');
  }
  return shown && (!isOffer(other) || Boolean(otherReply));
}

// --- Transformations

/** The mass of an amount in micrograms as an exact fraction; null where a volume has no density. */
function massOf({ quantity, density }) {
  if (quantity.kind === 'mass') return [BigInt(quantity.amount), 1n];
  const [digits, scale] = density === undefined ? [0n, 1n] : fractionOf(density);
  return digits ? [BigInt(quantity.amount) * digits, scale] : null;
}

const times = ([a, b], [c, d]) => [a * c, b * d];
const over = ([a, b], [c, d]) => [a * d, b * c];
const below = ([a, b], [c, d]) => a * d < c * b;
const minus = ([a, b], [c, d]) => [a * d - c * b, b * d];
const absolute = ([a, b]) => [a < 0n ? -a : a, b];

/** Whether a stated decimal, of which 1 is `unit`, is the exact figure rounded at its own last digit. */
function isRounded(text, unit, exact) {
  const [digits, scale] = fractionOf(text);
  const apart = absolute(minus(exact, [digits * unit, scale]));
  return !below([unit, scale], times(apart, [2n, 1n]));
}

/** The yield of a transformation in percent, exactly; refuses figures that contradict each other. */
function exactYield(event) {
  const { inputs, output } = event;
  const perMole = (line) => over(massOf(line), times(fractionOf(line.molar_mass), [BigInt(line.moles), 1n]));
  ask([...inputs, output].every((line) => massOf(line)), 'density-missing');
  const least = inputs.map(perMole).reduce((one, other) => (below(other, one) ? other : one));
  const theoretical = times(least, times(fractionOf(output.molar_mass), [BigInt(output.moles), 1n]));
  const exact = over(times(massOf(output), [100n, 1n]), theoretical);
  const { value, unit, kind } = event.theoretical;
  const [low, high] = [event.window_low, event.window_high].map(fractionOf);
  const inOrder = !below(high, low) && !below([100n, 1n], high);
  const unitSize = kind === 'mass' ? 10n ** BigInt(UNITS[unit][1]) : 0n;
  const figures = kind === 'mass' && isRounded(value, unitSize, theoretical)
      && isRounded(event.yield_percent, 1n, exact);
  ask(inOrder && figures, 'yield-contradicts-itself');
  return exact;
}

function judgeTransformation(act, subject) {
  const { event, issuer } = act;
  const { output } = event;
  const names = event.inputs.map((line) => line.lot);
  ask(event.operator === issuer, 'operator-other', issuer, event.operator);
  ask(output.lot === undefined || !names.includes(output.lot), 'lot-cycle');
  ask(distinct(names), 'lot-twice');
  ask((output.lot === undefined) === (output.substance === undefined), 'output-unclear');
  ask(output.substance === undefined || casHolds(output.substance), 'cas-check-digit', '', output.substance);
  const exact = exactYield(event);
  if (names.includes(subject)) return transformInput(act, subject, exact, subject === names[0]);
  if (subject === output.lot) return transformOutput(act, subject, names.map((name) => act.read(name)));
  const before = act.read(subject);
  ask((before?.uses ?? 0) < 8, 'batch-record-worn');
  if (before) act.find('batch-record-named-again', subject, before.by);
  const watch = before ? copy(before) : bare({
    kind: 'watch', watch: subject, mark: 'batch-record', by: act.id, uses: 0,
  });
  watch.uses += 1;
  return act.put(subject, watch);
}

function transformInput(act, subject, exact, first) {
  const { event } = act;
  const line = event.inputs.find((one) => one.lot === subject);
  const before = act.read(subject);
  askAct(act, before, line.prev);
  const lot = copy(before);
  askPart(lot, line, account(lot, 'held'));
  const bound = act.boundOver(lot.bound);
  findHolds(act, subject, lot, bound);
  findLicence(act, subject, act.issuer, ['use', 'manufacture'], lot.substance, bound);
  findUsedBefore(act, subject, line.prev);
  findInKeeping(act, subject, before);
  consume(act, lot, line);
  if (first) yieldOf(act, subject, lot, line, exact);
  lot.place = placeOf(event.place);
  if (!account(lot, 'held')) end(lot, 'transformed', act, event.output.lot === undefined ? [] : [event.output.lot]);
  act.put(subject, lot);
}

/** What the first input bears: the yield, the record, the second signature that is owed. */
function yieldOf(act, subject, lot, line, exact) {
  const { event } = act;
  const [low, high] = [event.window_low, event.window_high].map(fractionOf);
  const impossible = below([100n, 1n], exact);
  const outside = below(exact, low) || below(high, exact);
  if (impossible) act.find('impossible-yield', subject, '100', event.yield_percent);
  else if (outside) act.find('yield-outside-window', subject, `${event.window_low} to ${event.window_high}`,
      event.yield_percent);
  if (act.read(batchRecord(event))) act.find('batch-record-reused', subject, '', event.batch_record);
  lot.pending[act.id] = bare({ kind: 'transformation', by: act.issuer, key: act.key });
  if (impossible || !outside) return;
  const gap = minus(below(exact, low) ? [100n, 1n] : high, exact);
  const [above, scale] = times([BigInt(line.quantity.amount), 100n], gap);
  const amount = Number(above / scale) || 1;
  lot.differences[act.id] = bare({ amount, offeror: act.issuer, receiver: act.issuer, status: 'open', answer: '' });
}

function transformOutput(act, subject, sources) {
  const { event, issuer } = act;
  const { output } = event;
  ask(creatorOf(subject) === issuer, 'lot-name-foreign', issuer, creatorOf(subject));
  ask(!act.read(subject), 'lot-exists');
  askSources(event.inputs.map((line) => line.lot), sources);
  ask(sources.every((lot) => lot.substance !== output.substance), 'substance-unchanged', '', output.substance);
  const bound = act.boundOver(Math.max(...sources.map((lot) => lot.bound)));
  findMaker(act, subject, output.substance, bound);
  const { kind, amount } = output.quantity;
  act.put(subject, newLot({
    lot: subject, substance: output.substance, content: output.content ?? '', quantity_kind: kind,
        origin: 'transformed',
    maker: issuer, custodian: issuer, custodians: [issuer], accounts: bare({ produced: -amount, held: amount }),
    tolerance: Math.min(...sources.map((lot) => lot.tolerance)), ...inherited(sources), place: placeOf(event.place),
    ...passedOn(sources, null), last: act.id, bound,
  }));
}

function judgeReport(act, subject) {
  const { event, issuer } = act;
  ask(creatorOf(subject) === issuer, 'lot-name-foreign', issuer, creatorOf(subject));
  const steps = listed(event.steps);
  ask(steps.every((step) => (step.signed === 'no') === (step.signed_at === undefined)), 'report-contradicts-itself');
  ask(!act.read(subject), 'lot-exists');
  act.find('reported-not-signed', subject);
  act.find('reported-quantity', subject);
  if (listed(event.doubts).length) act.find('reported-with-doubts', subject, '', event.doubts.join(', '));
  act.put(subject, newLot({
    lot: subject, substance: event.substance ?? '', quantity_kind: event.quantity?.kind ?? 'mass', origin: 'reported',
    maker: issuer, custodian: null, custodians: [], accounts: bare(), last: act.id, bound: act.boundOver(),
    ended: bare({ how: 'reported', by: act.id, into: [] }), place: placeOf(event.place),
  }));
}

// --- Permits

const NOTIFICATION = 'pre-export-notification';

/** Refuses terms that contradict themselves. */
function askTerms(terms) {
  ask(parseInstant(terms.valid_until) > parseInstant(terms.valid_from), 'permit-terms');
  ask(terms.substances.every(casHolds), 'permit-terms');
  ask((terms.basis === 'base') === (terms.factor !== undefined), 'permit-terms');
  ask(!terms.factor || terms.factor.base <= terms.factor.of, 'permit-terms');
  ask(terms.density === undefined || fractionOf(terms.density)[0] > 0n, 'permit-terms');
}

/** Terms as a permit's state has them. */
function termsOf(terms) {
  return bare({
    number: terms.number, substances: sortedSet(terms.substances), quantity: terms.quantity.amount,
    quantity_kind: terms.quantity.kind, basis: terms.basis, factor: terms.factor
        ? [terms.factor.base, terms.factor.of] : null,
    density: terms.density === undefined ? null : fractionOf(terms.density).map(Number),
    tolerance: terms.tolerance === undefined ? 0 : parsePercent(terms.tolerance),
    from: parseInstant(terms.valid_from), until: parseInstant(terms.valid_until), use: terms.use,
    exporter: terms.exporter ?? null, importer: terms.importer ?? null, consignees: sortedSet(listed(terms.consignees)),
    exit_points: sortedSet(listed(terms.exit_points)), entry_points: sortedSet(listed(terms.entry_points)),
    transit: terms.transit === undefined ? null : sortedSet(terms.transit),
  });
}

/** A new permit: an authorisation, a notification, a quota, or a declared end use. */
function judgeNewPermit(act, subject) {
  const { event, issuer } = act;
  const notified = event.type === 'pre-export-notification/1';
  const declared = event.type === 'end-use-declaration/1';
  const holder = declared ? issuer : event.holder;
  if (['transit', 'transport'].includes(event.kind)) act.askAuthority();
  else if (!declared) act.askAuthorityOver(holder);
  ask(creatorOf(subject) === issuer, 'permit-name-foreign', issuer, creatorOf(subject));
  ask(!act.read(subject), 'permit-exists');
  askTerms(event.terms);
  if (notified) ask(event.importing !== countryOf(holder), 'permit-terms', '', event.importing);
  const sort = { [NOTIFICATION]: NOTIFICATION, 'end-use-declaration': 'end-use',
      quota: 'quota' }[event.type.slice(0, -2)];
  act.put(subject, bare({
    kind: 'permit', sort: sort ?? event.kind, by: issuer, holder, importing: event.importing ?? null,
    reply_by: event.reply_by === undefined ? null : parseInstant(event.reply_by), terms: termsOf(event.terms),
    terms_by: act.id, status: notified ? 'sent' : 'in-force', drawn: 0, drawings: 0, used_by: null,
  }));
}

/** What a statement about a permit concerns: its state, or what a consignment keeps of it, as [state, part of it]. */
function permitOrDrawn(act, subject) {
  const { permit } = act.event;
  const before = act.read(subject);
  if (subject === permit) {
    ask(before, 'permit-unknown');
    const state = copy(before);
    return [state, state];
  }
  ask(before, 'consignment-unknown');
  ask(has(before.permits ?? {}, permit), 'permit-not-drawn', '', permit);
  const state = copy(before);
  return [state, state.permits[permit]];
}

function judgePreExportReply(act, subject) {
  const { event } = act;
  const [state, part] = permitOrDrawn(act, subject);
  const country = act.country();
  ask(country, 'not-authority', '', act.issuer);
  ask(part.sort === NOTIFICATION, 'permit-status', NOTIFICATION, part.sort);
  ask(part.importing === country, 'authority-scope', part.importing, country);
  const late = event.reply === 'received' && part.status !== 'sent';
  if (event.answers !== part.terms_by || part.status === 'cancelled' || late) {
    act.find('reply-without-effect', subject, part.terms_by, event.answers);
  } else {
    if (['no-objection', 'objected'].includes(part.status) && part.status !== event.reply) {
      act.find('reply-changed', subject, part.status, event.reply);
    }
    part.status = event.reply;
  }
  act.put(subject, state);
}

const ENDED_STATUS = ['revoked', 'cancelled'];

function judgePermitChange(act, subject) {
  const { event } = act;
  const { change } = event;
  const [state, part] = permitOrDrawn(act, subject);
  const isPermit = subject === event.permit;
  ask(part.by === act.issuer, 'permit-not-issuer', part.by, act.issuer);
  ask((change === 'terms') === (event.terms !== undefined), 'permit-terms');
  if (event.terms) {
    const [kind, basis] = isPermit ? [part.terms.quantity_kind, part.terms.basis] : [part.quantity_kind, part.basis];
    ask(event.terms.quantity.kind === kind && event.terms.basis === basis, 'permit-terms', `${kind}, ${basis}`);
    askTerms(event.terms);
  }
  const notification = part.sort === NOTIFICATION;
  ask(notification ? ['terms', 'cancelled'].includes(change) : change !== 'cancelled', 'permit-status', '', change);
  if (isPermit) changePermit(act, subject, part, notification);
  else changeDrawn(act, part);
  act.put(subject, state);
}

function changePermit(act, subject, permit, notification) {
  const { change, terms } = act.event;
  if (change === 'restored') ask(permit.status === 'suspended', 'permit-status', 'suspended', permit.status);
  if (['terms', 'suspended', 'revoked', 'cancelled'].includes(change)) {
    ask(!ENDED_STATUS.includes(permit.status), 'permit-status', '', permit.status);
  }
  if (change === 'suspended') ask(permit.status !== 'suspended', 'permit-status', '', permit.status);
  if (change === 'terms') {
    if (notification && !['sent', 'received'].includes(permit.status)) {
      act.find('changed-after-reply', subject, '', permit.status);
    }
    Object.assign(permit, { terms: termsOf(terms), terms_by: act.id });
    if (notification) permit.status = 'sent';
  } else if (change === 'restored') {
    permit.status = 'in-force';
  } else if (change !== 'confirmed') {
    permit.status = change;
  }
}

function changeDrawn(act, entry) {
  const { change, terms } = act.event;
  if (change === 'terms') {
    Object.assign(entry, { status: 'changed', terms_by: act.id, until: parseInstant(terms.valid_until) });
  } else {
    entry.status = ['restored', 'confirmed'].includes(change) ? 'in-force' : change;
  }
}

/** Whether a drawing counts: its signer is the permit's holder, or the supplier that an end-use declaration names. */
function drawingCounts(act) {
  const { found } = act.event;
  return act.issuer === found.holder || (found.sort === 'end-use' && act.issuer === found.terms.exporter);
}

function judgePermitDrawing(act, subject) {
  if (subject === act.event.permit) return drawOnPermit(act, subject);
  const { event } = act;
  const before = act.read(subject);
  ask(before, 'consignment-unknown');
  const parties = [before.by, before.exporter, before.importer, ...before.final];
  ask(parties.includes(act.issuer), 'drawing-not-entitled', parties.join(', '), act.issuer);
  ask((before.drawings ?? 0) < 64, 'drawings-too-many');
  askDrawing(event);
  const byLot = drawnByLot(before, event);
  findDrawing(act, subject, before, parties);
  const consignment = copy(before);
  consignment.permits ??= bare();
  consignment.drawings = (consignment.drawings ?? 0) + 1;
  if (drawingCounts(act)) {
    const { found, drawn } = event;
    const known = consignment.permits[event.permit];
    const terms = termsOf(found.terms);
    consignment.permits[event.permit] = bare({
      sort: found.sort, by: found.by, holder: found.holder, importing: found.importing ?? null,
      reply_by: found.reply_by === undefined ? null : parseInstant(found.reply_by), terms_by: found.terms_by,
      status: found.status, until: terms.until, quantity_kind: terms.quantity_kind, basis: terms.basis,
      substances: sortedSet([...(known?.substances ?? []), event.substance]),
      drawn: (known?.drawn ?? 0) + drawn.amount, left: terms.quantity - (found.drawn?.amount ?? 0) - drawn.amount,
      terms, used_before: found.used_by !== undefined && found.used_by !== subject, at: known?.at ?? act.time,
    });
    if (Object.keys(byLot).length) consignment.permits[event.permit].lots = byLot;
  }
  return act.put(subject, consignment);
}

/** What drawings on a permit say to be for which lot, with this one; refuses lots of which its goods are not the sum. */
function drawnByLot(consignment, { permit, goods, lots }) {
  const byLot = bare();
  const drawn = has(consignment.permits ?? {}, permit) ? consignment.permits[permit].lots ?? {} : {};
  for (const [name, kinds] of Object.entries(drawn)) byLot[name] = bare(kinds);
  if (lots === undefined) return byLot;
  const names = lots.map(({ lot }) => lot);
  ask(names.every((name) => consignment.lots.includes(name)), 'drawing-lots', consignment.lots.join(', '));
  ask(new Set(names).size === names.length, 'drawing-lots', 'each lot once');
  ask(lots.every((part) => part.goods.kind === goods.kind), 'drawing-lots', goods.kind);
  const total = lots.reduce((sum, part) => sum + BigInt(part.goods.amount), 0n);
  ask(total === BigInt(goods.amount), 'drawing-lots', goods.amount, total);
  for (const { lot, goods: part } of lots) {
    byLot[lot] ??= bare();
    byLot[lot][part.kind] = (byLot[lot][part.kind] ?? 0) + part.amount;
    ask(byLot[lot][part.kind] <= GREATEST_AMOUNT, 'drawing-lots', GREATEST_AMOUNT);
  }
  return byLot;
}

/** Refuses a drawing that is not the goods in the permit's unit and basis. */
function askDrawing({ found, goods, drawn, density }) {
  const { terms } = found;
  const { kind } = terms.quantity;
  ask(drawn.kind === kind && (!found.drawn || found.drawn.kind === kind), 'drawing-arithmetic', kind);
  ask((found.drawn?.amount ?? 0) + drawn.amount <= GREATEST_AMOUNT, 'drawing-arithmetic');
  const convert = goods.kind !== kind;
  ask(density === undefined || (convert && terms.density === undefined), 'drawing-arithmetic', '', density);
  let amount = [BigInt(goods.amount), 1n];
  if (terms.factor) amount = times(amount, [BigInt(terms.factor.base), BigInt(terms.factor.of)]);
  if (convert) {
    const used = terms.density ?? density;
    const fraction = used === undefined ? [0n, 1n] : fractionOf(used);
    ask(fraction[0] > 0n, 'drawing-arithmetic', 'a density');
    amount = goods.kind === 'volume' ? times(amount, fraction) : over(amount, fraction);
  }
  const rounded = (amount[0] + amount[1] - 1n) / amount[1];
  ask(rounded === BigInt(drawn.amount), 'drawing-arithmetic', rounded, drawn.amount);
}

/** What of a permit does not fit the consignment that draws on it. */
function findDrawing(act, subject, consignment, parties) {
  const { event } = act;
  const { found } = event;
  const terms = termsOf(found.terms);
  const record = (holds, code, expected, what) => {
    if (holds) act.find(code, subject, expected, what);
  };
  const bound = act.boundOver();
  const outside = act.time < terms.from || bound >= terms.until;
  const dead = ['suspended', 'revoked', 'cancelled'].includes(found.status);
  record(dead || outside, 'permit-not-in-force', '', found.status);
  const partly = bound < terms.from || act.time >= terms.until;
  record(!dead && !outside && partly, 'permit-undetermined', '', found.terms.valid_until);
  record(!terms.substances.includes(event.substance), 'permit-substance', terms.substances.join(', '), event.substance);
  for (const role of ['exporter', 'importer']) {
    record(terms[role] && terms[role] !== consignment[role], 'permit-party', `${role} ${terms[role]}`,
        consignment[role]);
  }
  const apart = ['transit', 'transport'].includes(found.sort) || parties.includes(found.holder);
  record(!apart, 'permit-party', `holder ${found.holder}`, parties.join(', '));
  const strange = consignment.final.filter((party) => !terms.consignees.includes(party));
  record(terms.consignees.length && strange.length, 'permit-consignee', terms.consignees.join(', '),
      strange.join(', '));
  for (const points of ['exit_points', 'entry_points']) {
    const passes = terms[points].some((code) => routeHolds(consignment.route, code));
    record(terms[points].length && !passes, 'permit-place', `${points} ${terms[points].join(', ')}`,
        consignment.route.join(', '));
  }
  const countries = consignment.route.map((code) => code.slice(0, 2));
  const ends = [countries[0], countries[countries.length - 1]];
  const crossed = countries.filter((country) => !ends.includes(country) && !terms.transit?.includes(country));
  record(terms.transit && crossed.length, 'permit-route', (terms.transit ?? []).join(', '), crossed.join(', '));
  const usedByAnother = terms.use === 'single' && found.used_by !== undefined && found.used_by !== subject;
  record(usedByAnother, 'permit-used-twice', subject, found.used_by);
  const counts = drawingCounts(act);
  record(!counts, 'permit-of-another', found.holder, act.issuer);
  const most = BigInt(terms.quantity) + (BigInt(terms.quantity) * BigInt(terms.tolerance)) / 1_000_000n;
  const all = BigInt(found.drawn?.amount ?? 0) + BigInt(counts ? event.drawn.amount : 0);
  record(all > most, 'permit-overdrawn', most, all);
}

function drawOnPermit(act, subject) {
  const { event } = act;
  const { found } = event;
  const before = act.read(subject);
  ask(before, 'permit-unknown');
  const asFound = {
    sort: found.sort, by: found.by, holder: found.holder, importing: found.importing ?? null,
    reply_by: found.reply_by === undefined ? null : parseInstant(found.reply_by), terms: termsOf(found.terms),
    terms_by: found.terms_by, status: found.status, drawn: found.drawn?.amount ?? 0, used_by: found.used_by ?? null,
  };
  for (const [name, value] of Object.entries(asFound)) {
    const [stated, known] = [value, before[name]].map(canonicalJson);
    ask(stated === known, 'permit-state-differs', `${name} ${known}`, stated);
  }
  const permit = copy(before);
  if (drawingCounts(act)) {
    permit.drawn += event.drawn.amount;
    permit.drawings += 1;
    permit.used_by ??= event.consignment;
  }
  act.put(subject, permit);
}

// --- Filings, customs, rule sets

const WITH_FORM = ['declaration', 'declaration-amendment', 'return-declaration', 'outcome-report'];
const WITH_WAIVER = ['declaration', 'declaration-amendment'];

function judgeFiling(act, subject) {
  const { event, issuer } = act;
  const before = act.read(subject);
  const state = before && copy(before);
  const country = act.country();
  if (kindOf(subject) === 'lot') {
    const capacityOf = askObserver(act, before);
    countReport(act, state, capacityOf);
  } else {
    ask(before, 'consignment-unknown');
    const parties = [before.by, before.exporter, before.importer, ...before.final];
    if (!parties.includes(issuer)) {
      const countries = before.route.map((code) => code.slice(0, 2));
      ask(country, 'filing-not-entitled', parties.join(', '), issuer);
      ask(countries.includes(country), 'authority-scope', countries.join(', '), country);
    }
  }
  askFiling(act, before, country);
  const about = event.statement === undefined ? null : act.cited(event.statement);
  if (event.statement !== undefined) {
    ask(about, 'filing-unknown', '', event.statement);
    ask(lineage(subject).some((one) => touches(about.event, one)), 'filing-elsewhere', subject, event.statement);
  }
  state.filings ??= bare();
  state.filings[act.id] = filingOf(act, country);
  act.put(subject, state);
}

/** A subject, and the lots after which it is named. */
function lineage(subject) {
  const parent = kindOf(subject) === 'lot' ? parentOf(subject) : null;
  return parent ? [subject, ...lineage(parent)] : [subject];
}

function askFiling(act, state, country) {
  const { event, issuer } = act;
  const filings = Object.values(state.filings ?? {});
  const free = country || state.custodian === issuer;
  ask(free || state.kind !== 'lot' || filings.length < 256, 'filings-many');
  ask(filings.filter((filing) => filing.by === issuer).length < (free ? 192 : 16), 'filings-many');
  const { kind } = event;
  const amounts = [event.quantity, event.left, event.released].filter(Boolean);
  const contradicts = !COUNTRIES.has(event.country) ||
    ((event.form !== undefined || event.transaction_id !== undefined) && !WITH_FORM.includes(kind)) ||
    (event.waiver !== undefined && !WITH_WAIVER.includes(kind)) ||
    ((event.left || event.released) && kind !== 'return-declaration') ||
    (event.basis !== undefined && !amounts.length) ||
    new Set(amounts.map((amount) => amount.kind)).size > 1 ||
    (kind === 'customer-warning' && event.transferee === undefined);
  ask(!contradicts, 'filing-contradicts-itself');
  ask(parseInstant(event.filed_at) <= act.time + 5 * MINUTE, 'filing-ahead', formatInstant(act.time), event.filed_at);
}

function filingOf(act, country) {
  const { event, issuer } = act;
  const amount = (name) => event[name]?.amount ?? null;
  const stated = event.quantity ?? event.left ?? event.released;
  return bare({
    kind: event.kind, country: event.country, about: event.statement ?? '', filed: parseInstant(event.filed_at),
    lower: act.boundOver(), upper: act.time, acknowledged: country === event.country, number: event.number ?? '',
    transaction_id: event.transaction_id ?? '', form: event.form ?? '', basis: event.basis ?? '',
    waiver: event.waiver ?? false, quantity: amount('quantity'), left: amount('left'), released: amount('released'),
    quantity_kind: stated?.kind ?? '', transferee: event.transferee ?? null, by: issuer,
  });
}

function judgeCustomsRelease(act, subject) {
  const { event } = act;
  const before = act.read(subject);
  ask(before, 'consignment-unknown');
  const countries = before.route.map((code) => code.slice(0, 2));
  act.askAuthority(countries);
  const country = act.country();
  ask(event.place.code.slice(0, 2) === country, 'authority-scope', country, event.place.code);
  const [first, last] = [countries[0], countries[countries.length - 1]];
  const released = parseInstant(event.released_at);
  const since = event.suspensive_since === undefined ? null : parseInstant(event.suspensive_since);
  const contradicts = (event.kind === 'export' && country === last) || (event.kind === 'import' && country === first) ||
    (event.kind.startsWith('transit') && [first, last].includes(country)) ||
    (since !== null && (!event.suspensive || since > released));
  ask(!contradicts, 'customs-contradicts-itself', `${first} to ${last}`, `${event.kind} in ${country}`);
  ask(released <= act.time + 5 * MINUTE, 'customs-ahead', formatInstant(act.time), event.released_at);
  ask(Object.values(before.customs ?? {}).filter((done) => done.country === country).length < 128, 'customs-many');
  const consignment = copy(before);
  consignment.customs ??= bare();
  consignment.customs[act.id] = bare({
    kind: event.kind, country, place: event.place.code, at: released, lower: act.boundOver(), upper: act.time,
    suspensive: event.suspensive ?? false, since, quantity: event.quantity?.amount ?? null,
    quantity_kind: event.quantity?.kind ?? '',
  });
  act.put(subject, consignment);
}

function judgeAdoption(act, subject) {
  const { event } = act;
  const country = act.country();
  ask(country, 'not-authority', '', act.issuer);
  const own = { UN: true, EU: UNION.has(country) }[event.jurisdiction] ?? event.jurisdiction === country;
  ask(own, 'adoption-scope', country, event.jurisdiction);
  const charter = copy(act.read(subject));
  charter.rule_sets ??= bare();
  charter.rule_sets[event.jurisdiction] ??= bare();
  const adopted = (charter.rule_sets[event.jurisdiction][country] ??= []);
  const adoption = bare({
    digest: event.document, edition: event.edition, from: parseInstant(event.in_force_from),
    complete: event.lists_complete ?? false, notice: event.notice_demanded === undefined ? null
        : sortedSet(event.notice_demanded),
    by: act.id, at: act.time,
  });
  const last = adopted[adopted.length - 1];
  const alike = (name) => canonicalJson(last[name]) === canonicalJson(adoption[name]);
  ask(!last || !['digest', 'from', 'complete', 'notice'].every(alike), 'adopted-already', '', event.document);
  ask(adopted.length < 200, 'adoptions-many');
  adopted.push(adoption);
  act.put(subject, charter);
}

// --- Alerts and watch marks

function judgeAlert(act, subject) {
  const { event, issuer } = act;
  const suspicious = event.grounds.includes('suspicious-order') && !event.suspicious;
  const late = parseInstant(event.aware_at) > parseInstant(event.occurred_at);
  ask(!suspicious && !late, 'alert-contradicts-itself', event.occurred_at, event.aware_at);
  const before = act.read(subject);
  const lot = before && copy(before);
  if (event.consignment !== undefined) {
    ask(before, 'lot-unknown');
    ask(before.consignment?.id === event.consignment, 'alert-consignment-other', before.consignment?.id,
        event.consignment);
  }
  const named = event.consignment === undefined ? null : act.read(event.consignment);
  const party = before?.consignment?.importer === issuer || named?.exporter === issuer;
  const official = act.country() !== '';
  const capacityOf = party && before.custodian !== issuer ? OBSERVER.RECEIVER : askObserver(act, before);
  const open = Object.values(lot.alerts ?? {}).filter((alert) => alert.by === issuer);
  ask(official || open.length < 16, 'alerts-many');
  countReport(act, lot, capacityOf);
  if (official && lot.ended) act.find('alert-on-ended-lot', subject, lot.ended.how, lot.ended.into.join(', '));
  lot.alerts ??= bare();
  lot.alerts[act.id] = bare({
    by: issuer, official, grounds: sortedSet(event.grounds), suspicious: event.suspicious, raised_at: act.time,
  });
  act.put(subject, lot);
}

function judgeAlertClosing(act, subject) {
  const { event, issuer } = act;
  ask(distinct(event.lots), 'lot-twice');
  const before = act.read(subject);
  ask(before, 'lot-unknown');
  const alert = (before.alerts ?? {})[event.alert];
  if (!alert) refuse(act.cited(event.alert) ? 'alert-not-open' : 'alert-unknown', '', event.alert);
  if (alert.by !== issuer) {
    const country = act.country();
    ask(!alert.official && country, 'alert-not-yours', alert.by, issuer);
    ask(competent(before).includes(country), 'authority-scope', competent(before).join(', '), country);
  }
  const lot = copy(before);
  delete lot.alerts[event.alert];
  act.find('alert-closed', subject, alert.by, event.outcome);
  act.put(subject, lot);
}

/** What a mark is, on the watch and on the lot alike. */
function markOf(act) {
  const { label, reason, packages } = act.event;
  return bare({
    by: act.issuer, official: act.country() !== '', label, reason, serials: sortedSet(packages), marked_at: act.time,
  });
}

/** Counts how often a party that is no authority has written on a watch. */
function countWritten(act, watch) {
  if (!act.country()) watch.written[act.issuer] = (watch.written[act.issuer] ?? 0) + 1;
}

function judgeWatchMark(act, subject) {
  const { event, issuer } = act;
  const before = act.read(subject);
  if (subject === event.lot) {
    ask(before, 'lot-unknown');
    if (act.country()) act.askAuthority(competent(before));
    else askRobbed(act, before);
    ask(event.packages.every((serial) => has(before.packages, serial) || has(before.gone, serial)), 'package-unknown');
    if (before.ended) act.find('mark-on-ended-lot', subject, before.ended.how, before.ended.into.join(', '));
    const lot = copy(before);
    lot.watched ??= bare();
    lot.watched[act.id] = markOf(act);
    return act.put(subject, lot);
  }
  ask(act.country() || (event.lot !== undefined && event.loss !== undefined), 'not-authority', '', issuer);
  const [printed] = event.label.split('~');
  const watch = before ? copy(before) : bare({
    kind: 'watch', watch: subject, mark: 'label', lot: printed, marks: bare(), written: bare(),
  });
  const own = Object.values(watch.marks).filter((mark) => mark.by === issuer);
  ask(!own.some((mark) => mark.serials.some((serial) => event.packages.includes(serial))), 'marked-already');
  ask(act.country() || (watch.written[issuer] ?? 0) < 64, 'marks-many');
  watch.marks[act.id] = markOf(act);
  countWritten(act, watch);
  return act.put(subject, watch);
}

/** Refuses a handler that was not robbed of just these packages, or marks a label that is none of the lot's. */
function askRobbed(act, lot) {
  const { event, issuer } = act;
  const loss = event.loss === undefined ? null : act.cited(event.loss);
  ask(loss, 'loss-unknown', '', event.loss);
  const stolen = loss.event.type === 'loss/1' && loss.event.kind === 'stolen' && loss.event.lot === lot.lot
      && loss.issuer === issuer;
  ask(stolen && event.packages.every((serial) => listed(loss.event.packages).includes(serial)), 'not-robbed');
  const own = [...lineage(lot.lot), ...lot.parents, ...Object.keys(lot.labels ?? {})].map(labelWatch);
  ask(own.includes(labelWatch(event.label)), 'label-foreign', lot.lot, event.label);
}

function judgeWatchLifting(act, subject) {
  const { event, issuer } = act;
  const lots = listed(event.lots);
  ask(event.from_label || lots.length, 'lifts-nothing');
  ask(distinct(lots), 'lot-twice');
  const before = act.read(subject);
  const onLot = kindOf(subject) === 'lot';
  ask(before || !onLot, 'lot-unknown');
  const marks = (onLot ? before.watched : before?.marks) ?? {};
  const mark = marks[event.mark];
  if (!mark) refuse(act.cited(event.mark) ? 'mark-not-standing' : 'mark-unknown', '', event.mark);
  const lifted = event.packages ?? mark.serials;
  const same = labelWatch(mark.label) === labelWatch(event.label);
  ask(same && lifted.every((serial) => mark.serials.includes(serial)), 'mark-not-standing', '', event.label);
  if (mark.by !== issuer) {
    const country = act.country();
    ask(!mark.official && country, 'mark-not-yours', mark.by, issuer);
    const countries = onLot ? competent(before) : [countryOf(mark.by)];
    ask(countries.includes(country), 'authority-scope', countries.join(', '), country);
  }
  const state = copy(before);
  const standing = onLot ? state.watched : state.marks;
  standing[event.mark].serials = mark.serials.filter((serial) => !lifted.includes(serial));
  if (!standing[event.mark].serials.length) delete standing[event.mark];
  if (!onLot) countWritten(act, state);
  act.put(subject, state);
}

/** The part of each event: judges one subject, and puts its new state. */
const PARTS = {
  'charter/1': judgeCharter,
  'accession/1': judgeAccession,
  'endorsement/1': judgeEndorsement,
  'licence-grant/1': judgeLicence,
  'licence-change/1': judgeLicence,
  'licence-suspension/1': judgeLicence,
  'licence-revocation/1': judgeLicence,
  'key-enrolment/1': judgeKeyEnrolment,
  'key-revocation/1': judgeKeyRevocation,
  'registration/1': judgeRegistration,
  'packing/1': judgePacking,
  'split/1': judgeSplit,
  'merge/1': judgeMerge,
  'transformation/1': judgeTransformation,
  'consumption/1': judgeConsumption,
  'loss/1': judgeLoss,
  'sampling/1': judgeSampling,
  'destruction/1': judgeDestruction,
  'correction/1': judgeCorrection,
  'hand-over/1': judgeHandOver,
  'acceptance/1': judgeAcceptance,
  'witnessed-acceptance/1': judgeWitnessedAcceptance,
  'refusal/1': judgeRefusal,
  'withdrawal/1': judgeWithdrawal,
  'discrepancy-answer/1': judgeDiscrepancyAnswer,
  'consignment/1': judgeConsignment,
  'arrival/1': judgeArrival,
  'seal-applied/1': judgeSealApplied,
  'seal-checked/1': judgeSealChecked,
  'seal-broken/1': judgeSealBroken,
  'inspection/1': judgeInspection,
  'weighing/1': judgeWeighing,
  'stock-count/1': judgeStockCount,
  'sighting/1': judgeSighting,
  'hold/1': judgeHold,
  'release/1': judgeRelease,
  'seizure/1': judgeSeizure,
  'custody-order/1': judgeCustodyOrder,
  'conflict/1': judgeConflict,
  'resolution/1': judgeResolution,
  'settlement/1': judgeSettlement,
  'report/1': judgeReport,
  'authorisation-grant/1': judgeNewPermit,
  'pre-export-notification/1': judgeNewPermit,
  'end-use-declaration/1': judgeNewPermit,
  'quota/1': judgeNewPermit,
  'pre-export-reply/1': judgePreExportReply,
  'permit-change/1': judgePermitChange,
  'permit-drawing/1': judgePermitDrawing,
  'filing/1': judgeFiling,
  'customs-release/1': judgeCustomsRelease,
  'rule-set-adoption/1': judgeAdoption,
  'ledger-key-rotation/1': judgeKeyRotation,
  'alert/1': judgeAlert,
  'alert-closing/1': judgeAlertClosing,
  'watch-mark/1': judgeWatchMark,
  'watch-lifting/1': judgeWatchLifting,
};

// --- What findings mean

const WEIGHTS = ['fail', 'hold', 'note'];

/** Answer, weight, words and remedy of a code; a type of event may have words of its own. */
export function meaningOf(code, type = '') {
  const [answer, weight, , what, remedy] = EVENT_CODES[`${code} ${type}`] ?? EVENT_CODES[code];
  return { answer, weight, what, remedy };
}

/** Findings by weight (worst first), code, subject, statement, expected and found. */
export function orderFindings(findings) {
  const parts = ['code', 'subject', 'statement', 'expected', 'found'];
  return [...findings].sort((one, other) => {
    const apart = WEIGHTS.indexOf(one.weight) - WEIGHTS.indexOf(other.weight);
    return parts.reduce((order, part) => order || compareText(one[part] ?? '', other[part] ?? ''), apart);
  });
}

/* ------------------------------------------------------------------------------------------------------------------
 * 11 Conclude (specs/formats/judge.md)
 * --------------------------------------------------------------------------------------------------------------- */

// What is found beside the judge: answer, weight, append, what, what to do, as in the tables of specs/events.
const LATER_CODES = {
  'offer-unanswered': ['chain', 'note', '', 'an offer waits for its reply, within its deadline', 'wait for the reply'],
  'offer-overdue': ['chain', 'hold', '', 'an offer was not answered within its deadline', 'ask giver and receiver; the receiver may still accept, or the giver withdraw'],
  'on-hold': ['whereabouts', 'hold', '', 'an authority\u2019s hold stands on the lot', 'ask the authority that placed it; only it can release it'],
  'difference-open': ['quantity', 'hold', '', 'figures differ and nobody has answered for it', 'have the giver answer and the authority close it by a report'],
  'difference-answered': ['quantity', 'hold', '', 'figures differ; a handler has answered, no authority has closed it', 'have the competent authority close it by a report'],
  'difference-closed': ['quantity', 'note', '', 'figures differ; an authority has closed the difference by a report', 'read the report'],
  'difference-within-tolerance': ['quantity', 'note', '', 'figures differ within the declared tolerance', 'nothing; the difference stays its own figure'],
  'seal-doubt-open': ['chain', 'hold', '', 'a seal was read with another number, or not read, and not again since', 'read the seal again and record a seal check: by who read it, the receiver or an authority'],
  'inspection-doubt-open': ['chain', 'hold', '', 'an inspection was irregular or refused passage, and none since was in order', 'ask the authority that inspected, or have the lot inspected again'],
  'conflict-open': ['chain', 'hold', '', 'a dispute stands on the lot', 'have the authority of the last declared place resolve it'],
  'conflict-resolved': ['chain', 'note', '', 'a dispute stood on the lot and was resolved', 'read the resolution'],
  'alert-open': ['whereabouts', 'hold', '', 'an authority\u2019s alert is open on the lot', 'ask the authority that raised it; only it can close it'],
  'alert-raised': ['whereabouts', 'note', '', 'somebody who handles the goods raised an alert on the lot', 'read its grounds, and ask whoever raised it'],
  'watch-marked': ['whereabouts', 'hold', '', 'a package that may be in the lot is under a watch mark', 'tell whoever placed the mark where the package is; it stands until it is lifted'],
  'watch-mark-stands': ['whereabouts', 'note', '', 'packages that were in the lot are under a watch mark', 'look out for these serials'],
  'goods-watch-marked': ['goods', 'fail', '', 'a package before the inspector is under a watch mark', 'stop the goods and tell whoever placed the mark'],
  'proposal-pending': ['chain', 'note', '', 'an act waits for its second signature', 'have it signed'],
  'second-signature-owed': ['chain', 'hold', '', 'the record of a reaction has one signer where two are asked for', 'have a second person of the party endorse the record, after reading it'],
  'notification-unanswered': ['treaty', 'hold', '', 'a pre-export notification on which the consignment drew has no reply', 'wait for its reply, or ask its authority'],
  'notification-expired': ['treaty', 'hold', '', 'a pre-export notification was not replied to in time: no reply is never a yes', 'ask its authority'],
  'notification-objected': ['treaty', 'fail', '', 'the importing country objected to the notification', 'stop the goods; ask its authority'],
  'permit-withdrawn': ['treaty', 'hold', '', 'a permit on which the consignment drew was suspended, revoked or cancelled since', 'ask the authority that gave it; it may confirm it for this consignment'],
  'permit-changed': ['treaty', 'hold', '', 'a permit on which the consignment drew has other terms since', 'ask the authority that gave it; it may confirm it for this consignment'],
  'permit-expired-on-the-way': ['treaty', 'hold', '', 'a permit of the lot\u2019s consignment ended before the lot arrived', 'ask the authority that gave it whether it is extended'],
  'lot-outside-permits': ['treaty', 'hold', '', 'the lot\u2019s consignment drew on permits, and none of these drawings was for its substance', 'have the consignment draw for every substance that it carries'],
  'signed-after-compromise': ['chain', 'hold', '', 'the signing key may have been in other hands when this was entered', 'have another key of the party, or its authority, endorse the statement if it was honestly signed'],
  'quorum-not-met': ['completeness', 'hold', '', 'the witnesses that the policy asks for have not all cosigned', 'fetch a bundle under a newer checkpoint, or ask the operator why the witnesses are missing'],
  'audit-quorum-not-met': ['completeness', 'hold', '', 'too few auditors have cosigned', 'fetch a bundle under a checkpoint that the auditing authorities have cosigned'],
  'no-auditors': ['completeness', 'hold', '', 'the policy lists no auditor', 'use a trust policy that names the auditing authorities'],
  'cosignature-time': ['completeness', 'note', '', 'a cosignature states no time that counts', 'ask the witness to cosign with the time at which this was the largest tree that it had seen'],
  'cosignature-unchecked': ['completeness', 'note', '', 'a cosignature with ML-DSA-44 was not counted: this platform cannot verify it', 'verify with the lotchain program, or on a platform with ML-DSA-44'],
  'log-signature-unchecked': ['completeness', 'hold', '', 'the log\u2019s ML-DSA-44 signature is there and was not verified: this platform cannot', 'verify with the lotchain program, or on a platform with ML-DSA-44'],
  'log-key-not-listed': ['completeness', 'hold', '', 'no key that signed the checkpoint is among the log keys that the ledger lists', 'ask the founding authorities which keys the log signs with'],
  'too-old': ['completeness', 'hold', '', 'what is proved is older than the policy allows: later statements may exist', 'fetch a new bundle; only age tells a genuine older one from the latest'],
  'cosigned-in-future': ['completeness', 'hold', '', 'the auditors\u2019 cosignatures lie in the future of this clock', 'set this machine\u2019s clock, or ask the auditing authorities'],
  'no-rule-set': ['treaty', 'hold', '', 'no rule set is adopted on this ledger: whether treaty obligations were met is not examined', 'have the authorities adopt their rule sets, or say `treaty not-demanded` in the policy'],
  'rules-not-judged': ['treaty', 'hold', '', 'rule sets are adopted on this ledger, and this verifier does not judge treaty rules', 'verify with the lotchain program'],
  'goods-of-reported-lot': ['goods', 'hold', '', 'the lot is what a paper reports: there is no state to compare with', 'ask the handlers that the paper names'],
  'goods-of-ended-lot': ['goods', 'fail', '', 'the lot has ended: no goods bear its name any more', 'stop the goods'],
  'goods-seal-mismatch': ['goods', 'fail', '', 'the seals before the inspector are not those fitted', 'stop the goods: this file may be about other drums'],
  'goods-serial-mismatch': ['goods', 'fail', '', 'a serial before the inspector is none of the lot\u2019s, or stands there twice', 'stop the goods: this file may be about other drums'],
  'goods-serials-not-all': ['goods', 'note', '', 'some packages of the lot were not stated', 'compare the others too, or say where they are'],
  'goods-net-mismatch': ['goods', 'fail', '', 'the net quantity before the inspector is not what the lot holds', 'weigh again; beyond the declared tolerance, stop the goods'],
};

const DIFFERENCE_CODES = {
  within: 'difference-within-tolerance', open: 'difference-open', answered: 'difference-answered',
      closed: 'difference-closed',
};

/** Collects what is concluded; the place of `about` in the log decides whether a finding bears on a descendant. */
class Conclusion {
  constructor(at) {
    this.at = at;
    this.findings = [];
  }

  find(code, subject, statement, { expected = '', found = '', about = '' } = {}) {
    this.findings.push({ code, subject, statement, expected: String(expected), found: String(found), about });
  }
}

/**
 * What reaches backwards or grows with time, from the newest states, at a moment.
 * @param {Map} states subject → state or null
 * @param {object[]} signatures what keys signed: `{key, id, closed, subjects}`
 */
export function conclude(states, signatures, at) {
  const out = new Conclusion(at);
  for (const [subject, state] of states) {
    if (state?.kind === 'lot') concludeLot(out, subject, state, states);
    if (state?.kind === 'consignment') concludeConsignment(out, subject, state);
  }
  for (const { key, id, closed, subjects } of signatures) {
    const state = states.get(key);
    const since = state?.compromised_since ?? null;
    if (since === null || closed < since || state.endorsed.includes(id)) continue;
    for (const subject of subjects) {
      out.find('signed-after-compromise', subject, id, {
        expected: formatInstant(since), found: formatInstant(closed), about: id,
      });
    }
  }
  return out.findings;
}

function concludeLot(out, subject, lot, states) {
  const { offer } = lot;
  if (offer) {
    const overdue = out.at > offer.deadline;
    out.find(overdue ? 'offer-overdue' : 'offer-unanswered', subject, offer.id, {
      expected: formatInstant(offer.deadline), found: offer.to,
    });
  }
  for (const [id, hold] of Object.entries(lot.holds)) {
    out.find('on-hold', subject, id, { found: `${hold.by}: ${hold.reason}` });
  }
  for (const [id, alert] of Object.entries(lot.alerts ?? {})) {
    const about = alert.official ? '' : id;
    out.find(alert.official ? 'alert-open' : 'alert-raised', subject, id, {
      found: `${alert.by}: ${alert.grounds.join(', ')}`, about,
    });
  }
  concludeMarks(out, subject, lot, states);
  for (const [id, difference] of Object.entries(lot.differences)) {
    out.find(DIFFERENCE_CODES[difference.status], subject, id, {
      found: showQuantity(difference.amount, lot.quantity_kind), about: id,
    });
  }
  for (const [id, doubt] of Object.entries(lot.doubts)) {
    out.find(doubt.kind === 'inspection' ? 'inspection-doubt-open' : 'seal-doubt-open', subject, id, {
      found: doubt.by,
    });
  }
  for (const [id, dispute] of Object.entries(lot.conflicts)) {
    if (dispute.status === 'remarked') continue;
    out.find(dispute.status === 'open' ? 'conflict-open' : 'conflict-resolved', subject, id, {
      found: `${dispute.logged} and ${dispute.other}`, about: dispute.logged,
    });
  }
  for (const [id, entry] of Object.entries(lot.pending)) {
    const owed = entry.kind === 'transformation';
    out.find(owed ? 'second-signature-owed' : 'proposal-pending', subject, id, {
      found: entry.kind, about: owed ? id : '',
    });
  }
  if (lot.consignment && !lot.ended && !lot.delivered) {
    concludeOnTheWay(out, subject, lot, states.get(lot.consignment.id));
  }
}

/** Marks that name packages which may be in the lot, on it or under labels with which they came in. */
function concludeMarks(out, subject, lot, states) {
  const here = (serial) => !lot.ended && (has(lot.packages, serial)
      || [undefined, 'repacked'].includes(lot.gone[serial]));
  for (const [id, mark] of Object.entries(lot.watched ?? {})) {
    const marked = mark.serials.filter(here);
    out.find(marked.length ? 'watch-marked' : 'watch-mark-stands', subject, id, {
      found: (marked.length ? marked : mark.serials).join(', '),
    });
  }
  for (const [label, serials] of Object.entries(lot.labels ?? {})) {
    for (const [id, mark] of Object.entries(states.get(labelWatch(label))?.marks ?? {})) {
      if (has(lot.watched ?? {}, id)) continue;
      const marked = serials.filter((serial) => mark.serials.includes(serial) && here(serial));
      if (marked.length) out.find('watch-marked', subject, id, { found: `${label} ${marked.join(', ')}` });
    }
  }
}

/** Permits of a lot's consignment while the lot is on its way. */
function concludeOnTheWay(out, subject, lot, consignment) {
  const atHome = lot.place.code.slice(0, 2) === lot.consignment.route[0].slice(0, 2);
  const substances = new Map();
  for (const [id, permit] of Object.entries(consignment?.permits ?? {})) {
    const everywhere = ['import', 'transit', 'transport', 'end-use'].includes(permit.sort);
    const untilExport = ['export', NOTIFICATION].includes(permit.sort);
    if (out.at >= permit.until && (everywhere || (untilExport && atHome))) {
      out.find('permit-expired-on-the-way', subject, '', { expected: formatInstant(permit.until), found: id });
    }
    substances.set(permit.sort, [...(substances.get(permit.sort) ?? []), ...permit.substances]);
  }
  for (const [sort, drawn] of substances) {
    if (!drawn.includes(lot.substance)) {
      out.find('lot-outside-permits', subject, '', { expected: drawn.join(', '), found: sort });
    }
  }
}

function concludeConsignment(out, subject, consignment) {
  for (const [id, permit] of Object.entries(consignment.permits ?? {})) {
    const find = (code) => out.find(code, subject, '', { found: `${id} ${permit.status}` });
    if (['suspended', 'revoked', 'cancelled'].includes(permit.status)) find('permit-withdrawn');
    else if (permit.status === 'changed') find('permit-changed');
    else if (permit.sort !== NOTIFICATION || permit.status === 'no-objection') continue;
    else if (permit.status === 'objected') find('notification-objected');
    else if (permit.reply_by !== null && out.at >= permit.reply_by) find('notification-expired');
    else find('notification-unanswered');
  }
}

/* ------------------------------------------------------------------------------------------------------------------
 * 12 Bundle (specs/formats/bundle.md, closure.md)
 * --------------------------------------------------------------------------------------------------------------- */

const BUNDLE_LIMIT = 16_000_000;
const isCount = (value) => typeof value === 'number' || typeof value === 'bigint';

/**
 * A bundle's parts, as far as its bytes alone tell.
 * @throws {Malformed} too-large, bundle-digest, cbor-…, too-deep, version-unsupported, bundle-format, id-…
 */
export function decodeBundle(bytes) {
  if (bytes.length > BUNDLE_LIMIT) throw new Malformed('too-large', `more than ${BUNDLE_LIMIT} bytes`);
  const body = bytes.subarray(0, bytes.length - 32);
  if (bytes.length < 64 || !sameBytes(sha256(body), bytes.subarray(bytes.length - 32))) {
    throw new Malformed('bundle-digest', 'the file was damaged, or is no bundle');
  }
  const parts = decodeCbor(bytes, { size: BUNDLE_LIMIT, depth: 8, items: 1_000_000 });
  return new BundleReader().read(parts);
}

class BundleReader {
  /** Takes a fault of the layout unless it holds. */
  must(holds, what) {
    if (!holds) throw new Malformed('bundle-format', what);
  }

  list(value, most, what) {
    this.must(Array.isArray(value) && value.length <= most, what);
    return value;
  }

  tuple(value, size, what) {
    this.must(Array.isArray(value) && value.length === size, what);
    return value;
  }

  read(parts) {
    this.must(Array.isArray(parts) && typeof parts[0] === 'string', 'an array that begins with its format');
    const version = /^lotchain-bundle\/([0-9]+)$/.exec(parts[0]);
    this.must(version, 'another format');
    if (version[1] !== '1') throw new Malformed('version-unsupported', 'a bundle of another version');
    this.tuple(parts, 9, 'an array of nine');
    const [, lot, note, hashes, entries, seen, subjects, beside, digest] = parts;
    this.must(typeof lot === 'string', 'a lot');
    parseId(lot, { kind: 'lot' });
    this.must(isBytes(note) && note.length <= NOTE_LIMIT, 'a note');
    this.hashes = this.list(hashes, 500_000, 'hashes');
    this.must(this.hashes.every(isHash) && distinct(this.hashes.map(hex)), 'hashes of 32 bytes, none twice');
    this.used = 0;
    const leaves = this.tuple(entries, 2, 'statements and closing records');
    const [statements, closings] = leaves.map((part) => this.leaves(part));
    const seenProofs = this.seenProofs(seen);
    const proofs = this.subjectProofs(subjects);
    this.must(this.used === this.hashes.length, 'a hash that nothing uses');
    const [openings, ruleSets] = this.tuple(beside, 2, 'openings and rule sets');
    this.must(isHash(digest), 'a digest');
    return { lot, note, statements, closings, seenProofs, proofs, openings: this.openings(openings),
        ruleSets: this.ruleSets(ruleSets) };
  }

  /** Hashes by their places, which stand in the order of their first use. */
  path(places, most) {
    return this.list(places, most, 'places').map((place) => {
      this.must(Number.isInteger(place) && place >= 0 && place < this.hashes.length && place <= this.used,
          'a place of a hash');
      this.used = Math.max(this.used, place + 1);
      return this.hashes[place];
    });
  }

  rising(items, compare, what) {
    this.must(items.every((item, at) => at === 0 || compare(items[at - 1], item) < 0), what);
    return items;
  }

  count(value, least) {
    this.must(isCount(value) && value >= least && value < GREATEST_SIZE, 'a count');
    return value;
  }

  leaves(value) {
    const leaves = this.list(value, 20_000, 'leaves').map((leaf) => {
      const [index, entry, path] = this.tuple(leaf, 3, 'a leaf');
      this.must(isBytes(entry) && entry.length <= ENTRY_LIMIT, 'an entry');
      return { index: this.count(index, 0), entry, path: this.path(path, 63) };
    });
    return this.rising(leaves, (one, other) => (one.index < other.index ? -1 : 1), 'leaves rise by index');
  }

  seenProofs(value) {
    const proofs = this.list(value, 20_000, 'seen proofs').map((proof) => {
      const [size, root, path] = this.tuple(proof, 3, 'a seen proof');
      this.must(isHash(root), 'a root');
      return { size: this.count(size, 1), root, path: this.path(path, 63) };
    });
    return this.rising(proofs, (one, other) => (one.size < other.size ? -1 : 1), 'seen proofs rise by size');
  }

  subjectProofs(value) {
    const proofs = this.list(value, 20_000, 'subject proofs').map((proof) => {
      const [subject, places, other] = this.tuple(proof, 3, 'a subject proof');
      this.must(typeof subject === 'string', 'a subject');
      parseId(subject);
      return { subject, siblings: this.path(places, 256), other: this.otherLeaf(other) };
    });
    return this.rising(proofs, (one, other) => compareText(one.subject, other.subject), 'subjects rise by name');
  }

  otherLeaf(value) {
    if (value === null) return null;
    const [key, length, chain, state] = this.tuple(value, 4, 'another leaf');
    this.must(isHash(key) && isCount(length) && isHead({ length, chain, state }), 'another leaf');
    return { key, head: { length, chain, state } };
  }

  openings(value) {
    const pairs = this.list(value, 20_000, 'openings').map((pair) => {
      const [digest, opening] = this.tuple(pair, 2, 'an opening');
      this.must(isHash(digest) && isBytes(opening), 'an opening');
      return { digest, opening };
    });
    return this.rising(pairs, (one, other) => compareBytes(one.digest, other.digest), 'openings rise by digest');
  }

  ruleSets(value) {
    const documents = this.list(value, 200, 'rule sets').map((bytes) => {
      this.must(isBytes(bytes) && bytes.length >= 1 && bytes.length <= 400_000, 'a rule set');
      return { digest: hex(sha256(bytes)), bytes };
    });
    return this.rising(documents, (one, other) => compareText(one.digest, other.digest), 'rule sets rise by digest');
  }
}

/** Which subjects a lot's proof needs, from the statements in log order. */
export function closureOf(lot, statements) {
  const histories = new Map();
  for (const statement of statements) {
    for (const subject of unique([...subjectsOf(statement.event), ...createsOf(statement.event)])) {
      if (!histories.has(subject)) histories.set(subject, []);
      histories.get(subject).push(statement);
    }
  }
  const needed = new Set([lot, 'charter']);
  for (const subject of needed) {
    const parent = kindOf(subject) === 'lot' ? parentOf(subject) : null;
    if (parent) needed.add(parent);
    for (const { event, issuer, key } of histories.get(subject) ?? []) {
      needed.add(issuer).add(key);
      for (const read of readsOf(event, subject)) needed.add(read);
      if (!createsOf(event).includes(subject)) continue;
      for (const source of subjectsOf(event)) {
        needed.add(source);
        for (const read of readsOf(event, source)) needed.add(read);
      }
    }
  }
  return sorted(needed);
}

/* ------------------------------------------------------------------------------------------------------------------
 * 13 Verify (specs/formats/bundle.md, verdict.md)
 * --------------------------------------------------------------------------------------------------------------- */

const REFUSAL_REMEDY = 'do not rely on this file; fetch a new bundle, and keep this one as evidence';
const UNKNOWN_REMEDY = 'use a newer verifier; nothing is concluded from an unknown version';
// What was asked of treaty rules: nothing, here.
const TREATY_CARD = { rule_sets: [], covers: [], not_examined: [] };
const NOT_PROVED = [
  'goods that never entered the ledger',
  'a false weight that two colluding handlers both signed',
  'what happened after the moment named as of',
  'a closing time set back while every witness was cut off at once',
  'a revocation that the operator delays',
];

/** Refuses a whole bundle. */
function refuseBundle(code, what, { expected = '', found = '' } = {}) {
  throw new Malformed(code, what, { expected: String(expected), found: String(found) });
}

/** Whether a refusal tells of a version that this verifier does not know, rather than of a forged file. */
function isUnknown(fault) {
  if (['version-unsupported', 'judge-version-unknown'].includes(fault.code)) return true;
  return fault.code === 'event-type' && fault.found !== '';
}

/** Step 1 and 2: the checkpoint, and every entry in its tree. */
async function openBundle(bundle, policy) {
  const weighed = await weigh(bundle.note, policy);
  const { size, root } = weighed.checkpoint;
  if (size < 2) refuseBundle('log-empty', 'the checkpoint covers no statement', { found: size });
  for (const { index, entry, path } of [...bundle.statements, ...bundle.closings]) {
    if (!includes(leafHash(entry), index, size, path, root)) {
      refuseBundle('inclusion-invalid', 'an entry is not in the log under this checkpoint', {
        found: `index ${index} of ${size}`,
      });
    }
  }
  return weighed;
}

/** Step 3: closing records, and the checkpoints that signers had seen. */
function readClosings(bundle, { size, root }) {
  let before = null;
  const closings = bundle.closings.map(({ index, entry }) => {
    const closing = parseClosing(entry);
    if (closing.end !== index) {
      refuseBundle('closing-place', 'a closing record stands elsewhere than it says', { found: index });
    }
    if (closing.judge !== JUDGE_VERSION) {
      refuseBundle('judge-version-unknown', 'a version of the judge that is not known', {
        expected: JUDGE_VERSION, found: closing.judge,
      });
    }
    if (before && (closing.start <= before.end || closing.time < before.time)) {
      refuseBundle('closing-time', 'closing records go back in time or overlap', { found: index });
    }
    before = closing;
    return closing;
  });
  const byIndex = new Map(closings.map((closing) => [BigInt(closing.end), closing]));
  const last = byIndex.get(BigInt(size) - 1n);
  if (!last) refuseBundle('closing-missing', 'the last closing record is missing');
  for (const proof of bundle.seenProofs) {
    proof.closing = byIndex.get(BigInt(proof.size) - 1n);
    if (!proof.closing) {
      refuseBundle('closing-missing', 'a seen checkpoint has no closing record', { found: proof.size });
    }
    if (!extendsTree(proof.size, proof.root, size, root, proof.path)) {
      refuseBundle('consistency-invalid', 'a seen checkpoint is not a prefix of this log', { found: proof.size });
    }
  }
  return { closings, last };
}

/** Step 4: statements and their events; the first is the charter. */
function readStatements(bundle, policy) {
  const statements = bundle.statements.map(({ index, entry }) => ({ index, ...parseEntry(entry) }));
  const [charter] = statements;
  if (!charter || charter.index !== 0 || charter.id !== policy.charter) {
    refuseBundle('charter-mismatch', 'the log does not begin with the policy\u2019s charter', {
      expected: policy.charter,
    });
  }
  return statements;
}

/** Step 5: the closure, and proofs for just its subjects. */
function readClosure(bundle, statements) {
  const closure = closureOf(bundle.lot, statements);
  const proved = new Set(bundle.proofs.map((proof) => proof.subject));
  const missing = closure.filter((subject) => !proved.has(subject));
  if (missing.length) {
    refuseBundle('bundle-incomplete', 'a subject that the histories need is not proved', { found: missing.join(', ') });
  }
  if (proved.size !== closure.length) {
    refuseBundle('bundle-extra', 'a subject is proved that the histories do not need');
  }
  const needed = ruleSetsOf(statements);
  const carried = new Set(bundle.ruleSets.map(({ digest }) => digest));
  const absent = needed.filter((digest) => !carried.has(digest));
  if (absent.length) {
    refuseBundle('bundle-incomplete', 'a rule set that was adopted is not here', { found: absent.join(', ') });
  }
  if (carried.size !== needed.length) refuseBundle('bundle-extra', 'a rule set that no statement needs');
  return closure;
}

/** Letters of places in which another State's law holds. */
const PART_OF = {
  PR: 'US', VI: 'US', GU: 'US', AS: 'US', MP: 'US',
  GF: 'FR', GP: 'FR', MQ: 'FR', RE: 'FR', YT: 'FR', MF: 'FR', AX: 'FI',
};
const stateOf = (country) => PART_OF[country] ?? country;

/** Digests of the rule sets adopted by countries that statements name. */
function ruleSetsOf(statements) {
  const countries = new Set();
  for (const { event } of statements) {
    const codes = [event.place?.code, ...(event.route ?? [])].filter(Boolean);
    for (const code of codes) countries.add(stateOf(code.slice(0, 2)));
    const parties = subjectsOf(event).filter((subject) => kindOf(subject) === 'party');
    for (const party of [...parties, ...(event.found ? [event.found.by] : [])]) countries.add(stateOf(countryOf(party)));
  }
  const adoptions = statements.filter(({ event, issuer }) => event.type === 'rule-set-adoption/1'
      && countries.has(countryOf(issuer)));
  return sortedSet(adoptions.map(({ event }) => event.document));
}

/** Step 6: every statement judged in the order of the log, as far as it changes subjects of the closure. */
class Replay {
  constructor({ bundle, policy, statements, closings, closure }) {
    Object.assign(this, { bundle, policy, statements, closings });
    this.closure = new Set(closure);
    this.states = new Map(closure.map((subject) => [subject, null]));
    this.heads = new Map();
    this.known = new Map();
    this.findings = [];
    this.signatures = [];
    this.first = new Map();
    this.usedClosings = new Set();
    this.usedSeen = new Set();
  }

  read(subject) {
    if (!this.closure.has(subject)) {
      refuseBundle('bundle-incomplete', 'the judge asks for a subject that is not proved', { found: subject });
    }
    return this.states.get(subject);
  }

  async run() {
    const ids = this.statements.map((statement) => statement.id);
    if (!distinct(ids)) refuseBundle('statement-twice', 'a statement stands twice');
    for (const statement of this.statements) await this.step(statement);
  }

  async step(statement) {
    const { index, event } = statement;
    const touched = [...subjectsOf(event), ...createsOf(event)];
    if (!touched.some((subject) => this.closure.has(subject))) {
      refuseBundle('bundle-extra', 'a statement about no subject of the closure', { found: index });
    }
    const closing = this.closings.find(({ start, end }) => start <= index && index < end);
    if (!closing) refuseBundle('closing-missing', 'a statement is dated by no closing record', { found: index });
    this.usedClosings.add(closing);
    statement.closed = closing.time;
    statement.seenTime = this.seenTime(statement);
    const context = {
      origin: this.policy.origin,
      charter: index === 0 ? '' : this.policy.charter,
      time: closing.time,
      seen: statement.seenTime,
      cited: (id) => this.known.get(id) ?? null,
      read: (subject) => this.read(subject),
    };
    const { findings, states, refused } = await judge(statement, context, (subject) => this.closure.has(subject));
    this.findings.push(...findings.map((finding) => ({ ...finding, index, event })));
    this.known.set(statement.id, statement);
    statement.refused = refused;
    if (refused) return;
    for (const [subject, state] of states) this.write(subject, state, statement);
    this.signatures.push({ key: statement.key, id: statement.id, closed: closing.time, subjects: [...states.keys()] });
  }

  /** The closing time of the checkpoint that a statement names; null where it names none,
      or none that it can have seen. */
  seenTime({ event, index }) {
    if (!event.seen || event.seen.size > index) return null;
    const proof = this.bundle.seenProofs.find(({ size, root }) => size === event.seen.size
        && hex(root) === event.seen.root);
    if (!proof) refuseBundle('bundle-incomplete', 'a seen checkpoint is not proved', { found: event.seen.size });
    this.usedSeen.add(proof);
    return proof.closing.time;
  }

  write(subject, state, statement) {
    const head = this.heads.get(subject) ?? { length: 0, chain: EMPTY_CHAIN };
    this.heads.set(subject, { length: head.length + 1, chain: chainWith(head.chain, parseHex(statement.id)) });
    this.states.set(subject, state);
    if (!this.first.has(subject)) this.first.set(subject, statement.index);
  }
}

/** Step 8: what was replayed is what the heads map commits to. */
function compareHeads(bundle, replay, headsRoot) {
  for (const { subject, siblings, other } of bundle.proofs) {
    const state = replay.states.get(subject);
    const head = state && { ...replay.heads.get(subject), state: sha256(utf8(canonicalJson(state))) };
    const holds = head ? !other && isPresent(subject, head, siblings, headsRoot)
        : isAbsent(subject, other, siblings, headsRoot);
    if (!holds) {
      refuseBundle('head-mismatch', `the history of ${subject} is not the one that the ledger commits to`, {
        found: `${replay.heads.get(subject)?.length ?? 0} statements in the bundle`,
      });
    }
  }
}

/** Step 9: nothing beside; openings open what they say. Gives digest → text. */
function checkBeside(bundle, replay, last) {
  const seenClosings = bundle.seenProofs.map((proof) => proof.closing);
  const needed = new Set([...replay.usedClosings, ...seenClosings, last]);
  if (replay.closings.some((closing) => !needed.has(closing))) {
    refuseBundle('bundle-extra', 'a closing record that dates nothing');
  }
  if (bundle.seenProofs.some((proof) => !replay.usedSeen.has(proof))) {
    refuseBundle('bundle-extra', 'a seen proof that nothing names');
  }
  const hidden = new Set();
  for (const { event } of replay.statements) {
    for (const [path, digest] of hiddenFields(event.raw)) hidden.add(`${digest} ${path}`);
  }
  const opened = {};
  for (const { digest, opening } of bundle.openings) {
    const { field, text, digest: computed } = openingOf(decodeCbor(opening));
    if (!sameBytes(computed, digest) || !hidden.has(`${hex(digest)} ${field}`)) {
      refuseBundle('opening-invalid', 'an opening does not open a hidden field of this bundle', { found: hex(digest) });
    }
    opened[hex(digest)] = text;
  }
  return opened;
}

/** How far back each ancestor of a lot bears on it: lot → index of the statement by which it left, latest way out. */
function waysOut(lot, replay) {
  const exits = new Map();
  const open = [lot];
  for (const child of open) {
    const begun = replay.first.get(child);
    for (const parent of replay.states.get(child)?.parents ?? []) {
      if (exits.has(parent) && exits.get(parent) >= begun) continue;
      exits.set(parent, begun);
      open.push(parent);
    }
  }
  return exits;
}

/** What of an ancestor's conclusions its children do not bear: they inherited what stood at their birth. */
const OWN_ONLY = new Set([
  'offer-unanswered', 'offer-overdue', 'on-hold', 'seal-doubt-open', 'inspection-doubt-open', 'proposal-pending',
  'permit-expired-on-the-way', 'lot-outside-permits', 'watch-marked', 'watch-mark-stands', 'alert-open',
]);

/** Which findings bear on a lot, and how they weigh for it. */
function bearing(lot, replay, concluded) {
  const exits = waysOut(lot, replay);
  const isLot = (subject) => kindOf(subject) === 'lot';
  const within = (subject, index) => subject === lot || (exits.has(subject) && index <= exits.get(subject));
  const judged = replay.findings.filter(({ code, subject, index, event }) => {
    if (refuses(code) || !isLot(subject)) return true;
    if (replay.closure.has(subject)) return within(subject, index);
    return [...subjectsOf(event), ...createsOf(event)].some((touched) => within(touched, index));
  });
  const later = concluded.filter(({ code, subject, about }) => {
    if (!isLot(subject) || subject === lot) return true;
    if (OWN_ONLY.has(code) || !exits.has(subject)) return false;
    return about !== '' && replay.known.has(about) && replay.known.get(about).index <= exits.get(subject);
  });
  return [...judged, ...later].map((finding) => weighed(finding, replay));
}

/** A finding with what its code means, as it weighs after what authorities did since. */
function weighed({ code, subject, statement, expected, found, event }, replay) {
  const meaning = has(EVENT_CODES, code) ? meaningOf(code, event?.type) : laterMeaning(code);
  const state = replay.states.get(subject);
  let { weight } = meaning;
  const resolved = state?.kind === 'lot' && state.conflicts[statement]?.status === 'resolved';
  if (weight === 'hold' && resolved && has(EVENT_CODES, code)) weight = 'note';
  if (state?.kind === 'lot' && state.settled?.[statement]?.[code]) weight = 'note';
  return { code, ...meaning, weight, subject, statement, expected, found };
}

function laterMeaning(code) {
  const [answer, weight, , what, remedy] = LATER_CODES[code];
  return { answer, weight, what, remedy };
}

/** Whether the charter lists log keys, and no key that signed the checkpoint is among them. */
function signedOffTheList(weighedNote, charter) {
  const keys = charter.log_keys?.keys ?? [];
  return keys.length > 0 && !weighedNote.checkpoint.signers.some((key) => keys.includes(keyDigest(verifierKeyText(key))));
}

/** Findings about the checkpoint and its age. */
function findAround(policy, found, offTheList, now) {
  const { origin } = policy;
  const list = found.notes.map(([code, name]) => [code, origin, '', name]);
  if (offTheList) {
    list.push(['log-key-not-listed', origin, 'a listed key',
        found.checkpoint.signers.map(({ keyId }) => keyId).join(', ')]);
  }
  if (!found.quorumMet) list.push(['quorum-not-met', origin, policy.quorum, [...found.times.keys()].join(', ')]);
  if (!found.attested) {
    list.push(policy.auditors.length ? ['audit-quorum-not-met', origin, policy.auditQuorum, found.auditors.length]
        : ['no-auditors', origin, '', '']);
  }
  if (found.asOf !== null && found.asOf < now - policy.maxAge) {
    list.push(['too-old', origin, `as of ${formatInstant(now - policy.maxAge)} or later`, formatInstant(found.asOf)]);
  }
  if (found.asOf !== null && found.asOf > now + 5 * MINUTE) {
    list.push(['cosigned-in-future', origin, formatInstant(now), formatInstant(found.asOf)]);
  }
  return list.map(([code, subject, expected, what]) => ({
    code, ...laterMeaning(code), subject, statement: '', expected: String(expected), found: String(what),
  }));
}

/** What is said of treaty rules: what was entered before any was adopted, and what this verifier does not judge. */
function treatyFindings(lot, replay) {
  const adopted = replay.statements.find(({ event, refused }) => event.type === 'rule-set-adoption/1' && !refused);
  const on = statementsOn(lot, replay);
  const before = on.some(({ index }) => !adopted || index < adopted.index);
  const after = adopted && on.some(({ index }) => index > adopted.index);
  const codes = [...(before ? ['no-rule-set'] : []), ...(after ? ['rules-not-judged'] : [])];
  return codes.map((code) => ({ code, ...laterMeaning(code), subject: lot, statement: '', expected: '', found: '' }));
}

// --- Goods before the inspector

const countsOf = (items) => canonicalJson(sorted(items));

/** Compares what is said to stand before the inspector with the lot's last state; `found` may be null. */
function compareGoods(lot, subject, found) {
  if (!found || (!found.seals && !found.noSeal && !found.serials && !found.net)) {
    return { compared: false, findings: [] };
  }
  const findings = [];
  const find = (code, expected, what, statement = '') => {
    findings.push({ code, ...laterMeaning(code), subject, statement, expected: String(expected), found: String(what) });
  };
  for (const [id, mark] of Object.entries(lot.watched ?? {})) {
    const marked = listed(found.serials).filter((serial) => mark.serials.includes(serial));
    if (marked.length) find('goods-watch-marked', '', marked.join(', '), id);
  }
  if (lot.ended) {
    const reported = lot.ended.how === 'reported';
    find(reported ? 'goods-of-reported-lot' : 'goods-of-ended-lot', '', lot.ended.how, lot.last);
    return { compared: !reported, findings };
  }
  const seals = found.noSeal ? [] : found.seals;
  if (seals && countsOf(seals) !== countsOf(lot.seals)) {
    find('goods-seal-mismatch', lot.seals.join(', '), seals.join(', '));
  }
  if (found.serials) {
    const own = Object.keys(lot.packages);
    const strange = found.serials.filter((serial, at) => !own.includes(serial) || found.serials.indexOf(serial) !== at);
    if (strange.length) find('goods-serial-mismatch', '', strange.join(', '), lot.last);
    const rest = own.filter((serial) => !found.serials.includes(serial));
    if (rest.length && !strange.length) find('goods-serials-not-all', own.length, found.serials.length, lot.last);
  }
  if (found.net) {
    const { kind, amount } = found.net;
    const whole = present(lot);
    const apart = BigInt(Math.abs(whole - amount)) * 1_000_000n > BigInt(lot.tolerance) * BigInt(whole);
    if (kind !== lot.quantity_kind || apart) {
      find('goods-net-mismatch', showQuantity(whole, lot.quantity_kind), showQuantity(amount, kind), lot.last);
    }
  }
  return { compared: true, findings };
}

// --- The verdict

const EXIT_CODES = { CLEAR: 0, FAIL: 1, HOLD: 3 };

/** Where a lot is, in words. */
function whereabouts(lot, at, offeredAt) {
  const { ended, offer } = lot;
  if (ended) {
    if (ended.how === 'reported') return 'undetermined: a paper reports it, and no handler signed';
    return ended.into.length ? `${ended.how} into ${ended.into.join(', ')}` : ended.how;
  }
  if (offer) {
    const overdue = at > offer.deadline ? ', overdue' : '';
    return `in transit from ${offer.by} to ${offer.to}${overdue}, since ${formatInstant(offeredAt)}`;
  }
  const place = `${lot.custodian} at ${lot.place.code}`;
  if (lot.held_as === 'seized') return `seized, held by ${place}`;
  const arrived = lot.delivered && lot.consignment?.final.includes(lot.custodian);
  return arrived ? `delivered to its declared final destination, ${place}` : `in custody of ${place}`;
}

/** The six answers. */
function answersOf({ findings, lot, at, attested, goods, replay }) {
  const worst = (answer) => findings.filter((finding) => finding.answer === answer).map(({ weight }) => weight);
  const has = (code) => findings.some((finding) => finding.code === code);
  const by = (answer, fail, hold, otherwise) => {
    const weights = worst(answer);
    return weights.includes('fail') ? fail : weights.includes('hold') ? hold : otherwise;
  };
  let quantity = 'balanced';
  if (has('difference-closed')) quantity = 'difference closed by report';
  else if (has('difference-within-tolerance')) quantity = 'within declared tolerance';
  const offeredAt = lot.offer ? replay.known.get(lot.offer.id)?.closed : null;
  let where = whereabouts(lot, at, offeredAt);
  if (has('conflict-open')) where = `undetermined: in dispute; the ledger says ${where}`;
  if (Object.keys(lot.holds).length) where += ', on hold';
  if (!attested) where = `undetermined: the operator's word is ${where}`;
  return {
    chain: by('chain', 'broken', 'undetermined', attested ? 'unbroken' : 'undetermined'),
    quantity: by('quantity', 'contradictory', 'open difference', quantity),
    treaty: by('treaty', 'breach', null, null)
        ?? `undetermined: ${has('rules-not-judged') ? 'not judged here' : 'no rule set adopted'}`,
    whereabouts: where,
    completeness: attested ? 'attested' : "operator's word",
    goods: !goods.compared ? 'not compared' : goods.findings.some(({ weight }) => weight === 'fail') ? 'mismatch'
        : 'match',
  };
}

function wordOf(findings, treatyRequired) {
  const counted = findings.filter(({ answer }) => treatyRequired || answer !== 'treaty').map(({ weight }) => weight);
  return counted.includes('fail') ? 'FAIL' : counted.includes('hold') ? 'HOLD' : 'CLEAR';
}

/** A lot's double entry as people read it. */
function accountsOf(lot) {
  const shown = {};
  for (const name of sorted(Object.keys(lot.accounts))) {
    shown[name] = showQuantity(Math.abs(lot.accounts[name]), lot.quantity_kind);
  }
  shown['in custody'] = showQuantity(present(lot), lot.quantity_kind);
  return shown;
}

/** The statements on the lot and on its ancestors until it left them. */
function statementsOn(lot, replay) {
  const exits = waysOut(lot, replay);
  const within = (subject, index) => subject === lot || (exits.has(subject) && index <= exits.get(subject));
  return replay.statements.filter(({ index, event }) => {
    return [...subjectsOf(event), ...createsOf(event)].some((subject) => within(subject, index));
  });
}

// Members in which an event names statements that the judge asks for on the log.
const CITING = ['prev', 'answers', 'withdraws', 'reply', 'hold', 'logged', 'logged_reply', 'loss', 'statement', 'alert', 'mark'];

/** Ids of statements that the judge of a payload asks for. */
function namedIn(value) {
  if (value === null || typeof value !== 'object') return [];
  const own = CITING.map((name) => value[name]).filter((id) => typeof id === 'string');
  return [...own, ...Object.values(value).flatMap(namedIn)];
}

/** After which moment each statement was surely signed: index → milliseconds or null. */
function signedAfter(replay) {
  const after = new Map();
  const earlier = new Map();
  for (const { id, event, seenTime } of replay.statements) {
    const named = namedIn(event.raw).map((name) => earlier.get(name) ?? null);
    const known = [seenTime, ...named].filter((moment) => moment !== null);
    after.set(id, known.length ? Math.max(...known) : null);
    earlier.set(id, after.get(id));
  }
  return after;
}

function timelineOf(lot, replay) {
  const after = signedAfter(replay);
  return statementsOn(lot, replay).map(({ index, id, issuer, event, closed }) => {
    const place = event.place?.code ?? '';
    const title = EVENT_TITLES[event.type] ?? event.type;
    const times = { occurred_at: parseInstant(event.occurred_at), signed_after: after.get(id), signed_before: closed };
    const local = event.place ? localTimes(times, event.place.offset) : null;
    return {
      index, statement: id, issuer, event: title, sentence: `${title} by ${issuer}${place && ` at ${place}`}.`,
      occurred_at: event.occurred_at, entered_at: formatInstant(closed),
      signed_after: times.signed_after === null ? null : formatInstant(times.signed_after),
      signed_before: formatInstant(closed), place, local,
    };
  });
}

/** Instants by a place's clock. */
function localTimes(times, offset) {
  const shown = Object.entries(times).map(([name, ms]) => [name, ms === null ? null : formatLocal(ms, offset)]);
  return Object.fromEntries(shown);
}

/** A finding as the verdict's JSON has it: empty members left out. */
function findingJson({ code, answer, weight, subject, statement, what, expected, found, remedy }) {
  const members = { code, answer, weight, subject, statement, what, expected, found, remedy };
  return Object.fromEntries(Object.entries(members).filter(([, text]) => text));
}

/**
 * Verifies a bundle's bytes under a policy's text at a moment in milliseconds.
 * @param {Uint8Array} bytes the `.lotproof` file
 * @param {string|Uint8Array} policyText the trust policy
 * @param {number} now the inspector's clock
 * @param {object|null} found what stands before the inspector: `seals`, `noSeal`, `serials`, `net` ({kind, amount})
 * @returns {Promise<object>} a verdict as specs/formats/verdict.md has it
 * @throws {Malformed} where bundle or policy cannot be read: then there is no verdict
 */
export async function verifyBundle(bytes, policyText, now, found = null) {
  const policy = parsePolicy(policyText);
  const bundle = decodeBundle(bytes);
  try {
    return await proved(bundle, policy, now, found);
  } catch (fault) {
    if (!(fault instanceof Malformed)) throw fault;
    return refusedVerdict(bundle, policy, fault);
  }
}

function refusedVerdict(bundle, policy, fault) {
  const unknown = isUnknown(fault);
  const answer = unknown ? 'undetermined: unknown version' : 'not given: the file does not prove what it holds';
  const names = ['chain', 'quantity', 'treaty', 'whereabouts', 'completeness', 'goods'];
  const finding = {
    code: fault.code, answer: 'chain', weight: unknown ? 'hold' : 'fail', subject: bundle.lot, what: fault.message,
    expected: fault.expected, found: fault.found, remedy: unknown ? UNKNOWN_REMEDY : REFUSAL_REMEDY,
  };
  return {
    format: 'lotchain-verdict/1', lot: bundle.lot, verdict: unknown ? 'HOLD' : 'FAIL', refused: true,
    treaty_required: policy.treatyRequired, treaty: TREATY_CARD,
        answers: Object.fromEntries(names.map((name) => [name, answer])), as_of: null,
    checkpoint: { origin: policy.origin, size: 0 }, auditors: [], witnesses: [], accounts: {},
        findings: [findingJson(finding)],
    timeline: [], examined: [], named_not_examined: [], opened_fields: {}, not_proved: NOT_PROVED,
  };
}

/** Steps 1 to 6: what the checkpoint is worth, and every statement judged. */
async function replayed(bundle, policy) {
  const weighedNote = await openBundle(bundle, policy);
  const { closings, last } = readClosings(bundle, weighedNote.checkpoint);
  const statements = readStatements(bundle, policy);
  const closure = readClosure(bundle, statements);
  const replay = new Replay({ bundle, policy, statements, closings, closure });
  await replay.run();
  return { weighedNote, last, statements, closure, replay };
}

/**
 * The states to which a bundle's statements lead, not yet compared with the heads map: for whoever looks for a difference.
 * @returns {Promise<Map<string, object|null>>}
 */
export async function statesOf(bytes, policyText) {
  return (await replayed(decodeBundle(bytes), parsePolicy(policyText))).replay.states;
}

async function proved(bundle, policy, now, found) {
  const { weighedNote, last, statements, closure, replay } = await replayed(bundle, policy);
  const { checkpoint } = weighedNote;
  const lot = replay.states.get(bundle.lot);
  if (!lot) refuseBundle('lot-absent', 'the lot is not on the ledger', { found: bundle.lot });
  compareHeads(bundle, replay, last.headsRoot);
  const opened = checkBeside(bundle, replay, last);
  const at = weighedNote.asOf ?? last.time;
  const concluded = conclude(replay.states, replay.signatures, at);
  const goods = compareGoods(lot, bundle.lot, found);
  const treaty = treatyFindings(bundle.lot, replay);
  const offTheList = signedOffTheList(weighedNote, replay.states.get('charter'));
  const findings = orderFindings([
    ...bearing(bundle.lot, replay, concluded), ...findAround(policy, weighedNote, offTheList, now), ...goods.findings,
    ...treaty,
  ]);
  const attested = weighedNote.attested && weighedNote.quorumMet && !offTheList;
  const lots = unique(statements.flatMap(({ event }) => [...subjectsOf(event),
      ...createsOf(event)])).filter((subject) => kindOf(subject) === 'lot');
  return {
    format: 'lotchain-verdict/1', lot: bundle.lot, verdict: wordOf(findings, policy.treatyRequired), refused: false,
    treaty_required: policy.treatyRequired, treaty: TREATY_CARD,
        answers: answersOf({ findings, lot, at, attested, goods, replay }),
    as_of: weighedNote.asOf === null ? null : formatInstant(weighedNote.asOf),
    checkpoint: { origin: checkpoint.origin, size: checkpoint.size }, auditors: weighedNote.auditors,
    witnesses: [...weighedNote.times.keys()], accounts: accountsOf(lot), findings: findings.map(findingJson),
    timeline: timelineOf(bundle.lot, replay), examined: closure.filter((subject) => kindOf(subject) === 'lot'),
    named_not_examined: sorted(lots.filter((subject) => !replay.closure.has(subject))), opened_fields: opened,
    not_proved: NOT_PROVED,
  };
}

/* ------------------------------------------------------------------------------------------------------------------
 * 14 Command line
 * --------------------------------------------------------------------------------------------------------------- */

const USAGE = `Usage: node js/lotchain-verify.js BUNDLE --policy POLICY [--now TIME] [--json]

Verifies a bundle (.lotproof) under a trust policy, offline; treaty rules are not judged here.
--now TIME  the moment to judge the file's age at, as 2026-11-02T08:30:00Z; default this machine's clock
--json      one JSON document instead of text
Exit code 0 CLEAR, 1 FAIL, 3 HOLD; 2 when a file cannot be read, 4 when this program itself failed.
Example: node js/lotchain-verify.js drums.lotproof --policy border.policy`;

/** The command's arguments, or null where they are none. */
function readArguments(words) {
  const asked = { bundle: '', policy: '', now: '', json: false };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === '--json') asked.json = true;
    else if (['--policy', '--now'].includes(word)) {
      at += 1;
      asked[word.slice(2)] = words[at] ?? '';
    } else if (!asked.bundle && !word.startsWith('-')) asked.bundle = word;
    else return null;
  }
  return asked.bundle && asked.policy ? asked : null;
}

/** A verdict for people. */
function verdictText(verdict) {
  const lines = [`${verdict.verdict}  ${verdict.lot}`];
  if (verdict.as_of) {
    lines.push(`as of ${verdict.as_of}, checkpoint of ${verdict.checkpoint.size} entries of ${verdict.checkpoint.origin}`);
  }
  for (const [name, answer] of Object.entries(verdict.answers)) lines.push(`  ${name.padEnd(13)} ${answer}`);
  if (verdict.timeline.length) lines.push('', 'Timeline');
  for (const { entered_at: entered, sentence } of verdict.timeline) lines.push(`  ${entered}  ${sentence}`);
  lines.push('', 'Findings');
  for (const { weight, code, subject, what, expected, found, remedy } of verdict.findings) {
    lines.push(`  ${weight} ${code} on ${subject}: ${what}`);
    if (expected || found) lines.push(`       expected ${expected || 'nothing'}, found ${found || 'nothing'}`);
    if (remedy) lines.push(`       what to do: ${remedy}`);
  }
  lines.push('', 'Not proved', ...verdict.not_proved.map((what) => `  ${what}`));
  return lines.join('\n');
}

/** Runs the command; gives its exit code. */
async function main(words) {
  if (words.some((word) => ['-h', '--help'].includes(word))) {
    console.log(USAGE);
    return 0;
  }
  const asked = readArguments(words);
  if (!asked) {
    console.error(USAGE);
    return 2;
  }
  const { readFileSync } = await import('node:fs');
  try {
    const now = asked.now ? parseInstant(asked.now) : Date.now();
    const verdict = await verifyBundle(new Uint8Array(readFileSync(asked.bundle)),
        new Uint8Array(readFileSync(asked.policy)), now);
    console.log(asked.json ? JSON.stringify(verdict, null, 1) : verdictText(verdict));
    return EXIT_CODES[verdict.verdict];
  } catch (fault) {
    if (!(fault instanceof Malformed) && !fault.syscall) {
      console.error(`failed: ${fault.stack}`);
      return 4;
    }
    const where = fault.field ? ` (${fault.field})` : '';
    console.error(`${fault.code}: ${fault.message}${where}`);
    return 2;
  }
}

const invoked = globalThis.process?.argv?.[1];
if (invoked) {
  const { pathToFileURL } = await import('node:url');
  if (import.meta.url === pathToFileURL(invoked).href) {
    // WebCrypto's Ed25519 is marked as experimental in Node 20; the warning is none of the inspector's business.
    process.removeAllListeners('warning');
    process.exitCode = await main(process.argv.slice(2));
  }
}
