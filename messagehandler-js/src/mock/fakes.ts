/**
 * What the mock host gives in place of secrets. The account is that of the private key 1, which everybody knows; what is
 * "signed" and "encrypted" says itself that it is not.
 */

/** The account's Bitcoin address. */
export const ADDRESS = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH";

/** The account's public ECC key: 33 bytes, Base64. */
export const PUBLIC_KEY = "Anm+Zn753LusVaBilc6HCwcCm/zbLc4o2VnygVsW+BeY";

/** The wallet's account on chains that are like Ethereum. */
export const ETHEREUM_ADDRESS = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf";

/** The wallet's account on TRON. */
export const TRON_ADDRESS = "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC";

/** A picture that looks like a QR code and holds nothing: a PNG of 232 × 232 pixels. */
export const QR_PICTURE =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAOgAAADoAQAAAADN0pXVAAAAi0lEQVR42u3Yyw6AIAxE0fn/n8YYEcRW1nIZSEzKcSOx5aEya7JarX9XXe0e6hFVh4l5RFg9v75ri6zWJXWz/K31q/aPWsfRPVdnxVfROkTiq0KGs7V8FTaoKswJW5Mkh+rrNFHwOma0+Np3m/FvR2tSzciarVZErc90NwLUdpqY3W5x1LeXVuuSegA+MDMD1c3mLQAAAABJRU5ErkJggg==";

/** First byte of a signed message whose key is compressed (BIP 137). */
const HEADER = "\u001f";

const SIGNATURE_LABEL = "mock signature that proves nothing, over text of sum ";
const ENCRYPTED_LABEL = "mock encryption that hides nothing: ";

/** 65 bytes in Base64 that fit the message, as the form of a Bitcoin signed message wants it. */
export function sign(message: string): string {
  return toBase64(bytesOf(HEADER + (SIGNATURE_LABEL + sumOf(message)).padEnd(64, ".")));
}

/** The text with a label before it, in Base64. */
export function encrypt(message: string): string {
  return toBase64(bytesOf(ENCRYPTED_LABEL + message));
}

/** What {@link encrypt} closed; `undefined` for anything else. */
export function decrypt(text: string): string | undefined {
  const bytes = fromBase64(text.trim());
  const plain = bytes && textOf(bytes);
  return plain?.startsWith(ENCRYPTED_LABEL) ? plain.slice(ENCRYPTED_LABEL.length) : undefined;
}

/** Eight hex digits that change with the text (FNV-1a). */
function sumOf(text: string): string {
  let sum = 0x811c9dc5;
  for (const byte of bytesOf(text)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return sum.toString(16).padStart(8, "0");
}

/** The text as UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text that bytes are in UTF-8; `undefined` if they are none. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes as Base64. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The bytes that Base64 stands for; `undefined` if it is none. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}
