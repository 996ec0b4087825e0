// What a result looks like to people, where that is more than its JSON.
import { h, size } from "./dom.js";

const IMAGE_STARTS = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
];
const TEXTS = new Set(["readFile", "scanQRCode", "decrypt"]);
const LANGUAGES = {
  en: "English",
  "zh-cn": "简体中文",
  "zh-tw": "繁體中文",
  th: "ไทย",
  es: "Español",
  ko: "한국어",
  ja: "日本語",
  ar: "العربية",
};
const VERDICTS = {
  verifySignature: ["The signature is of this account.", "The signature is not of this account."],
  checkDownloadStatus: ["The file is there and whole.", "The file is not there, or not whole yet."],
  checkServiceStatus: ["A service is registered.", "No service is registered."],
};

/**
 * A picture of a result, or null where its JSON says it all.
 *
 * @param {import("./calls.js").Call} call
 * @returns {HTMLElement | null}
 */
export function rendered(call) {
  const { cmd, answer } = call;
  const result = answer?.result;
  if (typeof result === "boolean" && VERDICTS[cmd]) return verdict(result, VERDICTS[cmd]);
  if (typeof result !== "string" || result === "") return null;
  const image = imageUrl(result);
  if (image) return picture(image, cmd === "generateQRCode" ? "QR code" : "Image");
  if (cmd === "getLanguage" && LANGUAGES[result]) return h("p", { class: "text", lang: result }, LANGUAGES[result]);
  if (TEXTS.has(cmd) && call.request?.data?.type !== "Base64") return text(result);
  return null;
}

function imageUrl(result) {
  if (/^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/.test(result)) return result;
  const type = IMAGE_STARTS.find(([start]) => result.startsWith(start))?.[1];
  return type && result.length > 40 && /^[A-Za-z0-9+/]+=*$/.test(result) ? `data:${type};base64,${result}` : null;
}

function picture(url, name) {
  const type = url.slice(5, url.search(/[;,]/));
  const facts = h("figcaption", { class: "quiet" }, type);
  const image = h("img", { src: url, alt: name, "data-testid": "answer-image" });
  const bytes = Math.floor(((url.length - url.indexOf(",") - 1) * 3) / 4);
  image.addEventListener("load", () => (facts.textContent = `${image.naturalWidth} × ${image.naturalHeight} · ${type} · ${size(bytes)}`));
  image.addEventListener("error", () => (facts.textContent = `${type} that cannot be shown`));
  return h("figure", { class: "picture" }, image, facts);
}

function verdict(isTrue, [yes, no]) {
  return h("p", { class: `verdict ${isTrue ? "good" : "bad"}` }, h("span", { "aria-hidden": "true" }, isTrue ? "✓" : "✕"), isTrue ? yes : no);
}

function text(result) {
  const shown = result.length > 20_000 ? `${result.slice(0, 20_000)}…` : result;
  return h("pre", { class: "text", dir: "auto", tabindex: 0, "aria-label": "Text" }, shown);
}
