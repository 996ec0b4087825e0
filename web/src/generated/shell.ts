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

export type ShellState = { version: string, language: Language, languageFromSystem: boolean, theme: Theme, identity: IdentityState, apps: Array<AppInfo>, };

export type Change = "installed" | "updated" | "unchanged";

export type PackageKind = "folder" | "zip";

export type ShellRequest = { "op": "state" } | { "op": "install", path: string, downgrade: boolean, } | { "op": "choosePackage", kind: PackageKind, } | { "op": "open", address: string, } | { "op": "uninstall", address: string, } | { "op": "setLanguage", language: Language | null, } | { "op": "setTheme", theme: Theme, } | { "op": "unlock", password: string, } | { "op": "setPassword", old: string | null, new: string, } | { "op": "revealMnemonic", password: string | null, };

export type Installed = { address: string, name: string, change: Change, };

export type InstallAnswer = { installed: Installed, };

export type PathAnswer = { path: string | null, };

export type MnemonicAnswer = { mnemonic: string, };

export type ShellAnswers = { state: ShellState, install: InstallAnswer, choosePackage: PathAnswer, open: null, uninstall: null, setLanguage: null, setTheme: null, unlock: null, setPassword: null, revealMnemonic: MnemonicAnswer, };

export type ShellErrorKind = "parse" | "address" | "signature" | "older" | "future" | "files" | "limits" | "missing" | "damaged" | "disk" | "password" | "locked" | "io" | "notFound" | "invalid";

export type ShellError = { kind: ShellErrorKind, 
/**
 * English detail for people who look into it.
 */
message: string, };

export type NoticeLevel = "info" | "error";

export type DragPhase = "over" | "leave";

export type ShellEvent = { "type": "state", state: ShellState, } | { "type": "drag", phase: DragPhase, } | { "type": "notice", level: NoticeLevel, key: string, values: Record<string, string>, };
