import type { InjectionKey } from "vue";

/** Fetches a picture and gives an object URL of it, which whoever asked revokes. */
export type PictureLoader = (url: string) => Promise<string>;

/** How bots' pictures are loaded; the page itself never asks their servers. */
export const BOT_PICTURES: InjectionKey<PictureLoader> = Symbol("pictures of bots");
