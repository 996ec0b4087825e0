import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { type Answer, EngineFailure, type EngineTransport, type Frame } from "./client";

/** Name of the command that takes every request, and of the event that carries the frames. */
const CHANNEL = "im";

/** The way to the engine in the program behind the page. */
export const tauriEngine: EngineTransport = {
  async send(request) {
    try {
      return await invoke<Answer>(CHANNEL, { request });
    } catch (thrown) {
      throw new EngineFailure(0, thrown instanceof Error ? thrown.message : String(thrown), String(request.__SERVER_ROUTE_METHOD));
    }
  },

  listen(handler) {
    return listen<Frame[]>(CHANNEL, ({ payload }) => payload.forEach(handler));
  },
};
