import { emit } from "@tauri-apps/api/event";
import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, describe, expect, it } from "vitest";
import type { ShellEvent } from "../src/generated/shell";
import { tauriTransport } from "../src/transport/tauri";

afterEach(clearMocks);

describe("the transport of the launcher window", () => {
  it("sends every request by the one command", async () => {
    const calls: unknown[] = [];
    mockIPC((command, payload) => {
      calls.push([command, payload]);
      return { path: null };
    });
    expect(await tauriTransport.request({ op: "choosePackage", kind: "zip" })).toEqual({ path: null });
    expect(calls).toEqual([["shell", { request: { op: "choosePackage", kind: "zip" } }]]);
  });

  it("turns an error of the shell into a failure of its kind", async () => {
    mockIPC(() => {
      throw { kind: "signature", message: "no valid signature" };
    });
    await expect(tauriTransport.request({ op: "state" })).rejects.toMatchObject({ name: "ShellFailure", kind: "signature", detail: "no valid signature" });
  });

  it.each([["a text", "not allowed"], ["a foreign kind", { kind: "constructor", message: "x" }], ["nothing", undefined]])("takes %s for a failure too", async (_, thrown) => {
    mockIPC(() => {
      throw thrown;
    });
    await expect(tauriTransport.request({ op: "state" })).rejects.toMatchObject({ name: "ShellFailure", kind: "io" });
  });

  it("listens until it is told to stop", async () => {
    mockIPC(() => null, { shouldMockEvents: true });
    const events: ShellEvent[] = [];
    const stop = await tauriTransport.listen((event) => events.push(event));
    const drag: ShellEvent = { type: "drag", phase: "over" };
    await emit("shell", drag);
    stop();
    await expect.poll(() => events).toEqual([drag]);
  });
});
