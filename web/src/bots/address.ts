/** The address of a page as the browser reads it, or "" when it is none that may be opened: `http` and `https` only. */
export function pageOf(url: string): string {
  return addressOf(url, /^https?:\/\//iu);
}

/** The address of a picture, or "" when it is none that may be loaded: `https` only. */
export function pictureOf(url: string): string {
  return addressOf(url, /^https:\/\//iu);
}

/** The host that an address leads to, in the letters of the network, so that look-alike letters show. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}

// Handing on what the browser read, not what was written, keeps the host that is shown the one that is asked.
function addressOf(url: string, scheme: RegExp): string {
  const strange = !scheme.test(url) || /\p{Cc}/u.test(url);
  return strange || !URL.canParse(url) ? "" : new URL(url).href;
}
