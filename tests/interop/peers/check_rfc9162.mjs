// Asks @transmute/rfc9162 about roots, inclusion and consistency.
import { CoMETRE } from '@transmute/rfc9162';
import { answer, hexed, require_, unhexed } from './asking.mjs';

const peer = CoMETRE.RFC9162_SHA256;
const few = [...'0123456'].map((at) => new TextEncoder().encode(`L${at}`));

const known = {
  async root({ entries, root }) {
    const leaves = await Promise.all(entries.map((entry) => peer.leaf(unhexed(entry))));
    require_(hexed(await peer.root(leaves)) === root, 'another root');
  },
  async inclusion({ entry, index, size, path, root }) {
    const leaf = await peer.leaf(unhexed(entry));
    const proof = { log_id: '', tree_size: size, leaf_index: index, inclusion_path: path.map(unhexed) };
    require_(hexed(await peer.verify_inclusion_proof(leaf, proof)) === root, 'another root');
  },
  async consistency({ old, old_root, new: size, new_root, path }) {
    const proof = { log_id: '', tree_size_1: old, tree_size_2: size, consistency_path: path.map(unhexed) };
    const held = await peer.verify_consistency_proof(unhexed(old_root), unhexed(new_root), proof);
    require_(held === true, 'not consistent');
  },
};

async function make() {
  const leaves = await Promise.all(few.map((entry) => peer.leaf(entry)));
  const inclusion = await peer.inclusion_proof(3, leaves);
  const before = await peer.inclusion_proof(2, leaves.slice(0, 3));
  const consistency = await peer.consistency_proof(before, leaves);
  return {
    root: hexed(await peer.root(leaves)),
    inclusion_3_of_7: inclusion.inclusion_path.map(hexed),
    consistency_3_to_7: consistency.consistency_path.map(hexed),
  };
}

await answer(known, make);
