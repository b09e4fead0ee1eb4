/**
 * Runs the vectors of specs/vectors that concern a verifier: `node js/run-vectors.js [NAME…]`.
 * Prints a count for each file, every difference, and leaves with 1 when there is one.
 */

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as v from './lotchain-verify.js';

const VECTORS = fileURLToPath(new URL('../specs/vectors/', import.meta.url));
const bytesOf = (text) => v.parseHex(text);
const ascii = (text) => new TextEncoder().encode(text);

/** The bytes of a case that may be given by repetition. */
function repeated(entry) {
  const text = (entry.hex ?? '') + (entry.repeat_hex ?? '').repeat(entry.times ?? 0) + (entry.end_hex ?? '');
  return bytesOf(text);
}

/** What a value is in a vector's notation of CBOR. */
function plainCbor(value) {
  if (typeof value === 'number' || typeof value === 'bigint') return { int: String(value) };
  if (value instanceof Uint8Array) return { bytes: v.hex(value) };
  if (typeof value === 'string') return { text: value };
  if (Array.isArray(value)) return { array: value.map(plainCbor) };
  if (value instanceof Map) return { map: [...value].map(([key, member]) => [plainCbor(key), plainCbor(member)]) };
  return value;
}

/** A value in which integers beyond 2^53 are texts, as JSON gives both of what is compared. */
const asJson = (value) => {
  const exact = (part) => typeof part !== 'number' || Number.isSafeInteger(part);
  return JSON.parse(JSON.stringify(value, (_, part) => (typeof part === 'bigint' || !exact(part) ? String(Number(part)) : part)));
};
const same = (one, other) => v.canonicalJson(asJson(one)) === v.canonicalJson(asJson(other));

/** Throws when something is not as it should be; `what` says which. */
function must(holds, what) {
  if (!holds) throw new Error(what);
}

const proved = (holds) => {
  if (!holds) throw new v.Malformed('not-proved', 'the answer is no');
};

