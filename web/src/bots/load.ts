import type { PictureLoader } from "./pictures";

/** Pictures that are asked for at the same time. */
const AT_ONCE = 4;
/** Pictures that are kept for the next time. */
const KEPT = 60;

/** A picture as the engine gives it. */
export interface Fetched {
  /** The media type. */
  type: string;
  /** The bytes in base64. */
  data: string;
}

/** Loads pictures by the engine, a few at a time, and each once as long as it is among the last that were seen. */
export function pictureLoader(ask: (url: string) => Promise<Fetched>): PictureLoader {
  const kept = new Map<string, Promise<Blob>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  async function fetched(url: string): Promise<Blob> {
    if (running >= AT_ONCE) await new Promise<void>((next) => waiting.push(next));
    running += 1;
    try {
      const { type, data } = await ask(url);
      return new Blob([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], { type });
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  }

  return async (url) => {
    const blob = kept.get(url) ?? fetched(url);
    kept.delete(url);
    kept.set(url, blob);
    // What failed is tried again by whoever shows it next.
    blob.catch(() => kept.delete(url));
    for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - KEPT))) kept.delete(oldest);
    return URL.createObjectURL(await blob);
  };
}
