// Asks @noble/ed25519, by the strict rule of RFC 8032, about every kind of Ed25519 signature.
import * as peer from '@noble/ed25519';
import { answer, hexed, require_, unhexed } from './asking.mjs';

const known = {
  async ed25519({ public: key, message, signature }) {
    const held = await peer.verifyAsync(unhexed(signature), unhexed(message), unhexed(key), { zip215: false });
    require_(held === true, 'does not verify');
  },
};

// Checkpoint and cosignature of the entries L0 … L6, by the seeds 00 01 … 1f and 20 21 … 3f.
async function make() {
  const text = 'ledger.example/lots\n7\nmgGvw6L2mDaOYUO4ESTDYkWZFs4W9iynuWkz/IYnNe0=\n';
  const signed = async (from, words) => {
    const seed = Uint8Array.from({ length: 32 }, (_, at) => from + at);
    return { public: hexed(await peer.getPublicKeyAsync(seed)), signature: hexed(await peer.signAsync(words, seed)) };
  };
  const bytes = (words) => new TextEncoder().encode(words);
  return {
    checkpoint: await signed(0, bytes(text)),
    cosignature: await signed(32, bytes(`cosignature/v1\ntime 1700000000\n${text}`)),
  };
}

await answer(known, make);
