/**
 * The parameters of each command, as the host reads them (bridge 3).
 */
import type { CommandName } from "./commands.js";

/** What a value must be: the kind of JSON value, a list or a map of one shape, one of some values, or an object. */
export type Shape =
  | "string"
  | "boolean"
  | "any"
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly one: readonly (string | number)[]; readonly or?: string }
  | { readonly fields: Fields };

/** The parameters of an object by name: `a?` may be missing, one of `a|b` must be there. */
export interface Fields {
  readonly [name: string]: Shape;
}

/** The parameters of each command. */
export const shapes: { readonly [C in CommandName]: Fields } = {
  onload: { name: "string", version: "string" },
  connectCocoPay: { chainList: { list: "string" }, "walletSupports?": { list: "string" } },
  getSafeAreaInsets: {},
  getLanguage: {},
  readFile: { path: "string", "type?": { one: ["Base64", "base64"] } },
  openURL: { url: "string", "useSystemOpen?": "boolean" },
  scanQRCode: {},
  copyToClipboard: { text: "string" },
  generateQRCode: { text: "string" },
  saveImage: { "type?": { one: ["base64", "path"] }, image: "string" },
  saveVideo: { "type?": { one: ["base64", "path"] }, video: "string" },
  getAccount: { "type?": { one: [1, "1"], or: "expected 1 or nothing" } },
  setExtendedData: { extend: "any" },
  getExtendedData: {},
  generateSignature: { message: "string" },
  verifySignature: { message: "string", "signatureData|signature": "string" },
  encrypt: { message: "string" },
  decrypt: { "encryptedData|content": "string" },
  downloadFile: { url: "string", fileName: "string", "authorizations?": { list: { fields: { key: "string", value: "string" } } } },
  checkDownloadStatus: { fileName: "string" },
  extractFile: { archivePath: "string" },
  registerService: { serviceKey: "string", "signKey?": "string" },
  checkServiceStatus: {},
  sendServiceMessage: {
    type: { one: ["HTTP"] },
    content: { fields: { method: { one: ["POST", "GET", "PUT", "DELETE"] }, url: "string", "headers?": { map: "string" }, "data?": "any" } },
  },
};
