/** What hinders people in a page, as axe-core finds it. */
import axe from "axe-core";
import type { Page } from "playwright-core";

export interface AxeOptions {
  /** Look only at what this selector names. */
  within?: string;
  /** Rules that are not looked at. */
  without?: string[];
}

/** Looks at a page at rest and gives a line for each element that breaks a rule: `serious color-contrast at .name: …`. */
export async function violations(page: Page, { within, without = [] }: AxeOptions = {}): Promise<string[]> {
  await page.evaluate(async () => {
    const ends = ({ effect }: Animation) => Number.isFinite(effect?.getComputedTiming().endTime);
    await Promise.allSettled(document.getAnimations().filter(ends).map(({ finished }) => finished));
  });
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(
    async ({ within, without }) => {
      const { axe } = window as unknown as { axe: typeof import("axe-core") };
      const rules = Object.fromEntries(without.map((id) => [id, { enabled: false }]));
      const found = await axe.run(within ?? document, { rules, resultTypes: ["violations"] });
      return found.violations.flatMap(({ id, impact, help, nodes }) =>
        nodes.map(({ target }) => `${impact ?? "minor"} ${id} at ${target.flat().join(" ")}: ${help}`),
      );
    },
    { within, without },
  );
}
