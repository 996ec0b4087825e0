import type { AppInfo, AppPage, Authority, Download, Language, ShellAnswers, ShellEvent, ShellErrorKind, ShellRequest, ShellState } from "../generated/shell";
import { fakeApp, LONG_NAMES } from "./fake-apps";
import { FAKE_AUTHORITIES, fakeDownload, fakePage } from "./fake-page";
import { type Operation, type RequestOf, ShellFailure, type Transport } from "./transport";

/** What the fake shell starts with. */
export type Scenario = {
  /** Number of installed apps; `long` gives them long names, `states` one of each state. */
  apps: number | "long" | "states";
  language: Language;
  theme: ShellState["theme"];
  identity: ShellState["identity"];
  /** Milliseconds that each answer takes. */
  delay: number;
  developer: boolean;
  /** Whether the first app is downloading something. */
  downloading: boolean;
  /** Kind of error that every installation ends with. */
  fails: ShellErrorKind | null;
};

/** Password of the fake account, where it has one. */
export const FAKE_PASSWORD = "coconut milk";

/** Words of the fake account. */
export const FAKE_WORDS = "legal winner thank year wave sausage worth useful legal winner thank yellow";

const STANDARD: Scenario = { apps: 5, language: "en", theme: "system", identity: "open", delay: 250, developer: false, downloading: false, fails: null };

/** Reads a scenario from the query of the address, for example `?apps=30&language=ar&theme=dark&identity=locked&fails=signature&developer=yes&downloading=yes&delay=0`. */
export function readScenario(query: string): Scenario {
  const asked = Object.fromEntries(new URLSearchParams(query));
  const { apps = `${STANDARD.apps}`, delay = `${STANDARD.delay}`, developer, downloading } = asked;
  return {
    ...STANDARD,
    ...asked,
    apps: apps === "long" || apps === "states" ? apps : Number(apps),
    delay: Number(delay),
    developer: developer === "yes",
    downloading: downloading === "yes",
  };
}

function appsOf(scenario: Scenario): AppInfo[] {
  if (scenario.apps === "long") return LONG_NAMES.map((name, index) => ({ ...fakeApp(index), name, icon: index % 2 ? "" : fakeApp(index).icon, version: index === 1 ? "2026.11.22-beta.4+build.77031" : null }));
  if (scenario.apps === "states") {
    return [
      fakeApp(0),
      { ...fakeApp(1), window: "opening" },
      { ...fakeApp(2), window: "open" },
      { ...fakeApp(3), window: "crashed" },
      { ...fakeApp(4), damaged: "assets/board.svg: the file's hash differs from the signed one" },
    ];
  }
  return Array.from({ length: scenario.apps }, (_, index) => fakeApp(index));
}

/** Drives a fake shell from a test: what the real one would do on its own. */
export interface FakeShell extends Transport {
  /** Requests so far, in order. */
  readonly requests: readonly ShellRequest[];
  /** Sends an event to the page. */
  emit(event: ShellEvent): void;
  /** Changes the state and tells the page. */
  change(part: Partial<ShellState>): void;
  /** Changes one app and tells the page. */
  changeApp(address: string, part: Partial<AppInfo>): void;
  /** Changes what one app's page shows and tells the page. */
  changePage(address: string, part: Partial<AppPage>): void;
}

