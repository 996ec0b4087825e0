import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { InspectorAnswers, InspectorErrorKind, InspectorRequest } from "../generated/inspector";

/** Name of the command that takes every request, and of the event that says that there is news. */
const CHANNEL = "inspector";

/** Names of what the inspector can ask for. */
export type Operation = InspectorRequest["op"];

/** The inspector's only way to the program behind it. */
export interface InspectorTransport {
  /** Sends one request; rejects with an `InspectorError`. */
  request<Op extends Operation>(request: Extract<InspectorRequest, { op: Op }>): Promise<InspectorAnswers[Op]>;
  /** Calls `handler` for every piece of news from now on. */
  listen(handler: () => void): Promise<() => void>;
}

/** The transport of the inspector's window. */
export const tauriTransport: InspectorTransport = {
  request: (request) => invoke(CHANNEL, { request }),
  listen: (handler) => listen(CHANNEL, () => handler()),
};

const KINDS: Record<InspectorErrorKind, true> = { off: true, gone: true, closed: true, file: true, invalid: true };

/** What kind of refusal was thrown; `invalid` for what is none. */
export function kindOf(thrown: unknown): InspectorErrorKind {
  const kind = typeof thrown === "object" && thrown !== null && "kind" in thrown ? thrown.kind : undefined;
  return typeof kind === "string" && Object.hasOwn(KINDS, kind) ? (kind as InspectorErrorKind) : "invalid";
}
