import { provideTexts } from "./i18n";
import en from "./locales/en.json";

// The texts of the launcher.
provideTexts(en, import.meta.glob<object>(["./locales/*.json", "!./locales/en.json"], { import: "default" }));
