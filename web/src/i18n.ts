import { computed } from "vue";
import { createI18n } from "vue-i18n";
import type { Language } from "./generated/shell";
import en from "./locales/en.json";

/** The texts of one language; English has them all and is what the others are measured by. */
export type Messages = typeof en;

declare module "vue-i18n" {
  // Makes `t` accept only keys that exist.
  export interface DefineLocaleMessage extends Messages {}
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

const loaders = import.meta.glob<Messages>(["./locales/*.json", "!./locales/en.json"], { import: "default" });

/** The one instance; English is there from the start, the others are loaded when they are chosen. */
export const i18n = createI18n({
  legacy: false,
  locale: "en",
  fallbackLocale: "en",
  messages: { en } as unknown as Record<Language, Messages>,
});

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
    const messages = await loaders[`./locales/${language}.json`]?.();
    if (messages) global.setLocaleMessage(language, messages);
  }
  if (wanted !== language) return;
  global.locale.value = language;
  document.documentElement.lang = tagOf(language);
  document.documentElement.dir = directionOf(language);
}
