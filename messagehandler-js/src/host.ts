/**
 * Where the host is, and what it says of itself (`window.coco`).
 */

/** A command that the host carries out. */
export interface Capability {
  /** Name of the command. */
  cmd: string;
  /** The certificate level that it needs. */
  level: number;
  /** Version of the host's command set. */
  version?: string;
}

/** What a host puts into a page as `window.coco`. */
export interface HostFacts {
  capabilities(): Capability[];
  /** Stands there in place of CocoCat, inside the page itself. */
  mock?: boolean;
}

/** The host's facts, if a host gave any. */
export function factsOf(page: Window | undefined): HostFacts | undefined {
  const facts = (page as { coco?: Partial<HostFacts> } | undefined)?.coco;
  return typeof facts?.capabilities === "function" ? (facts as HostFacts) : undefined;
}

/** The page, or nothing on a server. */
export function thisPage(): Window | undefined {
  return typeof window === "undefined" ? undefined : window;
}

/** Where requests go: to the parent, but a mock host sits in the page, whether it is framed or not. */
export function hostWindow(page: Window): Window {
  return factsOf(page)?.mock ? page : page.parent;
}

/**
 * Whether a message is the host's: it posts from the parent, or, where the page is its own top window, into the page
 * itself. Frames that the page embeds do not speak for it.
 */
export function isFromHost(page: Window | undefined, source: MessageEventSource | null): boolean {
  return source === null || source === page || source === page?.parent || source === page?.top;
}

/** Whether the page runs in CocoCat, or with a mock host in its place. */
export function isInHost(): boolean {
  return factsOf(thisPage()) !== undefined;
}

/** The commands that the host carries out; none outside CocoCat. */
export function capabilities(): Capability[] {
  const list: unknown = factsOf(thisPage())?.capabilities();
  return Array.isArray(list) ? list : [];
}

/**
 * What the app was opened with, by a card in a chat or a link; `null` if with nothing. An app that is open already is told of another one by
 * `hashchange`. Whoever sent the card wrote it: read it as you read what strangers send.
 */
export function startParameter(): string | null {
  return new URLSearchParams(thisPage()?.location.hash.slice(1)).get("start");
}

/** Whether the host carries out a command. */
export function supports(cmd: string): boolean {
  return capabilities().some((each) => each.cmd === cmd);
}
