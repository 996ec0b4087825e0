/**
 * The commands of the CocoAPP bridge: what each takes, gives back and needs (SDK reference, "Interface Details").
 */
import type { Certificate, Json, MessageId } from "./envelope.js";

/** A command without parameters. */
export type Nothing = Record<string, never>;

/** Languages of CocoCat. */
export type Language = "en" | "zh-cn" | "zh-tw" | "th" | "es" | "ko" | "ja" | "ar";

/** Symbols of the chains that CocoPay knows out of the box. Users may add others. */
export type Chain = "ETH" | "BSC" | "POLYGON" | "AVAXC" | "TRON" | "ARBITRUM" | "PSC" | "VIC";

/** Where an image or a video comes from: in the request as a data URL, or a path in the app's download folder. */
export type MediaSource = "base64" | "path";

/** An HTTP request to the service that the app's developer runs. */
export interface ServiceRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** A path such as `/add`, without host. */
  url: string;
  headers?: Record<string, string>;
  /** The body. */
  data?: Json;
}

/** By command: `data` that it takes, `result` that it gives back, `level` of certificate that it needs. */
export interface CommandMap {
  /** Tells CocoCat which app and version is loaded. */
  onload: { data: { name: string; version: string }; result: undefined; level: 0 };
  /** Asks the user for an account of the wallet. After it, `window.ethereum` or `window.tronWeb` works. */
  connectCocoPay: {
    data: { chainList: readonly (Chain | (string & {}))[]; walletSupports?: readonly string[] };
    result: { chainType: string; account: string };
    level: 0;
  };
  /** Space in CSS pixels that the system covers at the window's edges. */
  getSafeAreaInsets: { data: Nothing; result: { safeAreaTop: number; safeAreaBottom: number }; level: 0 };
  /** The language of CocoCat. */
  getLanguage: { data: Nothing; result: Language; level: 0 };
  /** Reads a file of this app. `path` starts with the app's address; with type `Base64` the bytes come as bare Base64, else UTF-8 text. */
  readFile: { data: { path: string; type?: "Base64" | "base64" }; result: string; level: 0 };
  /** Opens an `https:` page outside the app. */
  openURL: { data: { url: string; useSystemOpen?: boolean }; result: undefined; level: 0 };
  /** Lets the user scan a QR code, and gives back its text. */
  scanQRCode: { data: Nothing; result: string; level: 0 };
  /** Puts text on the clipboard. */
  copyToClipboard: { data: { text: string }; result: undefined; level: 0 };
  /** Draws a QR code, and gives back a `data:image/png;base64,…` URL. */
  generateQRCode: { data: { text: string }; result: string; level: 0 };
  /** Saves a PNG, GIF or JPEG to the user's pictures. */
  saveImage: { data: { type?: MediaSource; image: string }; result: undefined; level: 0 };
  /** Saves an MP4 or MOV to the user's videos. */
  saveVideo: { data: { type?: MediaSource; video: string }; result: undefined; level: 0 };
  /** The user's account in this app: a Bitcoin address, or with type 1 the public ECC key (33 bytes, Base64). */
  getAccount: { data: { type?: 1 | "1" }; result: string; level: 0 };
  /** Keeps a value for this app, up to 1 MiB as JSON. Replaces the previous one. */
  setExtendedData: { data: { extend: Json }; result: undefined; level: 0 };
  /** The value kept by `setExtendedData`, or `null`. */
  getExtendedData: { data: Nothing; result: Json; level: 0 };
  /** Signs text by the user's account in this app: a Bitcoin signed message, Base64. */
  generateSignature: { data: { message: string }; result: string; level: 0 };
  /** Whether a signature is of the user's account in this app. */
  verifySignature: {
    data: { message: string; signatureData: string } | { message: string; signature: string };
    result: boolean;
    level: 0;
  };
  /** Encrypts text to the user's ECC key in this app, Base64. */
  encrypt: { data: { message: string }; result: string; level: 0 };
  /** Opens what `encrypt` closed. */
  decrypt: { data: { encryptedData: string } | { content: string }; result: string; level: 0 };
  /** Downloads a file into the app's download folder; it answers when the download has ended. */
  downloadFile: {
    data: { url: string; fileName: string; authorizations?: readonly { key: string; value: string }[] };
    result: undefined;
    level: 0;
  };
  /** Whether a file is there and whole. */
  checkDownloadStatus: { data: { fileName: string }; result: boolean; level: 0 };
  /** Unpacks a ZIP of the download folder into a folder of its name. */
  extractFile: { data: { archivePath: string }; result: undefined; level: 0 };
  /** Names the service that the app's developer runs. `signKey` is `serviceKey` signed by the app's deployment key. */
  registerService: { data: { serviceKey: string; signKey?: string }; result: undefined; level: 8 };
  /** Whether a service is registered. */
  checkServiceStatus: { data: Nothing; result: boolean; level: 8 };
  /** Sends a request to the service and gives back what it answered. */
  sendServiceMessage: { data: { type: "HTTP"; content: ServiceRequest }; result: Json; level: 8 };
}

/** The name of a command. */
export type CommandName = keyof CommandMap;

/** What a command gives back. */
export type ResultOf<C extends CommandName> = CommandMap[C]["result"];

/** What a command takes. */
export type DataOf<C extends CommandName> = CommandMap[C]["data"];

/** Whether `data` may be left out: where every parameter may. */
export type MayLackData<C extends CommandName> = Record<never, never> extends DataOf<C> ? true : DataOf<C> extends Nothing ? true : false;

type WithData<C extends CommandName> = MayLackData<C> extends true ? { data?: DataOf<C> } : { data: DataOf<C> };
// The certificate may be left out at level 0 alone.
type WithSign<Level> = Level extends 0 ? { sign?: Certificate } : { sign: Certificate };

/** The payload of a command. */
export type PayloadOf<C extends CommandName> = WithData<C> & WithSign<CommandMap[C]["level"]> & { messageId?: MessageId };
