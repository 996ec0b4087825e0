// Generated from the command table in crates/bridge by its tests; UPDATE_GENERATED=1 writes it anew.

/** The certificate level that each command needs. */
export const levels = {
  onload: 0,
  connectCocoPay: 0,
  getSafeAreaInsets: 0,
  getLanguage: 0,
  readFile: 0,
  openURL: 0,
  scanQRCode: 0,
  copyToClipboard: 0,
  generateQRCode: 0,
  saveImage: 0,
  saveVideo: 0,
  getAccount: 0,
  setExtendedData: 0,
  getExtendedData: 0,
  generateSignature: 0,
  verifySignature: 0,
  encrypt: 0,
  decrypt: 0,
  downloadFile: 0,
  checkDownloadStatus: 0,
  extractFile: 0,
  registerService: 8,
  checkServiceStatus: 8,
  sendServiceMessage: 8,
} as const;

/** Commands before which a person may be asked. */
export const asking = [
  "connectCocoPay",
  "openURL",
  "scanQRCode",
  "saveImage",
  "saveVideo",
  "downloadFile",
] as const;