const checks = {
  'cbor.json': (entry) => {
    const bytes = repeated(entry);
    const value = v.decodeCbor(bytes, { size: entry.max_bytes ?? 65536 });
    must(v.hex(v.encodeCbor(value)) === v.hex(bytes), 'encodes otherwise');
    if (entry.value) must(same(plainCbor(value), entry.value), `another value: ${JSON.stringify(plainCbor(value))}`);
  },
  'canonical-json.json': (entry) => {
    const value = v.decodeJson(repeated(entry));
    if ('value' in entry) must(same(value, entry.value), 'another value');
  },
  'text.json': (entry) => {
    const points = entry.code_points ? entry.code_points.split(' ').map((point) => parseInt(point, 16)) : [];
    const text = points.map((point) => (point < 0x10000 ? String.fromCharCode(point) : String.fromCodePoint(point))).join('');
    v.checkText(text, { most: 100, lines: entry.multiline, bytes: 250 });
  },
  'ids.json': (entry) => {
    v.parseId(entry.id, { kind: entry.asked ?? (entry.new ? 'lot' : ''), fresh: Boolean(entry.new) });
    must(entry.id.split(':')[0] === entry.kind, 'another kind');
  },
  'quantities.json': (entry) => {
    if ('percent' in entry) {
      const ppm = v.parsePercent(entry.percent);
      must(ppm === entry.ppm, `${ppm}`);
      return;
    }
    const { kind, amount } = v.parseQuantity(entry.text, entry.unit);
    if ('amount' in entry) must(amount === entry.amount, `${amount}`);
    if ('shown' in entry) must(v.showQuantity(amount, kind) === entry.shown, v.showQuantity(amount, kind));
  },
  'instants.json': (entry) => {
    if ('offset' in entry) {
      const minutes = v.parseOffset(entry.offset);
      must(minutes === entry.minutes, `${minutes}`);
    } else if ('date' in entry) {
      const ms = v.parseDate(entry.date);
      must(ms === entry.ms, `${ms}`);
    } else if (!('local' in entry)) {
      const ms = v.parseInstant(entry.instant);
      must(ms === entry.ms && v.formatInstant(ms) === entry.instant, `${ms}`);
    }
  },
  'keys.json': async (entry) => {
    const key = v.parseKey(bytesOf(entry.cose));
    if (entry.kind === 'key') {
      must(key.thumbprint === entry.thumbprint && key.subject === entry.subject, 'another thumbprint');
      must(key.algorithm === entry.algorithm, 'another algorithm');
      return;
    }
    if (entry.kind === 'possession') {
      const holds = await v.possessionHolds(bytesOf(entry.cose), entry.anchor, entry.party, bytesOf(entry.signature));
      if (!holds) throw new v.Malformed('possession', 'does not hold');
      return;
    }
    const [message, signature] = [bytesOf(entry.message), bytesOf(entry.signature)];
    const holds = await v.signatureHolds(key, signature, message);
    if (key.algorithm === -8 && signature.length === 64 && holds) {
      must(await v.ed25519ByHand(key.raw, signature, message), 'the arithmetic by hand disagrees');
    }
    if (!holds) throw new v.Malformed('bad-signature', 'does not hold');
  },
  'statements.json': async (entry) => {
    const bytes = entry.statement !== undefined ? bytesOf(entry.statement) : repeated(entry);
    const statement = v.parseStatement(bytes, { limit: entry.limit ?? 20000 });
    if (entry.id) must(statement.id === entry.id, 'another id');
    if (entry.key ?? entry.cose) {
      const key = v.parseKey(bytesOf(entry.key ?? entry.cose));
      const fits = key.algorithm === statement.alg && key.thumbprint === statement.kid;
      if (!fits || !(await v.signatureHolds(key, statement.signature, statement.signed))) {
        throw new v.Malformed('bad-signature', 'does not hold');
      }
    }
  },
  'tree.json': (entry) => {
    const hashes = (list) => list.map(bytesOf);
    if (entry.kind === 'root') proved(v.hex(v.treeRoot(hashes(entry.entries))) === entry.root);
    if (entry.kind === 'inclusion') {
      const [leaf, root] = hashes([entry.leaf_hash, entry.root]);
      proved(v.includes(leaf, entry.index, entry.size, hashes(entry.path), root));
    }
    if (entry.kind === 'consistency') {
      const [old, root] = hashes([entry.old_root, entry.new_root]);
      proved(v.extendsTree(entry.old_size, old, entry.new_size, root, hashes(entry.path)));
    }
    return ['frontier', 'tile-path', 'tiles'].includes(entry.kind) ? 'skip' : undefined;
  },
  'closing.json': (entry) => {
    if (entry.kind !== 'closing') return 'skip';
    const closing = v.parseClosing(bytesOf(entry.entry));
    const { time, start, end, judge, heads_root: root } = entry.fields;
    const found = [closing.time, closing.start, closing.end, closing.judge, v.hex(closing.headsRoot)];
    must(same(found, [time, start, end, judge, root]), 'other fields');
  },
  'heads-map.json': (entry) => {
    const head = (given) => ({ length: given.length, chain: bytesOf(given.chain), state: bytesOf(given.state_hash) });
    if (entry.kind === 'chain') {
      const [chain, id] = [bytesOf(entry.chain), bytesOf(entry.statement_id)];
      if (chain.length !== 32 || id.length !== 32) throw new v.Malformed('hash-size', 'not 32 bytes');
      proved(v.hex(v.chainWith(chain, id)) === entry.result);
    } else if (entry.kind === 'root') {
      const leaves = entry.heads.map((given) => [v.sha256(ascii(given.subject)), head(given.head ?? given)]);
      proved(v.hex(v.headsRoot(leaves)) === entry.root);
    } else if (entry.kind === 'presence') {
      proved(v.isPresent(entry.subject, head(entry.head), entry.siblings.map(bytesOf), bytesOf(entry.root)));
    } else if (entry.kind === 'absence') {
      const other = entry.other ? { key: bytesOf(entry.other.key), head: head(entry.other.head ?? entry.other) } : null;
      proved(v.isAbsent(entry.subject, other, entry.siblings.map(bytesOf), bytesOf(entry.root)));
    } else return 'skip';
    return undefined;
  },
  'notes.json': (entry) => {
    if ('vkey' in entry) {
      const key = v.parseVerifierKey(entry.vkey);
      must(key.name === entry.name_read && key.type === entry.kind && key.keyId === entry.key_id, 'another key');
      must(v.hex(key.publicKey) === entry.public, 'other bytes');
      return;
    }
    const note = v.parseNote(entry.note_hex ? bytesOf(entry.note_hex) : noteBytes(entry));
    must(note.text === entry.text, 'another text');
    const lines = note.lines.map((line) => ({ name: line.name, key_id: line.keyId }));
    must(same(lines, entry.signatures.map(({ name, key_id }) => ({ name, key_id }))), 'other lines');
  },
  'checkpoint.json': async (entry) => {
    const keys = [entry.log_vkey, entry.mldsa_vkey].filter(Boolean).map(v.parseVerifierKey);
    const found = await v.openCheckpoint(entry.note_hex ? bytesOf(entry.note_hex) : noteBytes(entry), keys);
    if (found.unchecked.length && !entry.valid) return 'unchecked';
    const fields = [found.origin, String(found.size), v.hex(found.root)];
    must(same(fields, [entry.origin, entry.size, entry.root]), 'other fields');
    return undefined;
  },
  'cosignature.json': async (entry) => {
    const key = v.parseVerifierKey(entry.vkey);
    const checkpoint = v.parseCheckpoint(entry.checkpoint_text);
    const note = v.parseNote(ascii(`${entry.checkpoint_text}\n${entry.line}\n`));
    const [line] = note.lines;
    const named = line.name === key.name && line.keyId === key.keyId;
    const found = named ? await v.readCosignature(key, line.blob, checkpoint) : null;
    if (found === null) throw new v.Malformed('cosignature-invalid', 'does not verify');
    if (found.unchecked && !entry.valid) return 'unchecked';
    must(String(found.timestamp) === entry.timestamp, 'another time');
    return undefined;
  },
  'policy.json': async (entry) => {
    const policy = v.parsePolicy(entry.policy_hex ? bytesOf(entry.policy_hex) : policyText(entry));
    if (!('note' in entry)) return undefined;
    const weighed = await v.weigh(ascii(entry.note), policy);
    if (weighed.notes.some(([code]) => code.endsWith('-unchecked'))) return 'unchecked';
    return compareWeighed(entry, weighed, policy);
  },
};

