/**
 * Version numbers of tools: "1.95.0", "rustc 1.96.0 (…)", Debian's "1:1.96.0+dfsg1-1~deb12u2".
 */

/**
 * The first version number in a text.
 * @param {string | null | undefined} text
 * @returns {[number, number, number] | null}
 */
export function parseVersion(text) {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(String(text ?? "").replace(/^\d+:/, ""));
  return found ? [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)] : null;
}

/**
 * Whether a version is at least another one. A missing version is not.
 * @param {[number, number, number] | null} version
 * @param {[number, number, number]} least
 */
export function atLeast(version, least) {
  if (!version) return false;
  for (let i = 0; i < 3; i += 1) {
    if (version[i] !== least[i]) return version[i] > least[i];
  }
  return true;
}
