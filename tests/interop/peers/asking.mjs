// What every checker in JavaScript has in common: questions in, answers out, one file each.
//
//   node check.mjs CASES ANSWERS     answer each case of a kind known here: does it hold?
//   node check.mjs --make MADE       make what made_by_peers.json records, from fixed seeds
import { readFileSync, writeFileSync } from 'node:fs';

export const unhexed = (text) => Uint8Array.from(Buffer.from(text, 'hex'));
export const hexed = (bytes) => Buffer.from(bytes).toString('hex');

export function require_(held, what) {
  if (!held) throw new Error(what);
}

export async function answer(known, make) {
  const [first, second] = process.argv.slice(2);
  if (first === '--make') {
    writeFileSync(second, JSON.stringify(await make()));
    return;
  }
  const answers = [];
  for (const { id, kind, inputs } of JSON.parse(readFileSync(first, 'utf8'))) {
    if (!(kind in known)) continue;
    try {
      await known[kind](inputs);
      answers.push({ id, holds: true });
    } catch (fault) {
      answers.push({ id, holds: false, why: String(fault) });
    }
  }
  writeFileSync(second, JSON.stringify(answers));
}
