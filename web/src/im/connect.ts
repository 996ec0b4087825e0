import type { EngineTransport } from "./client";
import { SocketEngine } from "./socket";
import { tauriEngine } from "./tauri";

/** Where an engine elsewhere is found, and what lets the page in. */
export interface EngineAccess {
  readonly url: string;
  readonly token: string;
}

/** Under which name a browser's tab keeps the access, so that the page can be loaded again. */
const KEPT = "cococat.engine";

/** Whether the page is in the program's own window. */
export const inProgram = "__TAURI_INTERNALS__" in window;

/**
 * How a page in a browser is told its engine: by the part of the address behind `#`, which no server sees, such as
 * `#engine=ws://127.0.0.1:4000/ws&token=…`. `null` if it was not told.
 */
export function readAccess(hash: string): EngineAccess | null {
  const told = new URLSearchParams(hash.replace(/^#/u, ""));
  const [url, token] = [told.get("engine"), told.get("token")];
  return url && token ? { url, token } : null;
}

/** The access of this tab. What stands in the address is kept and taken out of it, so that nobody reads it over a shoulder. */
function access(): EngineAccess | null {
  const told = readAccess(location.hash);
  if (told) {
    sessionStorage.setItem(KEPT, JSON.stringify(told));
    history.replaceState(null, "", `${location.pathname}${location.search}`);
    return told;
  }
  const kept = sessionStorage.getItem(KEPT);
  return kept === null ? null : (JSON.parse(kept) as EngineAccess);
}

/**
 * The way to the engine: the program behind the page, or the one that a browser was told; `null` if there is none. `onAgain` is called
 * when a connection that was lost is there again; the one to the program never breaks.
 */
export function connectEngine(onAgain: () => void): EngineTransport | null {
  if (inProgram) return tauriEngine;
  const found = access();
  let connections = 0;
  const connected = () => {
    connections += 1;
    if (connections > 1) onAgain();
  };
  return found && new SocketEngine(found.url, found.token, connected);
}
