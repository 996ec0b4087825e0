import { shallowRef } from "vue";
import type { CallInfo, Changes } from "../generated/inspector";

/** Codes by what they mean for who looks at them. */
export type CodeClass = "ok" | "failed" | "waiting";

/** What is shown of all calls. */
export interface Filter {
  /** Label of a window, or empty for all. */
  window: string;
  /** Name of a command, or empty for all. */
  cmd: string;
  /** Empty for all. */
  code: CodeClass | "";
  /** Words that must all occur in the app's name, the command, the code or the id. */
  text: string;
}

/** How a call ended. */
export function classOf(call: CallInfo): CodeClass {
  if (call.state === "waiting") return "waiting";
  return call.code === 200 ? "ok" : "failed";
}

/** Whether a call passes a filter. */
export function passes(call: CallInfo, filter: Filter): boolean {
  if (filter.window && call.window !== filter.window) return false;
  if (filter.cmd && call.cmd !== filter.cmd) return false;
  if (filter.code && classOf(call) !== filter.code) return false;
  const text = `${call.app}\n${call.cmd ?? ""}\n${call.code ?? ""}\n${call.messageId ?? ""}\n${call.address}`.toLowerCase();
  return filter.text.toLowerCase().split(/\s+/u).every((word) => text.includes(word));
}

/** The calls that the program keeps, oldest first, as far as they were fetched. */
export class Calls {
  readonly all = shallowRef<readonly CallInfo[]>([]);
  revision = 0;

  /** Takes news: new calls at the end, changed ones in their place, forgotten ones away. */
  take(changes: Changes): void {
    const { oldest } = changes;
    const kept = oldest === null ? [] : this.all.value.filter((call) => call.number >= oldest);
    const places = new Map(kept.map((call, place) => [call.number, place]));
    for (const call of changes.calls) {
      const place = places.get(call.number);
      if (place !== undefined) kept[place] = call;
      else kept.push(call);
    }
    this.all.value = kept.sort((a, b) => a.number - b.number);
    this.revision = changes.revision;
  }
}

/** Time of day with milliseconds, as `14:03:05.123`. */
export function formatTime(at: number): string {
  const date = new Date(at);
  const two = (value: number) => `${value}`.padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${`${date.getMilliseconds()}`.padStart(3, "0")}`;
}

/** A duration, as `350 µs`, `1.2 ms` or `3.4 s`. */
export function formatDuration(microseconds: number | null): string {
  if (microseconds === null) return "…";
  if (microseconds < 1000) return `${microseconds} µs`;
  if (microseconds < 1_000_000) return `${(microseconds / 1000).toFixed(microseconds < 10_000 ? 1 : 0)} ms`;
  return `${(microseconds / 1_000_000).toFixed(1)} s`;
}

/** A number of bytes, as `120 B`, `1.2 kB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
