import type { InjectionKey } from "vue";

/** Brings a message of the same conversation before the user's eyes. Only a list of messages can. */
export const JUMP: InjectionKey<(message: string) => void> = Symbol("jump");
