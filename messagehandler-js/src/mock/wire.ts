/**
 * The protocol of a host inside the page: takes requests before anybody else hears them, and posts answers.
 */
import { factsOf, type Capability, type HostFacts } from "../host.js";

/** A request as it came; its `cmd` can be anything. */
export type Request = Record<string, unknown>;

/**
 * Answers the requests of a page, as CocoCat would: later, once each, and only the newest of two that look alike. While
 * it does, the page finds `window.coco`, unless a real host gave it one.
 *
 * @param page the page's window
 * @param commands what `window.coco.capabilities()` lists
 * @param answer gives the answer to a request
 * @returns takes the host away again
 */
export function listen(page: Window, commands: Capability[], answer: (request: Request) => Promise<object>): () => void {
  const newest = new Map<string, object>();

  const receive = (event: MessageEvent<unknown>): void => {
    const request = event.data;
    if (!isRequest(request) || isForeign(page, event.source)) return;
    event.stopImmediatePropagation();
    const key = JSON.stringify([request.cmd, typeof request.messageId, request.messageId]);
    newest.set(key, request);
    void answer(request).then((message) => {
      if (newest.get(key) !== request) return;
      newest.delete(key);
      page.dispatchEvent(new MessageEvent("message", { data: message }));
    });
  };

  const takeFacts = giveFacts(page, { capabilities: () => commands.map((command) => ({ ...command })), mock: true });
  page.addEventListener("message", receive, true);
  return () => {
    newest.clear();
    page.removeEventListener("message", receive, true);
    takeFacts();
  };
}

/** Puts `window.coco` into the page, and gives back what takes it out again. */
function giveFacts(page: Window, facts: HostFacts): () => void {
  const before = factsOf(page);
  if (before !== undefined && !before.mock) return () => {};
  const put = (value: HostFacts | undefined): void => {
    Object.defineProperty(page, "coco", { value, configurable: true, writable: true, enumerable: false });
  };
  put(facts);
  return () => {
    if (factsOf(page) === facts) put(before);
  };
}

function isRequest(value: unknown): value is Request {
  return typeof value === "object" && value !== null && "cmd" in value && !("code" in value);
}

// A frame inside the page is foreign. Told by its parent, because the `window` of a test environment may be a stand-in
// that no event names as its source.
function isForeign(page: Window, source: MessageEventSource | null): boolean {
  return source !== null && source !== page && "parent" in source && source.parent !== source;
}