/** A shell that is played in the page, for development in a browser and for tests. It keeps nothing. */
export function createFake(options: Partial<Scenario> = {}): FakeShell {
  const scenario = { ...STANDARD, ...options };
  const requests: ShellRequest[] = [];
  const handlers = new Set<(event: ShellEvent) => void>();
  let password = scenario.identity === "open" ? null : FAKE_PASSWORD;
  let installedSoFar = 100;
  const apps = appsOf(scenario);
  const pages = new Map<string, AppPage>(apps.map((app, index) => [app.address, fakePage(index, scenario.identity === "locked")]));
  let authorities: readonly Authority[] = FAKE_AUTHORITIES;
  let state: ShellState = {
    version: "0.1.0",
    language: scenario.language,
    languageFromSystem: scenario.language === "en",
    theme: scenario.theme,
    developer: scenario.developer,
    background: false,
    identity: scenario.identity,
    apps,
    works: scenario.developer && apps[0] ? [{ address: apps[0].address, name: apps[0].name, target: "/home/user/explorer/page" }] : [],
    download: scenario.downloading && apps[0] ? fakeDownload(apps[0].address) : null,
  };

  function emit(event: ShellEvent): void {
    for (const handler of handlers) handler(event);
  }

  function change(part: Partial<ShellState>): void {
    state = { ...state, ...part };
    emit({ type: "state", state });
  }

  function changeApp(address: string, part: Partial<AppInfo>): void {
    change({ apps: state.apps.map((app) => (app.address === address ? { ...app, ...part } : app)) });
  }

  function pageOf(address: string): AppPage {
    find(address);
    return pages.get(address) ?? fakePage(pages.size, state.identity === "locked");
  }

  function changePage(address: string, part: Partial<AppPage>): void {
    pages.set(address, { ...pageOf(address), ...part });
    emit({ type: "appPage", address });
  }

  function showDownload(download: Download | null): void {
    state = { ...state, download };
    emit({ type: "download", download });
  }

  function wait(): Promise<void> {
    return scenario.delay > 0 ? new Promise((done) => setTimeout(done, scenario.delay)) : Promise.resolve();
  }

  function refuse(kind: ShellErrorKind, message: string): never {
    throw new ShellFailure({ kind, message });
  }

  function check(given: string | null): void {
    if (password !== null && given !== password) refuse("password", "the password does not fit");
  }

  function find(address: string): AppInfo {
    return state.apps.find((app) => app.address === address) ?? refuse("notFound", `no app ${address}`);
  }

  const answer: { [Op in Operation]: (request: RequestOf<Op>) => ShellAnswers[Op] | Promise<ShellAnswers[Op]> } = {
    state: () => state,
    choosePackage: ({ kind }) => ({ path: kind === "zip" ? "/home/user/Downloads/app.zip" : "/home/user/app" }),
    install({ downgrade }) {
      if (scenario.fails && !(scenario.fails === "older" && downgrade)) refuse(scenario.fails, `content.json: refused in step “${scenario.fails}”`);
      const app = fakeApp(installedSoFar);
      installedSoFar += 1;
      change({ apps: [...state.apps, app] });
      return { installed: { address: app.address, name: app.name, change: downgrade ? "updated" : "installed" } };
    },
    async open({ address }) {
      if (find(address).window === "open") return null;
      changeApp(address, { window: "opening" });
      await wait();
      changeApp(address, { window: "open" });
      return null;
    },
    uninstall({ address }) {
      find(address);
      change({ apps: state.apps.filter((app) => app.address !== address) });
      return null;
    },
    appPage: ({ address }) => pageOf(address),
    forgetGrant({ address, wish }) {
      const key = JSON.stringify(wish);
      changePage(address, { grants: pageOf(address).grants.filter((grant) => JSON.stringify(grant.wish) !== key) });
      return null;
    },
    forgetGrants({ address }) {
      changePage(address, { grants: [] });
      return null;
    },
    clearData({ address }) {
      changePage(address, { storage: { extended: 0, downloads: 0, web: 0 } });
      changeApp(address, { window: "closed" });
      return null;
    },
    rollBack({ address }) {
      const { previous, history } = pageOf(address);
      if (!previous) return refuse("notFound", "no previous version");
      const { version, modified, size, signer } = previous;
      changePage(address, { previous: null, history: [...history, { version, modified, at: 1_763_000_000, way: "rolledBack" }] });
      changeApp(address, { version, modified, size, signer });
      return null;
    },
    cancelDownload() {
      showDownload(null);
      return null;
    },
    setDeveloper({ on }) {
      change({ developer: on });
      return null;
    },
    openInspector: () => null,
    raiseWork: () => null,
    openLink: () => null,
    chooseFiles: () => ({ paths: ["/home/user/picture.png"] }),
    chooseSave: ({ name }) => ({ path: `/home/user/${name}` }),
    notify: () => null,
    withdraw: () => null,
    setTray: () => null,
    takeLinks: () => ({ links: [] }),
    registerLinks: () => null,
    takeFiles: () => null,
    setBackground({ on }) {
      change({ background: on });
      return null;
    },
    authorities: () => ({ authorities: [...authorities] }),
    addAuthority({ address, name }) {
      if (!/^1[1-9A-HJ-NP-Za-km-z]{25,33}$/u.test(address)) refuse("invalid", `address: ${address} is none`);
      authorities = [...authorities.filter((one) => one.address !== address), { address, name, builtIn: false, revoked: null }];
      return { authorities: [...authorities] };
    },
    removeAuthority({ address }) {
      authorities = authorities.filter((one) => one.address !== address);
      return { authorities: [...authorities] };
    },
    importRevocations: () => ({ issuer: null }),
    setLanguage({ language }) {
      change({ language: language ?? "en", languageFromSystem: language === null });
      return null;
    },
    setTheme({ theme }) {
      change({ theme });
      return null;
    },
    unlock({ password: given }) {
      check(given);
      change({ identity: "unlocked" });
      return null;
    },
    setPassword(request) {
      check(request.old);
      password = request.new;
      change({ identity: "unlocked" });
      return null;
    },
    revealMnemonic({ password: given }) {
      check(given);
      return { mnemonic: FAKE_WORDS };
    },
  };

  return {
    requests,
    emit,
    change,
    changeApp,
    changePage,
    async request<Op extends Operation>(request: RequestOf<Op>) {
      requests.push(request);
      await wait();
      const reply = answer[request.op as Op];
      return reply(request);
    },
    listen(handler) {
      handlers.add(handler);
      return Promise.resolve(() => void handlers.delete(handler));
    },
  };
}
