// The commands of the bridge, as a newcomer wants to meet them: what each is for, a form with values that work, and
// examples that show where its limits are. Level and parameters are those of the SDK reference.
import { address, title, version } from "./app.js";

/**
 * @typedef {object} Field one parameter and its control
 * @property {string} name path inside `data`, such as `content.method`
 * @property {string} label
 * @property {"text" | "area" | "json" | "list" | "pairs" | "choice" | "media"} kind
 *   `json` takes JSON text, `list` words with commas, `pairs` one `key: value` a line, `choice` one of `options`, `media` text or a file
 * @property {string} [value] example, as text of the control
 * @property {boolean} [optional] an empty control leaves the parameter out
 * @property {{label: string, value: unknown}[]} [options] of a `choice`; a value of undefined leaves the parameter out
 * @property {string} [hint]
 * @property {number} [rows] height of an `area` in lines
 * @property {string} [accept] of a `media`: the files that can be chosen
 * @property {string} [from] a command whose last result fits here
 */

/**
 * @typedef {object} Example values for a form, by field; a function is asked when the example is chosen
 * @property {string} name
 * @property {Record<string, string | (() => string | Promise<string>)>} values
 */

/**
 * @typedef {object} Command
 * @property {string} cmd
 * @property {string} group
 * @property {number} level
 * @property {string} about what it does
 * @property {string} gives what its result is
 * @property {Field[]} fields
 * @property {Example[]} [examples]
 * @property {boolean} [asks] the user is asked something
 */

const text = (name, label, value, more) => ({ name, label, kind: "text", value, ...more });
const area = (name, label, value, more) => ({ name, label, kind: "area", value, ...more });
const choice = (name, label, options, more) => ({ name, label, kind: "choice", options, ...more });
const example = (name, values) => ({ name, values });

const GREETING = "Hello, CocoCat! 你好";
const PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const CLIP = "data:video/mp4;base64,AAAAIGZ0eXBpc29tAAACAGlzb21pc28yYXZjMW1wNDE=";
const PICTURE_FILES = ["image/png", "image/gif", "image/jpeg"];

const mediaType = choice("type", "Type", [
  { label: "base64: a data URL", value: "base64" },
  { label: "path: in the download folder", value: "path" },
  { label: "left out", value: undefined },
]);

/** Reads a file of this app as a data URL. */
async function own(path) {
  const blob = await (await fetch(path)).blob();
  return dataUrl(blob);
}

/**
 * A file as a data URL.
 * @param {Blob} blob
 * @returns {Promise<string>}
 */
