/** How strong contrasts are: as the system wants them, usual, or strong. */
export const CONTRASTS = ["system", "normal", "more"] as const;
export type Contrast = (typeof CONTRASTS)[number];

/** Under which name the choice is kept, for all windows. */
const KEPT = "cococat.contrast";

const wanted = (): MediaQueryList => window.matchMedia("(prefers-contrast: more)");

/** What was chosen. */
export function keptContrast(): Contrast {
  const kept = localStorage.getItem(KEPT);
  return CONTRASTS.find((one) => one === kept) ?? "system";
}

function show(contrast: Contrast): void {
  if (contrast === "more" || (contrast === "system" && wanted().matches)) document.documentElement.dataset["contrast"] = "more";
  else delete document.documentElement.dataset["contrast"];
}

/** Shows a choice and keeps it. */
export function applyContrast(contrast: Contrast): void {
  localStorage.setItem(KEPT, contrast);
  show(contrast);
}

/** Shows what was chosen, and follows the system and the other windows from then on. */
export function followContrast(): void {
  show(keptContrast());
  wanted().addEventListener("change", () => show(keptContrast()));
  window.addEventListener("storage", ({ key }) => key === KEPT && show(keptContrast()));
}
