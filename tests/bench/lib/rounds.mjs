/** Measuring two sides in turn, so that whatever changes on the computer meanwhile meets both. */

/**
 * Does `rounds` rounds; in each, both sides have their turn.
 * @template T
 * @param {number} rounds
 * @param {() => Promise<T>} ours
 * @param {() => Promise<T>} peer
 * @returns {Promise<{ ours: T[], peer: T[] }>}
 */
export async function interleave(rounds, ours, peer) {
  const found = { ours: [], peer: [] };
  for (let round = 0; round < rounds; round += 1) {
    found.ours.push(await ours());
    found.peer.push(await peer());
  }
  return found;
}
