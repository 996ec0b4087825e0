import type { Tap } from "../bots/protocol";
import { useChats } from "../stores/chats";
import { isTrusted, placeOf } from "../links";
import { useNotices } from "../stores/notices";
import { useShell } from "../stores/shell";
import { useView } from "../stores/view";

/** What happens when something in a message is tapped. */
export function useTaps() {
  const chats = useChats();
  const notices = useNotices();
  const shell = useShell();
  const view = useView();

  /** Asks whether a page of the web is to be opened, unless the user trusts its place. */
  function openLink(url: string): void {
    const place = placeOf(url);
    if (place !== null && isTrusted(place)) void shell.openLink(url);
    else view.show({ kind: "link", url });
  }

  /** Does what an action of a bot's message says: sends it what was tapped, or leads out of the program. */
  async function tap(bot: string, what: Tap): Promise<void> {
    if (what.kind === "link") return openLink(what.url);
    if (what.kind === "call") return openLink(`tel:${what.number.replace(/[^\d+*#]/gu, "")}`);
    try {
      await chats.tap(bot, { text: what.text, postback: what.postback, open: what.open });
    } catch (thrown) {
      notices.fail("other", thrown);
    }
  }

  return { tap, openLink };
}
