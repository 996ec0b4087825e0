import assert from "node:assert/strict";
import { test } from "node:test";
import { certificateIn, dataOf, describeCertificate, FieldError, newId, requestOf, snippetOf } from "../package/js/request.js";

const field = (kind, more) => ({ name: "a", label: "A", kind, ...more });
const read = (kind, text, more) => dataOf([field(kind, more)], { a: text });

test("text is taken as it is, and left out where it is optional and empty", () => {
  assert.deepEqual(read("text", " x "), { a: " x " });
  assert.deepEqual(read("area", ""), { a: "" });
  assert.deepEqual(read("text", " ", { optional: true }), {});
});

test("a choice gives its option's value, or nothing", () => {
  const options = [{ label: "", value: undefined }, { label: "", value: 1 }];
  assert.deepEqual(read("choice", "0", { options }), {});
  assert.deepEqual(read("choice", "1", { options }), { a: 1 });
});

test("lists, pairs and JSON are read", () => {
  assert.deepEqual(read("list", " ETH , ,BSC"), { a: ["ETH", "BSC"] });
  assert.deepEqual(read("pairs", "X-Key: a:b\n\nB:"), { a: [{ key: "X-Key", value: "a:b" }, { key: "B", value: "" }] });
  assert.deepEqual(read("json", "null"), { a: null });
});

test("what cannot be read names its field", () => {
  assert.throws(() => read("json", "{"), (error) => error instanceof FieldError && error.field === "a");
  assert.throws(() => read("pairs", "no colon"), FieldError);
});

test("names with dots nest, an empty name is all of data", () => {
  const fields = [field("text", { name: "content.url" }), field("json", { name: "content.data" })];
  assert.deepEqual(dataOf(fields, { "content.url": "/", "content.data": "[1]" }), { content: { url: "/", data: [1] } });
  assert.deepEqual(dataOf([field("json", { name: "" })], { "": "[2]" }), [2]);
  assert.equal(dataOf([], {}), undefined);
});

test("a request has its parameters in data or beside it", () => {
  const sign = { content: "{}", signature: "s" };
  assert.deepEqual(requestOf({ cmd: "c", data: { a: 1 }, sign, messageId: 5, shape: "data" }), { cmd: "c", data: { a: 1 }, sign, messageId: 5 });
  assert.deepEqual(requestOf({ cmd: "c", data: { a: 1 }, shape: "top" }), { cmd: "c", a: 1 });
  assert.deepEqual(requestOf({ cmd: "c", data: [1], shape: "top" }), { cmd: "c", data: [1] });
  assert.deepEqual(requestOf({ cmd: "c", data: undefined, shape: "data" }), { cmd: "c" });
});

test("ids are never the same twice", () => {
  const ids = Array.from({ length: 50 }, () => newId("number"));
  assert.equal(new Set(ids).size, 50);
  assert.equal(typeof newId("uuid"), "string");
  assert.equal(newId("none"), undefined);
});

test("a certificate is found in what was pasted, and says what it is", () => {
  const content = '{"level":8,"address":"1a","notAfter":1800000000000,"issuer":"1b"}';
  assert.deepEqual(certificateIn(JSON.stringify({ content, signature: "s", more: 1 })), { content, signature: "s" });
  assert.equal(certificateIn(content), null);
  assert.equal(certificateIn("no JSON"), null);
  assert.equal(describeCertificate(content), "Level 8, for 1a, until 2027-01-15, by 1b");
  assert.equal(describeCertificate(" "), "");
  assert.match(describeCertificate("{"), /not JSON/);
});

test("the shown code is JavaScript that sends the request", () => {
  const code = snippetOf({ cmd: "readFile", data: { path: 'a": b', "Content-Type": "x" }, messageId: 5 });
  const sent = [];
  class MessageHandler {
    sendMessageToParent(cmd, payload) {
      sent.push({ cmd, ...payload });
    }
  }
  new Function("MessageHandler", code.replace(/^import.*$/m, ""))(MessageHandler);
  assert.deepEqual(sent.map(({ cmd, data }) => ({ cmd, data })), [{ cmd: "readFile", data: { path: 'a": b', "Content-Type": "x" } }]);
  assert.equal(typeof sent[0].messageId, "number");
});
