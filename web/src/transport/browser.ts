import type { Language, ShellAnswers, ShellEvent, ShellState, Theme } from "../generated/shell";
import { LANGUAGES } from "../i18n";
import { type Operation, type RequestOf, ShellFailure, type Transport } from "./transport";

/** Under which name a browser keeps what was chosen. */
const KEPT = "cococat.look";

interface Chosen {
  language: Language | null;
  theme: Theme;
}

/** The first language of the browser that there are texts in. */
export function languageOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const lower = tag.toLowerCase();
    if (/^zh-(?:tw|hk|mo|hant)/u.test(lower)) return "zh-tw";
    const found = (Object.keys(LANGUAGES) as Language[]).find((language) => language.split("-")[0] === lower.split("-")[0]);
    if (found) return found;
  }
  return "en";
}

/** The shell of a browser's tab, which has no apps and nothing but language and light to choose. */
export function browserTransport(): Transport {
  const handlers = new Set<(event: ShellEvent) => void>();
  let chosen: Chosen = { language: null, theme: "system", ...(JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<Chosen>) };

  const state = (): ShellState => ({
    version: "",
    language: chosen.language ?? languageOf(navigator.languages),
    languageFromSystem: chosen.language === null,
    theme: chosen.theme,
    developer: false,
    background: false,
    identity: "open",
    apps: [],
    works: [],
    download: null,
  });

  function choose(part: Partial<Chosen>): void {
    chosen = { ...chosen, ...part };
    localStorage.setItem(KEPT, JSON.stringify(chosen));
    for (const handler of handlers) handler({ type: "state", state: state() });
  }

  return {
    withoutApps: true,

    async request<Op extends Operation>(request: RequestOf<Op>): Promise<ShellAnswers[Op]> {
      const asked = request as RequestOf<Operation>;
      if (asked.op === "setLanguage") choose({ language: asked.language });
      else if (asked.op === "setTheme") choose({ theme: asked.theme });
      else if (asked.op === "openLink") window.open(asked.url, "_blank", "noopener,noreferrer");
      else if (asked.op !== "state") throw new ShellFailure({ kind: "invalid", message: `a browser cannot do ${asked.op}` });
      return (asked.op === "state" ? state() : null) as ShellAnswers[Op];
    },

    async listen(handler) {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  };
}
