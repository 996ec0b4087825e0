// What this app is. Written by build.mjs.
export const address = "1AbzHHjSzzyHRbzCNgmScfc7ktH9TsrkLA";
export const title = "CocoAPP Explorer";
export const version = "1.0.0";
