import { defineStore } from "pinia";
import { ref, shallowRef, watch } from "vue";
import type { Applicant, Profile } from "../generated/im";
import { currentLanguage } from "../i18n";
import { type Client, createClient, EngineFailure, type EngineTransport, type Frame } from "../im/client";
import { paced } from "../im/paced";

/** Where the user stands with the engine. */
export type Phase =
  /** It is being asked. */
  | "starting"
  /** There is no account yet. */
  | "welcome"
  /** A password opens the account. */
  | "locked"
  /** Somebody is logged in. */
  | "in"
  /** There is no engine, or it cannot be reached. */
  | "away";

/** Nobody is logged in (document, codes). */
const NOT_LOGGED_IN = 20061;

/** Topics that the page listens to: its name for each, and the route that registers it. */
const TOPICS = {
  receive: "addReceive",
  contact: "addContactEventHandler",
  group: "addGroupEventHandler",
  login: "addLoginStateListener",
} as const;

/** The connection with the messaging engine, and who is logged in. What is shown of chats and contacts is in stores of their own. */
export const useIm = defineStore("im", () => {
  const phase = ref<Phase>("starting");
  const profile = shallowRef<Profile | null>(null);
  /** Whether the account is entered without a password, so that there is nothing to lock. */
  const anonymous = ref(false);
  /** Password of an account that was just made, until its recovery words were shown. One without a password shows its words to nobody. */
  const fresh = ref<string | null>(null);
  /** A device that wants to be let into the account. */
  const applicant = shallowRef<Applicant | null>(null);
  let client: Client | null = null;
  /** Goes on with a restoration when the primary device has let this one in. */
  let admit: () => void = () => undefined;
  /** Attempts of this page to log in that are under way. */
  let attempts = 0;
  const arrivals = new Set<() => Promise<void>>();
  const listeners = new Set<(frame: Frame) => void>();
  const departures = new Set<() => void>();
  const farewells = new Set<() => Promise<void>>();

  /** The routes. */
  function engine(): Client {
    if (!client) throw new EngineFailure(0, "no engine", "");
    return client;
  }

  /** Lets something go on that nobody waits for. What fails because the connection is lost is made good when it is there again. */
  function meanwhile(work: Promise<unknown>): void {
    work.catch((thrown: unknown) => {
      if (!(thrown instanceof EngineFailure)) reportError(thrown);
    });
  }

  /** Has a store filled when somebody is in, told of events, and emptied when they are out. */
  function follow(store: { fill: () => Promise<void>; take: (frame: Frame) => void; empty: () => void }): void {
    arrivals.add(store.fill);
    listeners.add(store.take);
    departures.add(store.empty);
    if (phase.value === "in") meanwhile(store.fill());
  }

  /** Has what happens told to somebody; the result ends that. */
  function hear(listener: (frame: Frame) => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Has something done before the user locks. */
  function beforeLock(work: () => Promise<void>): void {
    farewells.add(work);
  }

  function take(frame: Frame): void {
    if (frame.type === "loggedOut") leave();
    if (frame.type === "authorised") admit();
    if (frame.type === "authorisationRequested") applicant.value = frame.data.applicant;
    // Another device may have let this one in, or another page of the same engine has unlocked it.
    if (frame.type === "loggedIn" && phase.value !== "in" && attempts === 0) void reconnected();
    // What was missed cannot be told apart, so all is asked for again.
    if (frame.type === "overflow") void reconnected();
    for (const listener of listeners) listener(frame);
  }

  /** Connects with an engine; `null` if there is none. */
  async function connect(direct: EngineTransport | null): Promise<void> {
    if (!direct) {
      phase.value = "away";
      return;
    }
    const transport = paced(direct);
    client = createClient(transport);
    try {
      await transport.listen(take);
      await look();
    } catch {
      phase.value = "away";
    }
  }

  /** A connection that was lost is there again: what was missed is asked for. */
  async function reconnected(): Promise<void> {
    try {
      await look();
    } catch {
      // It was lost again; the next one tells.
      phase.value = "away";
    }
  }

  /** Finds out where the user stands. */
  async function look(): Promise<void> {
    const { login, socketEvent, user } = engine();
    const { account, anonymous: open } = await login.init();
    anonymous.value = open;
    for (const [identifier, route] of Object.entries(TOPICS)) await socketEvent[route]({ identifier });
    await socketEvent.addAuthMessageEventHandler({ id: "authorisation" });
    if (!account) {
      phase.value = "welcome";
      return;
    }
    try {
      profile.value = await user.getUserSingleInfo();
    } catch (thrown) {
      if (!(thrown instanceof EngineFailure) || thrown.code !== NOT_LOGGED_IN) throw thrown;
      if (!open) {
        phase.value = "locked";
        return;
      }
      await login.exportLogin({});
    }
    await enter();
  }

  /** Fills the stores for whoever is logged in, and lets the engine speak the language of the page. */
  async function enter(): Promise<void> {
    const { user } = engine();
    await speak();
    profile.value = await user.getUserSingleInfo();
    await fillAll();
    phase.value = "in";
  }

  /** Fills all stores, those as well that are made while others are being filled. */
  async function fillAll(): Promise<void> {
    const begun = new Set<() => Promise<void>>();
    const rest = () => [...arrivals].filter((fill) => !begun.has(fill));
    for (let next = rest(); next.length > 0; next = rest()) {
      await Promise.all(
        next.map((fill) => {
          begun.add(fill);
          return fill();
        }),
      );
    }
  }

  /** Has the engine's messages in the language of the page. */
  async function speak(): Promise<void> {
    await engine().user.updateUserSingleSetting({ lang: currentLanguage.value });
  }

  watch(currentLanguage, () => {
    // The next login tries again.
    if (phase.value === "in") speak().catch(() => undefined);
  });

  function leave(): void {
    if (phase.value !== "in") return;
    phase.value = "locked";
    profile.value = null;
    applicant.value = null;
    for (const empty of departures) empty();
  }

  /**
   * Opens the account, or another room of it, by a password.
   *
   * @throws EngineFailure 20010 for a wrong one, 20011 and 20012 while none is looked at.
   */
  async function unlock(password: string): Promise<void> {
    await trying(async () => void (await engine().login.exportLogin({ password })));
  }

  /** Does what logs somebody in, and enters. */
  async function trying(action: () => Promise<void>): Promise<void> {
    attempts += 1;
    try {
      await action();
      await enter();
    } finally {
      attempts -= 1;
    }
  }

  /**
   * Makes an account and enters it; without a password everybody at this computer can.
   *
   * @throws EngineFailure 20065 for a password of the wrong length.
   */
  async function register(name: string, password: string): Promise<void> {
    const { login, user } = engine();
    await trying(async () => {
      await login.register({ type: "text", ...(password ? { imPwd: password } : {}) });
      await login.exportLogin(password ? { password } : {});
      fresh.value = password || null;
      anonymous.value = !password;
      if (name) await user.updateUserSingleInfo({ nickname: name });
    });
  }

  /**
   * The recovery words.
   *
   * @throws EngineFailure 20010 for a wrong password.
   */
  async function words(password: string): Promise<string[]> {
    const { mnemonic } = await engine().login.exportMnemonic({ password });
    return mnemonic.trim().split(/\s+/u);
  }

  /**
   * Brings an account here by its recovery words. `lost` says that no other device of it is left; else the primary one has to let this one
   * in, and `onAsked` is called while it is asked. Gives whether the account is here; it is not if the primary device is out of reach.
   *
   * @throws EngineFailure 20002 if the words are none.
   */
  async function restore(mnemonic: string[], password: string, lost: boolean, onAsked: () => void): Promise<boolean> {
    const { login, authLogin } = engine();
    const { value } = await login.exportMnemonicSelectByP2pV2({ mnemonic, isResetPrimary: lost });
    if (value === 2) return false;
    const secret = password ? { password } : {};
    await trying(async () => {
      const loginInfo = await login.mnemonicSelectByP2p({ mnemonic });
      if (value === 1) {
        onAsked();
        const admitted = new Promise<void>((done) => (admit = done));
        await authLogin.reqAuthByMn();
        await admitted;
      }
      await login.mnemonicLoginByLoginInfo({ loginInfo, type: "text", ...secret });
      if (value === 1) await login.exportLogin(secret);
    });
    return true;
  }

  /** Lets a device into the account that asks for it, or leaves it outside. */
  async function answer(yes: boolean): Promise<void> {
    const asking = applicant.value;
    applicant.value = null;
    if (yes && asking) await engine().authLogin.authorize({ mLoginQrCode: asking });
  }

  /** Locks the account; what is shown of it goes. One without a password stays open, since nothing would open it again. */
  async function lock(): Promise<void> {
    if (anonymous.value) return;
    for (const work of farewells) await work();
    await engine().login.exportLogout();
    leave();
  }

  /** Destroys the account on this device. */
  async function erase(): Promise<void> {
    await engine().user.cleanAccount();
    leave();
    await look();
  }

  /** Changes the name that others see. */
  async function rename(nickname: string): Promise<void> {
    profile.value = await engine().user.updateUserSingleInfo({ nickname });
  }

  /** Changes the picture that others see; empty for none. */
  async function portray(pfpUrl: string): Promise<void> {
    profile.value = await engine().user.updateUserSingleInfo({ pfpId: -1, pfpUrl });
  }

  /** Takes a short name by which others find the user, if it is free. */
  async function claim(mDomain: string): Promise<void> {
    profile.value = await engine().user.updateUserSingleInfo({ mDomain });
  }

  return { phase, profile, anonymous, fresh, applicant, answer, engine, meanwhile, follow, hear, beforeLock, connect, reconnected, unlock, register, words, restore, lock, erase, rename, portray, claim };
});