export function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** @type {Command[]} */
export const commands = [
  {
    cmd: "onload",
    group: "This app",
    level: 0,
    about: "Tells CocoCat which app is loaded, in which version. Compared with the signed package; a difference is shown to developers.",
    gives: "nothing",
    fields: [text("name", "Name", title), text("version", "Version", version)],
    examples: [example("As signed", { name: title, version }), example("Another version", { name: title, version: "0.0.1" })],
  },
  {
    cmd: "getLanguage",
    group: "This app",
    level: 0,
    about: "The language that CocoCat is set to.",
    gives: "en, zh-cn, zh-tw, th, es, ko, ja or ar",
    fields: [],
  },
  {
    cmd: "getSafeAreaInsets",
    group: "This app",
    level: 0,
    about: "Space at the top and the bottom of the window that the system covers, in CSS pixels.",
    gives: "{safeAreaTop, safeAreaBottom}",
    fields: [],
  },
  {
    cmd: "readFile",
    group: "Files",
    level: 0,
    about: "Reads a file of this app's signed package. Files that the package does not list are never readable.",
    gives: "the text, or bare Base64",
    fields: [
      area("path", "Path", `${address}/files/hello.txt`, { rows: 2, hint: "Starts with the app's address, no leading slash." }),
      choice("type", "Type", [
        { label: "left out: UTF-8 text", value: undefined },
        { label: "Base64: any file", value: "Base64" },
      ]),
    ],
    examples: [
      example("Text", { path: `${address}/files/hello.txt`, type: "0" }),
      example("Picture", { path: `${address}/files/picture.png`, type: "1" }),
      example("Missing", { path: `${address}/files/missing.txt`, type: "0" }),
      example("Folder", { path: `${address}/files`, type: "0" }),
      example("Outside", { path: `${address}/../account.json`, type: "0" }),
      example("Another app", { path: "1BX9T97qS47zN1Wqqv2dfGiR3ahgUqiGRX/index.html", type: "0" }),
    ],
  },
  {
    cmd: "downloadFile",
    group: "Files",
    level: 0,
    about: "Downloads a file over HTTPS into the app's download folder. One at a time in the whole program: a newer download ends an older one.",
    gives: "nothing, when the download has ended",
    fields: [
      text("url", "URL", "https://example.com/archive.zip"),
      text("fileName", "File name", "archive.zip", { hint: "A plain name without folders." }),
      { name: "authorizations", label: "Request headers", kind: "pairs", value: "", optional: true, hint: "One “key: value” a line." },
    ],
    examples: [
      example("ZIP", { url: "https://example.com/archive.zip", fileName: "archive.zip" }),
      example("Not https", { url: "http://example.com/archive.zip", fileName: "archive.zip" }),
      example("Bad name", { url: "https://example.com/archive.zip", fileName: "../archive.zip" }),
    ],
  },
  {
    cmd: "checkDownloadStatus",
    group: "Files",
    level: 0,
    about: "Whether a downloaded file is there and whole.",
    gives: "a boolean",
    fields: [text("fileName", "File name", "archive.zip")],
  },
  {
    cmd: "extractFile",
    group: "Files",
    level: 0,
    about: "Unpacks a ZIP of the download folder into a folder of the same name beside it.",
    gives: "nothing",
    fields: [text("archivePath", "Archive", "archive.zip")],
  },
  {
    cmd: "saveImage",
    group: "Files",
    level: 0,
    about: "Saves a PNG, GIF or JPEG to the user's pictures. Never overwrites.",
    gives: "nothing",
    fields: [
      mediaType,
      { name: "image", label: "Image", kind: "media", value: PIXEL, accept: PICTURE_FILES.join(), from: "generateQRCode" },
    ],
    examples: [
      example("One pixel", { type: "0", image: PIXEL }),
      example("This app's picture", { type: "0", image: () => own("files/picture.png") }),
      example("From downloads", { type: "1", image: "archive/picture.png" }),
      example("No image", { type: "0", image: "data:image/png;base64,SGVsbG8=" }),
    ],
  },
  {
    cmd: "saveVideo",
    group: "Files",
    level: 0,
    about: "Saves an MP4 or MOV to the user's videos. Never overwrites.",
    gives: "nothing",
    fields: [mediaType, { name: "video", label: "Video", kind: "media", value: CLIP, accept: "video/mp4,video/quicktime" }],
    examples: [
      example("Shortest MP4", { type: "0", video: CLIP }),
      example("From downloads", { type: "1", video: "archive/clip.mp4" }),
      example("No video", { type: "0", video: "data:video/mp4;base64,SGVsbG8=" }),
    ],
  },
  {
    cmd: "openURL",
    group: "Device",
    level: 0,
    asks: true,
    about: "Opens a web page outside the app. The user confirms each host once.",
    gives: "nothing",
    fields: [
      text("url", "URL", "https://example.com/", { hint: "https only, at most 2,000 characters." }),
      choice("useSystemOpen", "useSystemOpen", [
        { label: "left out", value: undefined },
        { label: "true", value: true },
        { label: "false", value: false },
      ]),
    ],
    examples: [
      example("A page", { url: "https://example.com/", useSystemOpen: "0" }),
      example("Not https", { url: "http://example.com/", useSystemOpen: "0" }),
      example("A script", { url: "javascript:alert(1)", useSystemOpen: "0" }),
      example("Too long", { url: () => `https://example.com/${"a".repeat(1_981)}`, useSystemOpen: "0" }),
    ],
  },
  {
    cmd: "scanQRCode",
    group: "Device",
    level: 0,
    asks: true,
    about: "Lets the user scan a QR code by camera, picture, clipboard or screen.",
    gives: "the text of the code",
    fields: [],
  },
  {
    cmd: "generateQRCode",
    group: "Device",
    level: 0,
    about: "Draws a QR code.",
    gives: "a PNG as a data URL",
    fields: [area("text", "Text", "Hello World!", { from: "getAccount" })],
    examples: [
      example("Text", { text: "Hello World!" }),
      example("Many scripts", { text: "你好 สวัสดี مرحبا 안녕 ¡Hola!" }),
      example("Longest", { text: () => "a".repeat(2_953) }),
      example("Too long", { text: () => "a".repeat(2_954) }),
    ],
  },
  {
    cmd: "copyToClipboard",
    group: "Device",
    level: 0,
    about: "Puts text on the clipboard.",
    gives: "nothing",
    fields: [area("text", "Text", GREETING)],
  },
  {
    cmd: "getAccount",
    group: "Account",
    level: 0,
    about: "The user's account in this app. Every app sees another one, so that apps cannot compare their users.",
    gives: "a Bitcoin address, or the public ECC key in Base64",
    fields: [
      choice("type", "Type", [
        { label: "left out: Bitcoin address", value: undefined },
        { label: "1: public ECC key", value: 1 },
        { label: "\"1\": public ECC key", value: "1" },
        { label: "2: not a type", value: 2 },
      ]),
    ],
  },
  {
    cmd: "generateSignature",
    group: "Account",
    level: 0,
    about: "Signs text by the user's account in this app.",
    gives: "a Bitcoin signed message, Base64",
    fields: [area("message", "Message", GREETING)],
  },
  {
    cmd: "verifySignature",
    group: "Account",
    level: 0,
    about: "Whether a signature over a message is of the user's account in this app.",
    gives: "a boolean",
    fields: [
      area("message", "Message", GREETING),
      area("signatureData", "Signature", "", { from: "generateSignature", hint: "65 bytes in Base64, or DER in Base64 or hex." }),
    ],
    examples: [example("Cannot be decoded", { message: GREETING, signatureData: "no signature" })],
  },
  {
    cmd: "encrypt",
    group: "Account",
    level: 0,
    about: "Encrypts text to the user's ECC key in this app (ECIES).",
    gives: "Base64",
    fields: [area("message", "Message", GREETING)],
  },
  {
    cmd: "decrypt",
    group: "Account",
    level: 0,
    about: "Opens what encrypt closed.",
    gives: "the text",
    fields: [area("encryptedData", "Encrypted text", "", { from: "encrypt", hint: "Base64, as encrypt gave it." })],
    examples: [example("Tampered", { encryptedData: "AAAA" })],
  },
  {
    cmd: "setExtendedData",
    group: "Storage",
    level: 0,
    about: "Keeps one value for this app and user, up to 1 MiB as JSON. Replaces the value before.",
    gives: "nothing",
    fields: [
      { name: "extend", label: "Value", kind: "json", value: '{\n  "theme": "coconut",\n  "visits": 1\n}', hint: "Any JSON value, text in double quotes too." },
    ],
    examples: [
      example("Object", { extend: '{\n  "theme": "coconut",\n  "visits": 1\n}' }),
      example("Text", { extend: '"just text"' }),
      example("Number", { extend: "12345678901234567890.5" }),
      example("null", { extend: "null" }),
      example("Largest", { extend: () => `"${"a".repeat(1_048_574)}"` }),
      example("Too large", { extend: () => `"${"a".repeat(1_048_575)}"` }),
    ],
  },
  {
    cmd: "getExtendedData",
    group: "Storage",
    level: 0,
    about: "Gives back what setExtendedData kept.",
    gives: "the value, or null",
    fields: [],
  },
  {
    cmd: "connectCocoPay",
    group: "Wallet",
    level: 0,
    asks: true,
    about: "Asks the user for an account of the wallet. Afterwards window.ethereum or window.tronWeb works in this app.",
    gives: "{chainType, account}",
    fields: [
      { name: "chainList", label: "Chains", kind: "list", value: "ETH, BSC", hint: "ETH, BSC, POLYGON, AVAXC, TRON, ARBITRUM, PSC, VIC" },
      { name: "walletSupports", label: "Wallets", kind: "list", value: "", optional: true },
    ],
    examples: [
      example("Ethereum or BNB", { chainList: "ETH, BSC" }),
      example("TRON", { chainList: "TRON" }),
      example("Unknown chain", { chainList: "DOGE" }),
      example("None", { chainList: "" }),
    ],
  },
  {
    cmd: "registerService",
    group: "Own service",
    level: 8,
    about: "Names the service that this app's developer runs.",
    gives: "nothing",
    fields: [
      area("serviceKey", "Service key", "", { hint: "As “coco gateway” printed it." }),
      area("signKey", "Signature of the key", "", { optional: true, hint: "Bitcoin signed message over the service key, by the app's deployment key." }),
    ],
  },
  {
    cmd: "checkServiceStatus",
    group: "Own service",
    level: 8,
    about: "Whether a service is registered.",
    gives: "a boolean",
    fields: [],
  },
  {
    cmd: "sendServiceMessage",
    group: "Own service",
    level: 8,
    about: "Sends an HTTP request to the registered service, directly from person to service.",
    gives: "what the service answered",
    fields: [
      choice("type", "Type", [{ label: "HTTP", value: "HTTP" }]),
      choice("content.method", "Method", ["POST", "GET", "PUT", "DELETE"].map((value) => ({ label: value, value }))),
      text("content.url", "Path", "/add"),
      { name: "content.headers", label: "Headers", kind: "json", value: '{"Content-Type": "application/json"}', optional: true },
      { name: "content.data", label: "Body", kind: "json", value: '{"id": "1", "name": "Alice"}', optional: true },
    ],
  },
];