/** A base bundle with a case's edits applied, from the last to the first. */
function editedBundle(file, entry) {
  let bytes = v.parseBase64(file.bundles[entry.bundle]);
  for (const [offset, removed, inserted] of [...entry.edits].reverse()) {
    const middle = v.parseBase64(inserted);
    const whole = new Uint8Array(bytes.length - removed + middle.length);
    whole.set(bytes.subarray(0, offset));
    whole.set(middle, offset);
    whole.set(bytes.subarray(offset + removed), offset + middle.length);
    bytes = whole;
  }
  return bytes;
}

/** What stands before the inspector, in a vector's words. */
function foundGoods(found) {
  if (!found) return null;
  const { seals, serials, net, no_seal: noSeal } = found;
  return { seals, serials, noSeal, net: net && v.parseQuantity(net.value, net.unit) };
}

async function checkBundle(entry, file) {
  const now = v.parseInstant(entry.now);
  let verdict;
  try {
    verdict = await v.verifyBundle(editedBundle(file, entry), file.policies[entry.policy], now, foundGoods(entry.found));
  } catch (fault) {
    if (fault instanceof v.Malformed) must(!entry.valid && entry.readable === false, `no verdict: ${fault.code}`);
    throw fault;
  }
  if (verdict.refused) {
    const [{ code }] = verdict.findings;
    must(!entry.valid && entry.readable && verdict.verdict === entry.word, `${verdict.verdict} for ${code}`);
    throw new v.Malformed(code, 'refused');
  }
  compareVerdict(verdict, entry);
}

/** Findings of treaty rules, and of the sets that hold them: this verifier does not judge them. */
const OF_RULES = /^((un|us|eu|mx|ca|cn|in)(-[a-z0-9]+)+|border-unexplained|country-not-on-ledger|rule-set-[a-z-]+|rules-not-judged)$/;

function compareVerdict(verdict, entry) {
  const partly = verdict.findings.some(({ code }) => code === 'rules-not-judged');
  const judged = (findings) => (partly ? findings.filter(([code]) => !OF_RULES.test(code)) : findings);
  const answered = (answers) => (partly ? { ...answers, treaty: '' } : answers);
  const findings = verdict.findings.map(({ code, subject, statement }) => [code, subject, statement ?? '']);
  const parts = {
    word: verdict.verdict, answers: verdict.answers, as_of: verdict.as_of, findings, opened: verdict.opened_fields,
    examined: verdict.examined, named: verdict.named_not_examined,
  };
  const looked = { word: (word) => (partly ? '' : word), answers: answered, findings: judged };
  for (const [name, value] of Object.entries(parts)) {
    const of = looked[name] ?? ((part) => part);
    must(same(of(value), of(entry[name])), `${name}: ${JSON.stringify(value)} instead of ${JSON.stringify(entry[name])}`);
  }
}

/** Openings as they are decoded; hidden fields in payloads are read with the events. */
checks['hidden.json'] = (entry) => {
  if (entry.kind === 'member') return 'skip';
  const part = (value) => (value?.bytes === undefined ? value : bytesOf(value.bytes));
  const given = Array.isArray(entry.item) ? entry.item.map(part) : entry.item;
  const item = entry.kind === 'item' ? given : [entry.field, bytesOf(entry.salt), entry.value];
  const { digest } = v.openingOf(item);
  if (entry.digest !== undefined && v.hex(digest) !== entry.digest) throw new v.Malformed('hidden-mismatch', 'another digest');
  return undefined;
};

checks['bundle.json'] = checkBundle;

