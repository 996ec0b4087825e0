import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { ShellAnswers, ShellEvent } from "../generated/shell";
import { type Operation, type RequestOf, ShellFailure, type Transport } from "./transport";

/** Name of the command that takes every request, and of the event that carries every `ShellEvent`. */
const CHANNEL = "shell";

/** The transport of the launcher window: Tauri's command and event of the name `shell`. */
export const tauriTransport: Transport = {
  async request<Op extends Operation>(request: RequestOf<Op>): Promise<ShellAnswers[Op]> {
    try {
      return await invoke<ShellAnswers[Op]>(CHANNEL, { request });
    } catch (thrown) {
      throw ShellFailure.from(thrown);
    }
  },

  listen(handler) {
    return listen<ShellEvent>(CHANNEL, (event) => handler(event.payload));
  },
};
