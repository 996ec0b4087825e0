// What a page may be given only by a person's word, and here is not given at all.
"use strict";
const place = () =>
  new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(() => resolve("a place"), (error) => reject(error.message)));
const media = async (constraints) => `given ${(await navigator.mediaDevices.getUserMedia(constraints)).id.length > 0}`;

attacks.powers = {
  geolocation: () => place(),
  camera: () => media({ video: true }),
  microphone: () => media({ audio: true }),
  "camera-and-microphone": () => media({ video: true, audio: true }),
  devices: async () => (await navigator.mediaDevices.enumerateDevices()).map(({ label }) => label).join() || "none",
  screen: async () => `given ${(await navigator.mediaDevices.getDisplayMedia({ video: true })).id}`,
  notification: async () => `${await Notification.requestPermission()}`,
  "notification-shown": () => next(new Notification("hostile"), "show", "error"),
  "permissions-query": async () => {
    const states = await Promise.all(
      ["geolocation", "notifications", "camera", "microphone"].map((name) => navigator.permissions.query({ name }).then(({ state }) => state, () => "unknown")),
    );
    return states.includes("granted") ? "granted" : "none granted";
  },
  "pointer-lock": async () => {
    const seen = next(document, "pointerlockchange", "pointerlockerror");
    await document.body.requestPointerLock();
    const locked = (await seen) === "pointerlockchange";
    document.exitPointerLock();
    return locked ? "locked" : "refused";
  },
  "clipboard-read": async () => `read ${await navigator.clipboard.readText()}`,
  "clipboard-items": async () => `read ${(await navigator.clipboard.read()).length}`,
  "clipboard-paste": () => (document.execCommand("paste") ? "pasted" : "refused"),
  midi: () => navigator.requestMIDIAccess(),
  usb: () => navigator.usb.requestDevice({ filters: [] }),
  bluetooth: () => navigator.bluetooth.requestDevice({ acceptAllDevices: true }),
  serial: () => navigator.serial.requestPort(),
  hid: () => navigator.hid.requestDevice({ filters: [] }),
  "wake-lock": async () => (await navigator.wakeLock.request()).type && "held",
  "file-picker": () => window.showOpenFilePicker(),
  "save-picker": () => window.showSaveFilePicker(),
  "storage-access": () => document.requestStorageAccess(),
  "persistent-storage": async () => `${await navigator.storage.persist()}`,
  "key-system": () => navigator.requestMediaKeySystemAccess("org.w3.clearkey", [{ initDataTypes: ["cenc"], videoCapabilities: [{ contentType: 'video/mp4; codecs="avc1.42E01E"' }] }]),
  "protocol-handler": () => navigator.registerProtocolHandler("web+hostile", `${location.origin}/?%s`),
  payment: () => new PaymentRequest([{ supportedMethods: "https://pay.named.leak.example" }], { total: { label: "x", amount: { currency: "USD", value: "1" } } }).show(),
  credentials: () => navigator.credentials.get({ publicKey: { challenge: new Uint8Array(16), rpId: location.hostname } }),
  print: () => (print(), "asked"),
  "move-window": () => (moveTo(0, 0), resizeTo(9, 9), `${innerWidth > 9}`),
};