const noteBytes = (entry) => ascii((entry.note ?? '') + (entry.repeat ?? '').repeat(entry.times ?? 0) + (entry.end ?? ''));
const policyText = (entry) => (entry.policy ?? '') + (entry.repeat ?? '').repeat(entry.times ?? 0) + (entry.end ?? '');

function compareWeighed(entry, weighed, policy) {
  const faults = weighed.notes.map(([code]) => code);
  if (!weighed.quorumMet) faults.push('quorum-not-met');
  if (!weighed.attested) faults.push(policy.auditors.length ? 'audit-quorum-not-met' : 'no-auditors');
  const found = [Object.fromEntries(weighed.times), weighed.auditors, weighed.quorumMet, weighed.attested, weighed.asOf];
  const wanted = [entry.witnesses, Object.keys(entry.auditors), entry.quorum_met, entry.attested, entry.as_of_ms];
  must(same([...found, faults.sort()], [...wanted, entry.faults.sort()]), `${JSON.stringify(found)} ${faults}`);
}

async function runFile(name, check) {
  const file = JSON.parse(readFileSync(VECTORS + name, 'utf8'));
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const entry of file.cases) {
    let code = '';
    let answer;
    try {
      answer = await check(entry, file);
    } catch (fault) {
      code = fault instanceof v.Malformed ? fault.code : fault.name === "Error" ? `! ${fault.message}` : `! ${fault.stack}`;
    }
    const passed = entry.valid ? code === '' : code === entry.code;
    if (answer === 'skip' || answer === 'unchecked') tally.skipped += 1;
    else if (passed) tally.passed += 1;
    else {
      tally.failed += 1;
      console.log(`${name}: ${entry.name} (${entry.comment}): ${code || 'taken'} instead of ${entry.code ?? 'taken'}`);
    }
  }
  console.log(`${name}: ${tally.passed} agree, ${tally.failed} differ, ${tally.skipped} not judged here`);
  return tally;
}

/** One event type's vectors: payloads that are none, and statements before the judge. */
async function checkEvent(entry) {
  if (entry.statement === undefined) {
    try {
      v.parseEvent(ascii(v.canonicalJson(bareCopy(entry.payload))));
    } catch (fault) {
      if (fault instanceof v.Malformed) must(fault.field === entry.field, `at ${fault.field} instead of ${entry.field}: ${fault.code}`);
      throw fault;
    }
    return undefined;
  }
  const statement = v.parseEntry(bytesOf(entry.statement));
  must(statement.id === entry.id && statement.issuer === entry.issuer, 'another id or issuer');
  const cited = (id) => (entry.cited[id] ? v.parseEntry(bytesOf(entry.cited[id].statement)) : null);
  const read = (subject) => {
    must(subject in entry.before, `reads ${subject}, which the vector has not`);
    return entry.before[subject] && bareCopy(entry.before[subject]);
  };
  const { origin, charter, time, seen } = entry;
  const { findings, states, refused } = await v.judge(statement, { origin, charter, time, seen, cited, read });
  const found = v.orderFindings(findings.map((one) => ({ ...one, ...v.meaningOf(one.code) })));
  const listed = found.map(({ code, subject }) => ({ code, subject }));
  must(same(listed, entry.expect.findings), `found ${JSON.stringify(listed)} instead of ${JSON.stringify(entry.expect.findings)}`);
  const after = Object.fromEntries(states);
  if (!same(after, entry.expect.after)) throw new Error(`other states: ${difference(after, entry.expect.after)}`);
  must(refused === !entry.valid, 'refused or not');
  if (refused) throw new v.Malformed(entry.code, 'refused');
  return undefined;
}

const bareCopy = (value) => JSON.parse(JSON.stringify(value));

/** Where two JSON values part. */
function difference(one, other, path = '') {
  if (v.canonicalJson(one ?? null) === v.canonicalJson(other ?? null)) return '';
  if (!one || !other || typeof one !== 'object' || typeof other !== 'object' || Array.isArray(one)) {
    return `${path}: ${JSON.stringify(one)} instead of ${JSON.stringify(other)}; `;
  }
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].map((name) => difference(one[name], other[name], `${path}/${name}`)).join('');
}

for (const name of readdirSync(`${VECTORS}events`).sort()) checks[`events/${name}`] = checkEvent;

process.removeAllListeners('warning');
const asked = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };
for (const [name, check] of Object.entries(checks)) {
  if (asked.length && !asked.some((word) => name.includes(word))) continue;
  const tally = await runFile(name, check);
  for (const key of Object.keys(total)) total[key] += tally[key];
}
console.log(`${total.passed} agree, ${total.failed} differ, ${total.skipped} not judged here`);
process.exitCode = total.failed ? 1 : 0;
