import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { EngineTransport, Frame } from "../src/im/client";
import { paced } from "../src/im/paced";

let tell: (total: number) => void;
let told: number[];
let transport: EngineTransport;
let end: () => void;

/** The number that an event brings. */
const numberOf = (frame: Frame) => (frame.type === "unreadChanged" ? frame.data.total : NaN);

beforeEach(async () => {
  vi.useFakeTimers();
  told = [];
  let handlers: ((frame: Frame) => void)[] = [];
  tell = (total) => {
    for (const handler of handlers) handler({ type: "unreadChanged", data: { total } } as Frame);
  };
  transport = paced({
    send: async () => {
      tell(7);
      return { code: 200, message: "", data: null };
    },
    listen: async (handler) => {
      handlers.push(handler);
      return () => void (handlers = handlers.filter((one) => one !== handler));
    },
  });
  end = await transport.listen((frame) => void told.push(numberOf(frame)));
});

afterEach(() => vi.useRealTimers());

it("tells the first event at once, those soon after it together, and none twice", () => {
  tell(1);
  expect(told).toEqual([1]);
  tell(2);
  tell(3);
  expect(told).toEqual([1]);
  vi.advanceTimersByTime(40);
  expect(told).toEqual([1, 2, 3]);
  tell(4);
  expect(told).toEqual([1, 2, 3]);
  vi.advanceTimersByTime(100);
  expect(told).toEqual([1, 2, 3, 4]);
  tell(5);
  expect(told).toEqual([1, 2, 3, 4, 5]);
});

it("tells what came before an answer before the answer", async () => {
  tell(1);
  await transport.send({});
  expect(told).toEqual([1, 7]);
});

it("tells all at once while nobody sees the page", () => {
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  for (const number of [1, 2, 3]) tell(number);
  expect(told).toEqual([1, 2, 3]);
  hidden.mockRestore();
});

it("goes on after a listener's defect, and ends", async () => {
  const reported = vi.fn();
  vi.stubGlobal("reportError", reported);
  const endOther = await transport.listen(() => {
    throw new Error("no");
  });
  tell(1);
  vi.advanceTimersByTime(100);
  expect(reported).toHaveBeenCalledOnce();
  endOther();
  end();
  tell(2);
  vi.advanceTimersByTime(100);
  expect(told).toEqual([1]);
  vi.unstubAllGlobals();
});
