// Generated from src-tauri/src/shell/wire.rs by its tests; UPDATE_GENERATED=1 writes it anew.

export type Language = "en" | "zh-cn" | "zh-tw" | "th" | "es" | "ko" | "ja" | "ar";

export type Theme = "system" | "light" | "dark";

export type WindowState = "closed" | "opening" | "open" | "crashed";

export type AppInfo = { address: string, name: string, description: string | null, version: string | null, 
/**
 * A data URL, or empty.
 */
icon: string, 
/**
 * When it was signed, in seconds since 1970.
 */
modified: number, 
/**
 * Bytes of its files.
 */
size: number, signer: string, window: WindowState, 
/**
 * Why it cannot be opened, in English.
 */
damaged: string | null, };

export type IdentityState = "open" | "unlocked" | "locked" | "damaged";

export type Download = { 
/**
 * The app that downloads.
 */
address: string, file: string, 
/**
 * Bytes so far.
 */
received: number, 
/**
 * Bytes in all; `null` when the server does not say.
 */
total: number | null, };

export type WorkInfo = { address: string, name: string, 
/**
 * Its folder, or the address of its server.
 */
target: string, };

export type ShellState = { version: string, language: Language, languageFromSystem: boolean, theme: Theme, 
/**
 * Whether developer mode is on.
 */
developer: boolean, 
/**
 * Whether the program goes on in the tray when the launcher is closed.
 */
background: boolean, identity: IdentityState, apps: Array<AppInfo>, 
/**
 * What developers are working on, as far as it has a window.
 */
works: Array<WorkInfo>, 
/**
 * The one that is running.
 */
download: Download | null, };

export type Wish = { "kind": "openUrl", host: string, } | { "kind": "download", host: string, } | { "kind": "saveImages" } | { "kind": "saveVideos" };

export type Grant = { wish: Wish, allowed: boolean, 
/**
 * When it was given, in milliseconds since 1970.
 */
since: number, };

export type Permission = { 
/**
 * The command.
 */
name: string, 
/**
 * Why, in the developer's words.
 */
reason: string, };

export type Storage = { 
/**
 * Stored through the bridge.
 */
extended: number, 
/**
 * Downloaded files.
 */
downloads: number, 
/**
 * Stored by the page itself.
 */
web: number, };

export type Difference = { added: number, removed: number, changed: number, };

export type PreviousVersion = { version: string | null, 
/**
 * When it was signed, in seconds since 1970.
 */
modified: number, 
/**
 * Bytes of its files.
 */
size: number, signer: string, 
/**
 * What the installed version changed; `null` when that one is damaged.
 */
difference: Difference | null, };

export type Way = "installed" | "updated" | "repaired" | "rolledBack";

export type Installation = { version: string | null, 
/**
 * When it was signed, in seconds since 1970.
 */
modified: number, 
/**
 * When it became the installed version, in seconds since 1970.
 */
at: number, way: Way, };

export type CertificateContent = { level: number, issuer: string, 
/**
 * What the authority is called, if it is trusted.
 */
issuerName: string | null, 
/**
 * First moment it holds, in milliseconds since 1970.
 */
notBefore: number, 
/**
 * Last moment it holds, in milliseconds since 1970.
 */
notAfter: number, };

export type Certificate = { 
/**
 * What it says; `null` when that could not be read.
 */
content: CertificateContent | null, 
/**
 * Why it was refused, in English; `null` when it held.
 */
refused: string | null, 
/**
 * When it was shown, in milliseconds since 1970.
 */
at: number, };

export type AppPage = { 
/**
 * Its type, `0001` to `0022`; `null` when it gives none that is known.
 */
typeCode: string | null, 
/**
 * Remembered answers, oldest first.
 */
grants: Array<Grant>, 
/**
 * What the package says it needs, in the developer's order.
 */
permissions: Array<Permission>, storage: Storage, 
/**
 * The person's address in this app; `null` while the keys are locked or damaged.
 */
account: string | null, 
/**
 * The last certificate it showed; `null` when it showed none.
 */
certificate: Certificate | null, 
/**
 * The version before the installed one, as long as it is kept.
 */
previous: PreviousVersion | null, 
/**
 * What was installed when, oldest first.
 */
history: Array<Installation>, };

