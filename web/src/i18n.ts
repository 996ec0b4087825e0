import { computed } from "vue";
import { createI18n } from "vue-i18n";
import type { Language } from "./generated/shell";
import type inspector from "./locales/inspector/en.json";
import type launcher from "./locales/en.json";
import type sheet from "./locales/sheet/en.json";

/** The launcher's texts in one language; English has them all and is what the others are measured by. */
export type Messages = typeof launcher;

type SheetMessages = typeof sheet;
type InspectorMessages = typeof inspector;

declare module "vue-i18n" {
  // Makes `t` accept only keys that exist. No two windows use the same outermost key.
  export interface DefineLocaleMessage extends Messages, SheetMessages, InspectorMessages {}
}

/** Every language of the shell, by its name in itself. */
export const LANGUAGES: Readonly<Record<Language, string>> = {
  en: "English",
  "zh-cn": "简体中文",
  "zh-tw": "繁體中文",
  th: "ไทย",
  es: "Español",
  ko: "한국어",
  ja: "日本語",
  ar: "العربية",
};

/** BCP 47 tags, for the `lang` attribute (choice of glyphs, hyphenation) and for `Intl`. */
const TAGS: Readonly<Record<Language, string>> = {
  en: "en",
  "zh-cn": "zh-Hans-CN",
  "zh-tw": "zh-Hant-TW",
  th: "th",
  es: "es",
  ko: "ko",
  ja: "ja",
  ar: "ar",
};

/** The one instance; each window fills it with the texts that it shows. */
export const i18n = createI18n({
  legacy: false,
  locale: "en",
  fallbackLocale: "en",
  messages: {} as unknown as Record<Language, Messages & SheetMessages & InspectorMessages>,
});

/** Fetches the texts of languages by their file, whose path ends in `/ar.json` and the like. */
type Loaders = Readonly<Record<string, () => Promise<object>>>;

let loaders: Loaders = {};

/** Gives a window its texts: English is there from the start, the others are loaded when they are chosen. */
export function provideTexts(english: object, others: Loaders): void {
  loaders = others;
  add("en", english);
}

function add(language: Language, texts: object): void {
  i18n.global.setLocaleMessage(language, texts as Messages & SheetMessages & InspectorMessages);
}

/** The language of the texts that are shown. */
export const currentLanguage = computed<Language>(() => i18n.global.locale.value);

/** BCP 47 tag of the language of the texts that are shown. */
export const currentTag = computed(() => tagOf(currentLanguage.value));

/** BCP 47 tag of a language. */
export function tagOf(language: Language): string {
  return TAGS[language];
}

/** Writing direction of a language. */
export function directionOf(language: Language): "ltr" | "rtl" {
  return language === "ar" ? "rtl" : "ltr";
}

let wanted: Language = "en";

/** Switches every text, and `lang` and `dir` of the document. The last call wins, whichever file arrives first. */
export async function setLanguage(language: Language): Promise<void> {
  wanted = language;
  const { global } = i18n;
  if (!global.availableLocales.includes(language)) {
    const file = Object.keys(loaders).find((path) => path.endsWith(`/${language}.json`));
    const texts = file === undefined ? undefined : await loaders[file]?.();
    if (texts) add(language, texts);
  }
  if (wanted !== language) return;
  global.locale.value = language;
  document.documentElement.lang = tagOf(language);
  document.documentElement.dir = directionOf(language);
}
