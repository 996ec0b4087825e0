// Generated from the command table in crates/bridge by its tests; UPDATE_GENERATED=1 writes it anew.
import type { Json } from "../envelope.js";

/** What each command gives back. */
export interface Answers {
  onload: undefined;
  connectCocoPay: { account: string; chainType: string };
  getSafeAreaInsets: { safeAreaBottom: number; safeAreaTop: number };
  getLanguage: "en" | "zh-cn" | "zh-tw" | "th" | "es" | "ko" | "ja" | "ar";
  readFile: string;
  openURL: undefined;
  scanQRCode: string;
  copyToClipboard: undefined;
  generateQRCode: string;
  saveImage: undefined;
  saveVideo: undefined;
  getAccount: string;
  setExtendedData: undefined;
  getExtendedData: Json;
  generateSignature: string;
  verifySignature: boolean;
  encrypt: string;
  decrypt: string;
  downloadFile: undefined;
  checkDownloadStatus: boolean;
  extractFile: undefined;
  registerService: undefined;
  checkServiceStatus: boolean;
  sendServiceMessage: Json;
}
