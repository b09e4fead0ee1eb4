/**
 * Verifies bundles one after another for a program that asks: JSON lines in, JSON lines out.
 *
 * In:  {"bundle": base64, "policy": text, "now": milliseconds, "found": null or {seals, noSeal, serials, net: {value, unit}}}
 * Out: {"verdict": …} as specs/formats/verdict.md has it, {"unreadable": code}, or {"failed": text} where this program is
 *      at fault.
 */

import { createInterface } from 'node:readline';
import { Malformed, parseBase64, parseQuantity, verifyBundle } from './lotchain-verify.js';

/** What stands before the inspector, with its net quantity read. */
function foundGoods(found) {
  return found && { ...found, net: found.net && parseQuantity(found.net.value, found.net.unit) };
}

async function answer(line) {
  try {
    const { bundle, policy, now, found } = JSON.parse(line);
    return { verdict: await verifyBundle(parseBase64(bundle), policy, now, foundGoods(found ?? null)) };
  } catch (fault) {
    return fault instanceof Malformed ? { unreadable: fault.code } : { failed: String(fault.stack) };
  }
}

process.removeAllListeners('warning');
for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(await answer(line)));
