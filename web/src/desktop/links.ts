import { onScopeDispose, watch } from "vue";
import { useRouter } from "vue-router";
import { leadOf } from "../links-in";
import { useIm } from "../stores/im";
import { useShell } from "../stores/shell";

/** Follows links that the program was opened with: people are proposed as contacts when somebody is in, apps are opened. */
export function useLinks(): void {
  const im = useIm();
  const shell = useShell();
  const router = useRouter();
  /** A person or group to propose once the account is open, by the link. */
  let waiting: string | null = null;

  async function take(): Promise<void> {
    const { links } = await shell.request({ op: "takeLinks" });
    for (const link of links) {
      const lead = leadOf(link);
      if (lead?.kind === "app") void shell.open(lead.address, lead.start);
      if (lead?.kind === "person") waiting = lead.address;
      if (lead?.kind === "group") waiting = link;
    }
    propose();
  }

  function propose(): void {
    if (waiting === null || im.phase !== "in") return;
    void router.push({ name: "contacts", query: { add: waiting } });
    waiting = null;
  }

  onScopeDispose(shell.hear((event) => event.type === "links" && im.meanwhile(take())));
  watch(
    () => shell.withApps && shell.state !== null,
    (on) => on && im.meanwhile(take()),
    { immediate: true },
  );
  watch(() => im.phase, propose);
}
