import { provideTexts } from "../i18n";
import en from "../locales/sheet/en.json";

// The texts of the sheet.
provideTexts(en, import.meta.glob<object>(["../locales/sheet/*.json", "!../locales/sheet/en.json"], { import: "default" }));
