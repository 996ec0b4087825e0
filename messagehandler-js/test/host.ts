import { afterEach, beforeEach, vi } from "vitest";

/** A parent window that records what is posted to it. Answers are posted into the page by hand. */
export interface Parent {
  posted: unknown[];
  window: Window;
  answer(message: unknown, source?: MessageEventSource | null): void;
}

/** Gives the page a parent of its own for each test, as in a frame. */
export function inFrame(): Parent {
  const parent: Parent = {
    posted: [],
    window: {} as Window,
    answer: (message, source = null) =>
      void window.dispatchEvent(new MessageEvent("message", { data: message, source })),
  };
  beforeEach(() => {
    parent.posted = [];
    parent.window = { postMessage: vi.fn((message: unknown) => void parent.posted.push(structuredClone(message))) } as unknown as Window;
    Object.defineProperty(window, "parent", { value: parent.window, configurable: true });
  });
  afterEach(() => {
    Object.defineProperty(window, "parent", { value: window, configurable: true });
  });
  return parent;
}
