export type Language = "en" | "zh-cn" | "zh-tw" | "th" | "es" | "ko" | "ja" | "ar";

export type Theme = "system" | "light" | "dark";

export type WindowState = "closed" | "opening" | "open" | "crashed";

/**
 * One installed app. `icon` is a data URL or empty, `modified` seconds since 1970, `size` bytes; `damaged` says why it cannot be opened.
 */
export type AppInfo = {
  address: string;
  name: string;
  description: string | null;
  version: string | null;
  icon: string;
  modified: number;
  size: number;
  signer: string;
  window: WindowState;
  damaged: string | null;
};

/**
 * `open`: usable, protected by a file on this computer only. `unlocked`: protected by a password, unlocked.
 */
export type IdentityState = "open" | "unlocked" | "locked" | "damaged";

export type ShellState = {
  version: string;
  language: Language;
  languageFromSystem: boolean;
  theme: Theme;
  identity: IdentityState;
  apps: AppInfo[];
};

export type Change = "installed" | "updated" | "unchanged";

export type PackageKind = "folder" | "zip";

export type ShellRequest =
  | { op: "state" }
  | { op: "install"; path: string; downgrade: boolean }
  | { op: "choosePackage"; kind: PackageKind }
  | { op: "open"; address: string }
  | { op: "uninstall"; address: string }
  | { op: "setLanguage"; language: Language | null }
  | { op: "setTheme"; theme: Theme }
  | { op: "unlock"; password: string }
  | { op: "setPassword"; old: string | null; new: string }
  | { op: "revealMnemonic"; password: string | null };

export type Installed = { address: string; name: string; change: Change };

export type InstallAnswer = { installed: Installed };

/**
 * `null` when the dialog was cancelled.
 */
export type PathAnswer = { path: string | null };

export type MnemonicAnswer = { mnemonic: string };

/**
 * The answer of each operation.
 */
export type ShellAnswers = {
  state: ShellState;
  install: InstallAnswer;
  choosePackage: PathAnswer;
  open: null;
  uninstall: null;
  setLanguage: null;
  setTheme: null;
  unlock: null;
  setPassword: null;
  revealMnemonic: MnemonicAnswer;
};

export type ShellErrorKind =
  | "parse"
  | "address"
  | "signature"
  | "older"
  | "future"
  | "files"
  | "limits"
  | "missing"
  | "damaged"
  | "disk"
  | "password"
  | "locked"
  | "io"
  | "notFound"
  | "invalid";

/**
 * `message` is English detail for people who look into it.
 */
export type ShellError = { kind: ShellErrorKind; message: string };

export type NoticeLevel = "info" | "error";

export type DragPhase = "over" | "leave";

export type ShellEvent =
  | { type: "state"; state: ShellState }
  | { type: "drag"; phase: DragPhase }
  | { type: "notice"; level: NoticeLevel; key: string; values: Record<string, string> };
