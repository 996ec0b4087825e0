import type { IconName } from "../components/icons";

/** The parts of the settings, in their order. */
export const PARTS = {
  general: { icon: "settings", text: "settings.general", who: "all" },
  account: { icon: "shield", text: "account.messenger", who: "messenger" },
  rooms: { icon: "eyeOff", text: "account.rooms", who: "messenger" },
  privacy: { icon: "lock", text: "prefs.privacy", who: "messenger" },
  notifications: { icon: "info", text: "prefs.notifications", who: "all" },
  devices: { icon: "screen", text: "account.devices", who: "messenger" },
  node: { icon: "download", text: "account.node", who: "messenger" },
  storage: { icon: "disk", text: "prefs.storage", who: "messenger" },
  apps: { icon: "apps", text: "settings.account", who: "apps" },
  developers: { icon: "code", text: "developers.title", who: "apps" },
} as const satisfies Record<string, { icon: IconName; text: string; who: "all" | "messenger" | "apps" }>;

export type Part = keyof typeof PARTS;

/** Which of them there are, while somebody is in the messenger or not, and where there are apps or not. No room has others than the next. */
export function partsFor(messenger: boolean, apps: boolean): Part[] {
  const there = { all: true, messenger, apps };
  return (Object.keys(PARTS) as Part[]).filter((part) => there[PARTS[part].who]);
}
