import { defineStore } from "pinia";
import { computed, ref, shallowRef, watch } from "vue";
import type { AppInfo, AppPage, Wish } from "../generated/shell";
import { ShellFailure } from "../transport/transport";
import { useNotices } from "./notices";
import { useShell } from "./shell";
import { useView } from "./view";

/** The page of one app: what the app may do, keeps, and was before. It follows what the shell tells while it is open. */
export const useAppPage = defineStore("appPage", () => {
  const notices = useNotices();
  const shell = useShell();
  const view = useView();

  const page = shallowRef<AppPage | null>(null);
  /** Why the page could not be read. */
  const failure = shallowRef<ShellFailure | null>(null);
  /** Whether data are being removed or a version is being exchanged. */
  const busy = ref(false);
  /** The app that the page is about; none when it is closed, or the app is gone. */
  const app = computed<AppInfo | undefined>(() => (view.page === null ? undefined : shell.find(view.page)));

  let asked = 0;

  /** Reads the page anew. Only the last answer counts. */
  async function refresh(): Promise<void> {
    const address = view.page;
    if (address === null || !app.value) return;
    asked += 1;
    const turn = asked;
    try {
      const read = await shell.request({ op: "appPage", address });
      if (turn !== asked) return;
      page.value = read;
      failure.value = null;
    } catch (thrown) {
      if (turn === asked) failure.value = ShellFailure.from(thrown);
    }
  }

  /** Something of an app's page has changed. */
  function changed(address: string): void {
    if (address === view.page) void refresh();
  }

  watch(
    () => view.page,
    () => {
      asked += 1;
      page.value = null;
      failure.value = null;
      void refresh();
    },
  );
  watch(
    () => shell.state,
    () => {
      if (view.page !== null && !app.value) view.page = null;
      void refresh();
    },
  );

  /** Forgets the answer to a wish, so that it is asked again; without a wish, all answers. */
  async function forget(address: string, wish: Wish | null): Promise<void> {
    try {
      await shell.request(wish === null ? { op: "forgetGrants", address } : { op: "forgetGrant", address, wish });
    } catch (thrown) {
      notices.fail("forgetFailed", thrown);
    }
    changed(address);
  }

  /** Closes the app and removes everything that it stored. */
  async function clearData(address: string): Promise<void> {
    const name = shell.find(address)?.name ?? address;
    busy.value = true;
    try {
      await shell.request({ op: "clearData", address });
      notices.tell("dataCleared", { name });
    } catch (thrown) {
      notices.fail("clearFailed", thrown);
    } finally {
      busy.value = false;
    }
    changed(address);
  }

  /** Goes back to the previous version. */
  async function rollBack(address: string): Promise<void> {
    const name = shell.find(address)?.name ?? address;
    busy.value = true;
    try {
      await shell.request({ op: "rollBack", address });
      notices.tell("rolledBack", { name }, address);
    } catch (thrown) {
      notices.fail("rollBackFailed", thrown);
    } finally {
      busy.value = false;
    }
    changed(address);
  }

  return { page, failure, busy, app, refresh, changed, forget, clearData, rollBack };
});
