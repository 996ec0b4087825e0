// From the text in a form's controls to the request that travels. Without the page, so that it can be tested alone.

/** A control whose text cannot be what its parameter needs. */
export class FieldError extends Error {
  /**
   * @param {string} field name of the field
   * @param {string} message
   */
  constructor(field, message) {
    super(message);
    this.field = field;
  }
}

/**
 * The parameters that a form says.
 *
 * @param {import("./catalog.js").Field[]} fields
 * @param {Record<string, string>} values text of each control, of a choice the index of its option
 * @returns {unknown} `data`; undefined when the command has no parameters
 * @throws {FieldError}
 */
export function dataOf(fields, values) {
  if (fields.length === 0) return undefined;
  const data = {};
  for (const field of fields) {
    const value = valueOf(field, values[field.name] ?? "");
    if (field.name === "") return value;
    if (value !== undefined) put(data, field.name.split("."), value);
  }
  return data;
}

function put(target, [key, ...rest], value) {
  if (rest.length === 0) target[key] = value;
  else put((target[key] ??= {}), rest, value);
}

function valueOf(field, text) {
  if (field.kind === "choice") return field.options[Number(text) || 0]?.value;
  if (field.optional && text.trim() === "") return undefined;
  if (field.kind === "list") return text.split(",").map((word) => word.trim()).filter((word) => word !== "");
  if (field.kind === "pairs") return pairs(field, text);
  if (field.kind === "json") return json(field, text);
  return text;
}

function json(field, text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FieldError(field.name, `Not JSON: ${error.message}`);
  }
}

function pairs(field, text) {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const at = line.indexOf(":");
    if (at < 1) throw new FieldError(field.name, `“${line}” is not “key: value”.`);
    return { key: line.slice(0, at).trim(), value: line.slice(at + 1).trim() };
  });
}

let lastId = 0;

/**
 * An id for a request.
 *
 * @param {string} style `number` (the SDK reference: milliseconds), `uuid`, or `none`
 * @returns {number | string | undefined} never the same twice
 */
export function newId(style) {
  if (style === "uuid") return crypto.randomUUID();
  if (style === "none") return undefined;
  return (lastId = Math.max(Date.now(), lastId + 1));
}

/**
 * Puts a request together.
 *
 * @param {object} parts
 * @param {string} parts.cmd
 * @param {unknown} parts.data
 * @param {{content: string, signature: string}} [parts.sign]
 * @param {number | string} [parts.messageId]
 * @param {"data" | "top"} parts.shape whether parameters are in `data` or beside it
 * @returns {Record<string, unknown>}
 */
export function requestOf({ cmd, data, sign, messageId, shape }) {
  const isFlat = shape === "top" && typeof data === "object" && data !== null && !Array.isArray(data);
  const request = { cmd, ...(isFlat ? data : data === undefined ? {} : { data }) };
  if (sign) request.sign = sign;
  if (messageId !== undefined) request.messageId = messageId;
  return request;
}

/**
 * A certificate out of what was pasted: the two parts themselves, or an object that has both.
 *
 * @param {string} text
 * @returns {{content: string, signature: string} | null} null when the text is not such an object
 */
export function certificateIn(text) {
  try {
    const { content, signature } = JSON.parse(text);
    return typeof content === "string" && typeof signature === "string" ? { content, signature } : null;
  } catch {
    return null;
  }
}

/**
 * What a certificate says of itself, for people.
 *
 * @param {string} content its signed text
 * @returns {string} empty when there is none
 */
export function describeCertificate(content) {
  if (content.trim() === "") return "";
  try {
    const { level, address, notAfter, issuer } = JSON.parse(content);
    const until = Number.isFinite(notAfter) ? new Date(notAfter).toISOString().slice(0, 10) : "?";
    return `Level ${level}, for ${address}, until ${until}, by ${issuer}`;
  } catch {
    return "The content is not JSON.";
  }
}

/**
 * The call as a developer writes it.
 *
 * @param {Record<string, unknown>} request
 * @returns {string} JavaScript
 */
export function snippetOf(request) {
  const { cmd, ...payload } = request;
  const shown = JSON.stringify("messageId" in payload ? { ...payload, messageId: "@id" } : payload, shorten, 2);
  const id = typeof request.messageId === "string" ? "crypto.randomUUID()" : "Date.now()";
  const body = shown.replace('"@id"', id).replace(/^(\s*)"([A-Za-z_]\w*)":/gm, "$1$2:");
  return [
    'import { MessageHandler } from "messagehandler-js";',
    "",
    "const messageHandler = new MessageHandler();",
    `messageHandler.sendMessageToParent(${JSON.stringify(cmd)}, ${body}, (answer) => {`,
    "  if (answer.code === 200) console.log(answer.result);",
    "  else console.error(answer.code, answer.message);",
    "});",
  ].join("\n");
}

function shorten(_key, value) {
  return typeof value === "string" && value.length > 2_000 ? `${value.slice(0, 2_000)}…` : value;
}