export type Revoked = { count: number, 
/**
 * When the list was made, in seconds since 1970.
 */
modified: number, };

export type Authority = { address: string, name: string, 
/**
 * Whether it came with the program, so that it cannot be removed.
 */
builtIn: boolean, 
/**
 * What it revoked, as far as it is known.
 */
revoked: Revoked | null, };

export type AuthoritiesAnswer = { authorities: Array<Authority>, };

export type ImportAnswer = { 
/**
 * Whose list it was.
 */
issuer: string | null, };

export type Change = "installed" | "updated" | "unchanged";

export type PackageKind = "folder" | "zip";

export type TrayTexts = { open: string, lock: string, quit: string, };

export type LinksAnswer = { links: Array<string>, };

export type ShellRequest = { "op": "state" } | { "op": "install", path: string, downgrade: boolean, } | { "op": "choosePackage", kind: PackageKind, } | { "op": "open", address: string, start: string | null, } | { "op": "uninstall", address: string, } | { "op": "appPage", address: string, } | { "op": "forgetGrant", address: string, wish: Wish, } | { "op": "forgetGrants", address: string, } | { "op": "clearData", address: string, } | { "op": "rollBack", address: string, } | { "op": "cancelDownload" } | { "op": "setDeveloper", on: boolean, } | { "op": "openInspector" } | { "op": "raiseWork", address: string, } | { "op": "openLink", url: string, } | { "op": "chooseFiles" } | { "op": "chooseSave", name: string, } | { "op": "notify", chat: string, title: string, text: string, sound: boolean, } | { "op": "withdraw", chat: string | null, } | { "op": "setTray", unread: number, texts: TrayTexts, } | { "op": "takeLinks" } | { "op": "registerLinks" } | { "op": "takeFiles", on: boolean, } | { "op": "setBackground", on: boolean, } | { "op": "authorities" } | { "op": "addAuthority", address: string, name: string, } | { "op": "removeAuthority", address: string, } | { "op": "importRevocations" } | { "op": "setLanguage", language: Language | null, } | { "op": "setTheme", theme: Theme, } | { "op": "unlock", password: string, } | { "op": "setPassword", old: string | null, new: string, } | { "op": "revealMnemonic", password: string | null, };

export type Installed = { address: string, name: string, change: Change, };

export type InstallAnswer = { installed: Installed, };

export type PathAnswer = { path: string | null, };

export type PathsAnswer = { paths: Array<string>, };

export type MnemonicAnswer = { mnemonic: string, };

export type ShellAnswers = { state: ShellState, install: InstallAnswer, choosePackage: PathAnswer, open: null, uninstall: null, appPage: AppPage, forgetGrant: null, forgetGrants: null, clearData: null, rollBack: null, cancelDownload: null, setDeveloper: null, openInspector: null, raiseWork: null, openLink: null, chooseFiles: PathsAnswer, chooseSave: PathAnswer, notify: null, withdraw: null, setTray: null, takeLinks: LinksAnswer, registerLinks: null, takeFiles: null, setBackground: null, authorities: AuthoritiesAnswer, addAuthority: AuthoritiesAnswer, removeAuthority: AuthoritiesAnswer, importRevocations: ImportAnswer, setLanguage: null, setTheme: null, unlock: null, setPassword: null, revealMnemonic: MnemonicAnswer, };

export type ShellErrorKind = "parse" | "address" | "signature" | "older" | "future" | "files" | "limits" | "missing" | "damaged" | "disk" | "password" | "locked" | "io" | "notFound" | "invalid";

export type ShellError = { kind: ShellErrorKind, 
/**
 * English detail for people who look into it.
 */
message: string, };

export type NoticeLevel = "info" | "error";

export type DragPhase = "over" | "leave";

export type ShellEvent = { "type": "state", state: ShellState, } | { "type": "appPage", address: string, } | { "type": "download", download: Download | null, } | { "type": "drag", phase: DragPhase, } | { "type": "dropped", paths: Array<string>, } | { "type": "openChat", chat: string, } | { "type": "links" } | { "type": "lock" } | { "type": "notice", level: NoticeLevel, key: string, values: Record<string, string>, };
