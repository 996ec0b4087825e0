import { provideTexts } from "../i18n";
import en from "../locales/inspector/en.json";

// The texts of the inspector.
provideTexts(en, import.meta.glob<object>(["../locales/inspector/*.json", "!../locales/inspector/en.json"], { import: "default" }));
