import { useI18n } from "vue-i18n";
import { formatUnit } from "../format";
import { currentTag } from "../i18n";
import type { Lifetime } from "../stores/rooms";

/** Days by the number of a lifetime; what has none is for ever (im.md 5). */
const DAYS: Partial<Record<Lifetime, number>> = { 0: 1, 1: 3, 2: 7, 3: 30 };

/** How long messages of a room live, in words. */
export function useLifetime(): (lifetime: Lifetime) => string {
  const { t } = useI18n();
  return (lifetime) => {
    const days = DAYS[lifetime];
    return days === undefined ? t("prefs.forEver") : formatUnit(days, "day", currentTag.value);
  };
}
