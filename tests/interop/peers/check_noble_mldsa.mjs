// Asks @noble/post-quantum about ML-DSA-44 signatures of the log and of witnesses.
import { ml_dsa44 as peer } from '@noble/post-quantum/ml-dsa.js';
import { answer, hexed, require_, unhexed } from './asking.mjs';

const known = {
  async mldsa44({ public: key, message, signature }) {
    require_(peer.verify(unhexed(signature), unhexed(message), unhexed(key)) === true, 'does not verify');
  },
};

// The log's second key, seed 80 81 … 9f, over the checkpoint of the entries L0 … L6, no time stated.
async function make() {
  const { secretKey, publicKey } = peer.keygen(Uint8Array.from({ length: 32 }, (_, at) => 128 + at));
  const origin = new TextEncoder().encode('ledger.example/lots');
  const root = Buffer.from('9a01afc3a2f698368e6143b81124c362459916ce16f62ca7b96933fc862735ed', 'hex');
  const number = (value) => [0, 0, 0, 0, 0, 0, 0, value];
  const name = [origin.length, ...origin];
  const head = new TextEncoder().encode('subtree/v1\n\0');
  const message = Uint8Array.from([...head, ...name, ...number(0), ...name, ...number(0), ...number(7), ...root]);
  const signature = peer.sign(message, secretKey, { extraEntropy: false });
  return { public: hexed(publicKey), message: hexed(message), signature: hexed(signature) };
}

await answer(known, make);
