/** Measuring two sides in turn, so that whatever changes on the computer meanwhile meets both. */

/**
 * Does `rounds` rounds; in each both sides have their turn, and who begins alternates.
 * @template T
 * @param {number} rounds
 * @param {() => Promise<T>} ours
 * @param {() => Promise<T>} peer
 * @returns {Promise<{ ours: T[], peer: T[] }>}
 */
export async function interleave(rounds, ours, peer) {
  const found = { ours: [], peer: [] };
  const turns = [async () => found.ours.push(await ours()), async () => found.peer.push(await peer())];
  for (let round = 0; round < rounds; round += 1) {
    for (const turn of turns) await turn();
    turns.reverse();
  }
  return found;
}
