// Generated from the command table in crates/bridge by its tests; UPDATE_GENERATED=1 writes it anew.

/** The parameters of each command; what the words mean says `../shapes.ts`. */
export const shapes = {
  onload: { name: "string", version: "string" },
  connectCocoPay: { chainList: { list: "string" }, "walletSupports?": { list: "string" } },
  getSafeAreaInsets: {},
  getLanguage: {},
  readFile: { path: "string", "type?": { one: ["Base64", "base64"] } },
  openURL: { url: "string", "useSystemOpen?": "boolean" },
  scanQRCode: {},
  copyToClipboard: { text: "string" },
  generateQRCode: { text: "string" },
  saveImage: { image: "string", "type?": { one: ["base64", "path"] } },
  saveVideo: { video: "string", "type?": { one: ["base64", "path"] } },
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
  sendServiceMessage: { type: { one: ["HTTP"] }, content: { fields: { method: { one: ["POST", "GET", "PUT", "DELETE"] }, url: "string", "data?": "any", "headers?": { map: "string" } } } },
} as const;
