/**
 * The parameters of each command, as the host reads them (bridge 3).
 */
import type { CommandName } from "./commands.js";
import { shapes as table } from "./generated/shapes.js";

/** What a value must be: the kind of JSON value, a list or a map of one shape, one of some values, or an object. */
export type Shape =
  | "string"
  | "boolean"
  | "any"
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly one: readonly (string | number)[]; readonly or?: string }
  | { readonly fields: Fields };

/** The parameters of an object by name: `a?` may be missing, one of `a|b` must be there. */
export interface Fields {
  readonly [name: string]: Shape;
}

/** The parameters of each command. */
export const shapes: { readonly [C in CommandName]: Fields } = table;
