import { useI18n } from "vue-i18n";
import { currentTag } from "../i18n";
import { leadOf } from "../links-in";
import type { Content } from "./content";
import { formatSpan } from "./span";

/** What stands for a message where there is one line for it. */
export function useSummary(): (content: Content) => string {
  const { t } = useI18n();
  return (content) => {
    switch (content.kind) {
      case "text": {
        const lead = /^\s*cococat:/iu.test(content.text) ? leadOf(content.text) : null;
        if (lead && lead.kind !== "person" && lead.name !== "") return t("lead.summary", { name: lead.name });
        return content.text.replace(/\s+/gu, " ").slice(0, 200);
      }
      case "bot":
      case "quote":
        return content.text.replace(/\s+/gu, " ").slice(0, 200);
      case "file":
        return content.sort === "file" ? content.name : t(`message.${content.sort}`);
      case "card":
        return t("message.card", { name: content.name });
      case "forward":
        return t("message.forward");
      case "recalled":
        return t("message.recalled");
      case "friends":
        return t("message.friends");
      case "burn":
        return content.time > 0 ? t("reading.burnSet", { time: formatSpan(content.time, currentTag.value) }) : t("message.burnOff");
      case "botTrouble":
        return t(`message.trouble.${content.reason}`);
      case "group":
        return content.deed
          ? t(`message.deed.${content.deed}`, { by: content.by, names: new Intl.ListFormat(currentTag.value).format(content.members), group: content.group })
          : t("message.group");
      case "unknown":
        return t("message.unknown");
    }
  };
}
