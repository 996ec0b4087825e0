import type { CommandMap, CommandName } from "./commands.js";
import { asking as ask, levels as table } from "./generated/levels.js";

/** The certificate level that each command needs. */
export const levels: { readonly [C in CommandName]: CommandMap[C]["level"] } = table;

/** Commands before which a person may be asked. */
export const asking: readonly CommandName[] = ask;
