import type { Message } from "../generated/im";
import { useChats } from "../stores/chats";
import { useNotices } from "../stores/notices";
import { useShell } from "../stores/shell";

/** Saves a message's file where the person wants it. */
export function useSaving(): (message: Message, name: string) => Promise<void> {
  const chats = useChats();
  const notices = useNotices();
  const shell = useShell();
  return async (message, name) => {
    try {
      const { path } = await shell.request({ op: "chooseSave", name });
      if (path !== null) await chats.saveFile(message, path);
    } catch (thrown) {
      notices.fail("other", thrown);
    }
  };
}
