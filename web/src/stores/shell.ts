import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import type { AppInfo, Change, Download, Language, PackageKind, ShellAnswers, ShellEvent, ShellState, Theme, WindowState } from "../generated/shell";
import { setLanguage as applyLanguage, tagOf } from "../i18n";
import { type Operation, type RequestOf, ShellFailure, type Transport } from "../transport/transport";
import { useAppPage } from "./app-page";
import { type NoticeKey, useNotices } from "./notices";
import { useView } from "./view";

const CHANGED: Record<Change, NoticeKey> = { installed: "installed", updated: "updated", unchanged: "unchanged" };

/** Mirror of the shell's state, and everything that a user can ask the shell to do. State is never guessed: it comes back as an event. */
export const useShell = defineStore("shell", () => {
  const notices = useNotices();
  const view = useView();

  const transport = shallowRef<Transport | null>(null);
  const state = shallowRef<ShellState | null>(null);
  /** Why the first state could not be fetched. */
  const failure = shallowRef<ShellFailure | null>(null);
  /** The download that is running. */
  const download = shallowRef<Download | null>(null);
  /** Installations under way. */
  const installing = ref(0);
  /** Apps that were asked to open and have not been answered for. */
  const pending = ref<ReadonlySet<string>>(new Set());

  const ears = new Set<(event: ShellEvent) => unknown>();

  /** Whether there are apps at all. */
  const withApps = computed(() => !transport.value?.withoutApps);

  /** Installed apps by name, in the order of the chosen language. */
  const apps = computed<AppInfo[]>(() => {
    if (!state.value) return [];
    const order = new Intl.Collator(tagOf(state.value.language), { numeric: true, sensitivity: "base" });
    return [...state.value.apps].sort((a, b) => order.compare(a.name, b.name) || order.compare(a.address, b.address));
  });

  /**
   * Sends one request, for the other stores.
   *
   * @throws ShellFailure when the shell refuses or fails.
   */
  function request<Op extends Operation>(asked: RequestOf<Op>): Promise<ShellAnswers[Op]> {
    if (!transport.value) return Promise.reject(new ShellFailure({ kind: "io", message: "no transport" }));
    return transport.value.request<Op>(asked);
  }

  async function apply(next: ShellState): Promise<void> {
    // The texts come first, so that the window never shows one language and then another.
    await applyLanguage(next.language);
    if (next.theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = next.theme;
    // Later it follows its own events, which a state that was read before them must not undo.
    if (!state.value) download.value = next.download;
    state.value = next;
  }

  function receive(event: ShellEvent): void {
    switch (event.type) {
      case "state":
        void apply(event.state);
        break;
      case "appPage":
        useAppPage().changed(event.address);
        break;
      case "download":
        download.value = event.download;
        break;
      case "drag":
        view.dragging = event.phase === "over";
        break;
      case "notice": {
        const { path, kind } = event.values;
        // What the user is doing is not taken away: beside another dialog it stays a notice.
        if (event.key === "installFailed" && kind === "older" && path && !view.dialog) view.show({ kind: "older", path });
        else notices.receive(event.level, event.key, event.values);
        break;
      }
    }
    for (const ear of ears) ear(event);
  }

  /** Has what the shell tells told to somebody as well; the result ends that. */
  function hear(ear: (event: ShellEvent) => unknown): () => void {
    ears.add(ear);
    return () => void ears.delete(ear);
  }

  /** Connects the page with the shell; a failure is kept in `failure`, and `retry` tries again. */
  async function connect(by: Transport): Promise<void> {
    transport.value = by;
    failure.value = null;
    try {
      await by.listen(receive);
      await apply(await request({ op: "state" }));
    } catch (thrown) {
      failure.value = ShellFailure.from(thrown);
    }
  }

  /** Fetches the state again after `connect` failed. */
  async function retry(): Promise<void> {
    try {
      await apply(await request({ op: "state" }));
      failure.value = null;
    } catch (thrown) {
      failure.value = ShellFailure.from(thrown);
    }
  }

  /** Installed app with this address. */
  function find(address: string): AppInfo | undefined {
    return state.value?.apps.find((app) => app.address === address);
  }

  /** State of an app's window, as the user sees it: a request that is under way counts. */
  function windowOf(app: AppInfo): WindowState {
    return app.window !== "open" && pending.value.has(app.address) ? "opening" : app.window;
  }

  /** Opens an app's window or brings it to the front, with a parameter for its page if a card has one. A damaged app shows its page in the launcher instead. */
  async function open(address: string, start: string | null = null): Promise<void> {
    const app = find(address);
    if (!app || pending.value.has(address)) return;
    if (app.damaged !== null) {
      view.page = address;
      return;
    }
    pending.value = new Set(pending.value).add(address);
    try {
      await request({ op: "open", address, start });
    } catch (thrown) {
      notices.fail("openFailed", thrown, { name: app.name });
    } finally {
      pending.value = new Set([...pending.value].filter((other) => other !== address));
    }
  }

  /** Installs a folder or ZIP. A package older than the installed one is asked about first, unless `downgrade`. */
  async function install(path: string, downgrade: boolean): Promise<void> {
    installing.value += 1;
    try {
      const { installed } = await request({ op: "install", path, downgrade });
      notices.tell(CHANGED[installed.change], { name: installed.name }, installed.address);
    } catch (thrown) {
      const failed = ShellFailure.from(thrown);
      if (failed.kind === "older" && !downgrade) view.show({ kind: "older", path });
      else notices.fail("installFailed", failed);
    } finally {
      installing.value -= 1;
    }
  }

  /** Lets the user choose a package and installs it. */
  async function choose(kind: PackageKind): Promise<void> {
    try {
      const { path } = await request({ op: "choosePackage", kind });
      if (path !== null) await install(path, false);
    } catch (thrown) {
      notices.fail("installFailed", thrown);
    }
  }

  /** Removes an app. */
  async function uninstall(address: string): Promise<void> {
    const name = find(address)?.name ?? address;
    try {
      await request({ op: "uninstall", address });
      notices.tell("uninstalled", { name });
    } catch (thrown) {
      notices.fail("uninstallFailed", thrown);
    }
  }

  /** Ends the running download. */
  async function cancelDownload(): Promise<void> {
    try {
      await request({ op: "cancelDownload" });
    } catch (thrown) {
      notices.fail("other", thrown);
    }
  }

  /** Switches developer mode. */
  async function setDeveloper(on: boolean): Promise<void> {
    try {
      await request({ op: "setDeveloper", on });
    } catch (thrown) {
      notices.fail("settingFailed", thrown);
    }
  }

  /** Opens the window that shows every call of the apps. */
  async function openInspector(): Promise<void> {
    try {
      await request({ op: "openInspector" });
    } catch (thrown) {
      notices.fail("other", thrown);
    }
  }

  /** Brings the window of a developer's work to the front. */
  async function raiseWork(address: string): Promise<void> {
    try {
      await request({ op: "raiseWork", address });
    } catch (thrown) {
      notices.fail("other", thrown);
    }
  }

  /** Opens a page of the web, or a number to call, in the program that the system has for it. */
  async function openLink(url: string): Promise<void> {
    try {
      await request({ op: "openLink", url });
    } catch (thrown) {
      notices.fail("other", thrown);
    }
  }

  /** Chooses a language; `null` follows the system. */
  async function setLanguage(language: Language | null): Promise<void> {
    try {
      await request({ op: "setLanguage", language });
    } catch (thrown) {
      notices.fail("settingFailed", thrown);
    }
  }

  /** Chooses light or dark. */
  async function setTheme(theme: Theme): Promise<void> {
    try {
      await request({ op: "setTheme", theme });
    } catch (thrown) {
      notices.fail("settingFailed", thrown);
    }
  }

  /**
   * Unlocks the account.
   *
   * @throws ShellFailure, kind `password` when it is wrong.
   */
  async function unlock(password: string): Promise<void> {
    await request({ op: "unlock", password });
    notices.tell("unlocked");
  }

  /**
   * Sets (`old` null) or changes the password.
   *
   * @throws ShellFailure, kind `password` when `old` is wrong.
   */
  async function setPassword(old: string | null, next: string): Promise<void> {
    await request({ op: "setPassword", old, new: next });
    notices.tell(old === null ? "passwordSet" : "passwordChanged");
  }

  /**
   * The recovery words, in order.
   *
   * @throws ShellFailure, kind `password` when it is wrong.
   */
  async function revealWords(password: string | null): Promise<string[]> {
    const { mnemonic } = await request({ op: "revealMnemonic", password });
    return mnemonic.trim().split(/\s+/u);
  }

  return {
    state, failure, download, installing, apps, withApps,
    request, hear, connect, retry, find, windowOf, open, install, choose, uninstall, cancelDownload, setDeveloper, openInspector, raiseWork, openLink, setLanguage, setTheme, unlock, setPassword, revealWords,
  };
});
