import { Channel, invoke } from "@tauri-apps/api/core";
import { type Answer, EngineFailure, type EngineTransport, type Frame } from "./client";

/** Name of the command that takes every request, and the channel that frames come by. */
const COMMAND = "im";

const handlers = new Set<(frame: Frame) => void>();
let connected: Promise<unknown> | undefined;

/** The way to the engine in the program behind the page. */
export const tauriEngine: EngineTransport = {
  async send(request) {
    try {
      return await invoke<Answer>(COMMAND, { request });
    } catch (thrown) {
      throw new EngineFailure(0, thrown instanceof Error ? thrown.message : String(thrown), String(request.__SERVER_ROUTE_METHOD));
    }
  },

  async listen(handler) {
    handlers.add(handler);
    connected ??= invoke(COMMAND, { events: channel() });
    await connected;
    return () => handlers.delete(handler);
  },
};

/** The one channel of the page, which all listeners share. */
function channel(): Channel<Frame[]> {
  const channel = new Channel<Frame[]>();
  channel.onmessage = (frames) => {
    for (const frame of frames) for (const handler of handlers) handler(frame);
  };
  return channel;
}