/** Names that are kept free: every host answers them with 30004. */
export const reserved = (
  "postdata gethostsession writeFile ppgethosts ppsethost ppnewuser openiospp getiosppstatus closeiospp " +
  "ppgetsetting ppstop childsign pptempsign ppstart startpp pprecharge proxycertificate"
).split(" ");

/** What each status code means, and what a developer can do about it. */
export const codes = {
  200: ["Success", ""],
  30001: ["Invalid request", "The message below says which parameter is wrong."],
  30002: ["No certificate", "This command needs one: fill in Certificate and send again."],
  30003: ["Certificate not valid", "It must be for this app, this level and this version, be valid today, and come from a trusted authority."],
  30004: ["No such command", "This host does not know the name."],
  30005: ["Not found", "What was asked for is not there."],
  30006: ["Unknown chain", "CocoPay does not know the chain."],
  30007: ["Download failed", "Or it gave way to a newer one."],
  30010: ["Too large", "Send less."],
  30011: ["Timed out", "Nobody answered in time."],
  30100: ["Failed", "Something went wrong, or the user refused."],
};

/**
 * A command without a form: reserved, unknown here, or offered by a host that is newer than this app.
 * @param {string} cmd
 * @param {number} level
 * @param {string} group
 * @returns {Command}
 */
export function plain(cmd, level, group) {
  const about = group === "Reserved" ? "A reserved name. Every host answers it with 30004." : "This host offers it; this app has no form for it.";
  const fields = group === "Reserved" ? [] : [{ name: "", label: "data", kind: "json", value: "{}", hint: "The parameters as JSON." }];
  return { cmd, group, level, about, gives: group === "Reserved" ? "30004" : "unknown", fields };
}
