/** Anything that JSON can say. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A way from the top of a value to a part of it. */
export type Path = readonly string[];

/** Reads JSON; `undefined` for what is none. */
export function read(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Whether a value is an object, not a list. */
export function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parts of a value by name; none for what has no parts. */
export function partsOf(value: Json): readonly (readonly [string, Json])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

const PLACE = /^((?:data|sign|cmd|messageId)(?:\.[^\s.:[\]]+|\[\d+\])*): /u;

/**
 * The part of a request that the message of an answer speaks of, as `data.path: missing` does; `null` if it speaks of none. A part that is not
 * there stands for the nearest one that would hold it.
 */
export function placeOf(message: string, request: Json | undefined): { path: Path; whole: string } | null {
  const whole = PLACE.exec(message)?.[1];
  if (whole === undefined || !isObject(request)) return null;
  let wanted = whole.split(/[.[\]]+/u).filter(Boolean);
  // Parameters may stand at the top, without `data`.
  if (wanted[0] === "data" && !isObject(request["data"])) wanted = wanted.slice(1);
  const path: string[] = [];
  let here: Json | undefined = request;
  for (const part of wanted) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, part)) break;
    here = (here as { [key: string]: Json })[part];
    path.push(part);
  }
  return { path, whole };
}

/** Whether a path begins with another. */
export function startsWith(path: Path, beginning: Path): boolean {
  return beginning.every((part, index) => path[index] === part);
}

const BASE64 = /^(?:data:[\w.+-]+\/[\w.+-]+;base64,)?(?:[A-Za-z0-9+/]{4}){12,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;

/** Bytes that a text stands for in Base64, with or without the head of a data URL; `null` when it is none. */
export function base64Bytes(text: string): number | null {
  if (!BASE64.test(text)) return null;
  const digits = text.slice(text.indexOf(",") + 1);
  return Math.floor((digits.length * 3) / 4) - (/=*$/u.exec(digits)?.[0].length ?? 0);
}
