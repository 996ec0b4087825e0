/**
 * Holds parameters against the table of commands, as the host does and in its words, before they travel.
 */
import { shapes, type Fields, type Shape } from "./shapes.js";

/** What is wrong with the parameters of a command, such as `data.path: …`; nothing for an unknown command. */
export function problemOf(cmd: string, data: unknown): string | undefined {
  if (kindOf(data) !== "map") return "data: expected an object";
  return Object.hasOwn(shapes, cmd) ? fieldsProblem(shapes[cmd as keyof typeof shapes], data as Record<string, unknown>, "data") : undefined;
}

function fieldsProblem(fields: Fields, data: Record<string, unknown>, place: string): string | undefined {
  // "a?" may be missing, one of "a|b" must be there.
  const rules = Object.entries(fields).map(([key, shape]) => ({ names: key.replace("?", "").split("|"), optional: /[?|]/.test(key), must: !key.endsWith("?"), shape }));
  for (const [name, value] of Object.entries(data)) {
    const rule = rules.find(({ names }) => names.includes(name));
    if (rule === undefined || value === undefined || (rule.optional && value === null)) continue;
    const problem = problemIn(rule.shape, value, `${place}.${name}`);
    if (problem) return problem;
  }
  const missing = rules.find(({ names, optional, must }) => must && names.every((name) => data[name] === undefined || (optional && data[name] === null)));
  return missing && `${place}: missing field \`${missing.names[0]}\``;
}

function problemIn(shape: Shape, value: unknown, place: string): string | undefined {
  if (shape === "any") return undefined;
  const kind = kindOf(value);
  const expected = (what: string): string => `${place}: invalid type: ${described(kind, value)}, expected ${what}`;
  if (typeof shape === "string") return kind === shape ? undefined : expected(`a ${shape}`);
  if ("one" in shape) {
    if (shape.one.includes(value as string)) return undefined;
    return `${place}: ${shape.or ?? (kind === "string" ? `unknown variant \`${String(value).slice(0, LONGEST)}\`, expected ${listed(shape.one)}` : "expected value")}`;
  }
  if ("list" in shape) return kind === "sequence" ? first(value as unknown[], (each, at) => problemIn(shape.list, each, `${place}[${at}]`)) : expected("a sequence");
  if (kind !== "map") return expected("a map");
  if ("map" in shape) return first(Object.entries(value as object), ([name, each]) => problemIn(shape.map, each, `${place}.${name}`));
  return fieldsProblem(shape.fields, value as Record<string, unknown>, place);
}

function first<T>(values: T[], problem: (value: T, at: number) => string | undefined): string | undefined {
  for (const [at, value] of values.entries()) {
    const found = problem(value, at);
    if (found) return found;
  }
  return undefined;
}

/** So much of a wrong text is repeated. */
const LONGEST = 100;

/** The kind of value that a value is as JSON. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "sequence";
  return typeof value === "object" ? "map" : typeof value;
}

function described(kind: string, value: unknown): string {
  if (kind === "string") return `string ${JSON.stringify((value as string).slice(0, LONGEST))}`;
  if (kind === "number") return `${Number.isInteger(value) ? "integer" : "floating point"} \`${value}\``;
  return kind === "boolean" ? `boolean \`${value}\`` : kind;
}

function listed(values: readonly (string | number)[]): string {
  const quoted = values.map((value) => `\`${value}\``);
  if (quoted.length > 2) return `one of ${quoted.join(", ")}`;
  return quoted.join(" or ");
}
