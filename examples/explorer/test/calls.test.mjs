// Runs the built app's own modules, because only there the message handler is beside them: build first.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";

const { address } = JSON.parse(readFileSync(new URL("../account.json", import.meta.url), "utf8"));

/** A page that is its own top window; `host`, if there is one, takes what is posted and answers with `receive`. */
class Page extends EventTarget {
  host = null;
  parent = this;
  top = this;

  postMessage(message) {
    const copy = structuredClone(message);
    queueMicrotask(() => (this.host ? this.host(copy) : this.receive(copy)));
  }

  receive(data) {
    this.dispatchEvent(Object.assign(new Event("message"), { data, source: null }));
  }
}

const page = (globalThis.window = new Page());
const { Calls } = await import(`../dist/${address}/js/calls.js`);

let calls;
let posted;
beforeEach(() => {
  posted = [];
  page.host = (request) => void posted.push(request);
  calls = new Calls();
});
const answer = (request, more) => page.receive({ code: 200, cmd: request.cmd, messageId: request.messageId, ...more });
const delivered = () => new Promise(setImmediate);

test("a call is posted as it is and gets its own answer", async () => {
  const { call, settled } = calls.send({ cmd: "a", data: { x: 1 }, messageId: 1 }, "form");
  await delivered();
  assert.deepEqual(posted, [{ cmd: "a", data: { x: 1 }, messageId: 1 }]);
  assert.equal(call.state, "waiting");
  answer(posted[0], { result: "yes" });
  assert.equal((await settled).answer.result, "yes");
  assert.equal(call.state, "answered");
  assert.equal(calls.lastResult("a"), "yes");
});

test("a newer call of the same command and id supersedes the older", async () => {
  const older = calls.send({ cmd: "a" }, "script");
  const newer = calls.send({ cmd: "a" }, "script");
  const other = calls.send({ cmd: "a", messageId: 1 }, "script");
  await delivered();
  answer(posted[1]);
  assert.deepEqual([older, newer, other].map(({ call }) => call.state), ["superseded", "answered", "waiting"]);
});

test("a malformed message gets the answer that nothing else was waiting for", async () => {
  const { call } = calls.send({ cmd: 5 }, "raw");
  await delivered();
  page.receive({ code: 30001, cmd: 5 });
  assert.equal(call.answer.code, 30001);
});

test("what nobody takes comes back", async () => {
  page.host = null;
  const sent = [{ cmd: "a", messageId: 1 }, { cmd: "b", code: 1 }, "text", null].map((value) => calls.send(value, "raw").call);
  await delivered();
  assert.deepEqual(sent.map(({ state }) => state), ["returned", "returned", "returned", "returned"]);
});

test("what cannot be posted fails at once", async () => {
  const { settled } = calls.send({ cmd: "a", data: () => 0 }, "script");
  const { state, error } = await settled;
  assert.equal(state, "failed");
  assert.match(error, /DataCloneError/);
});

test("an answer that nobody asked for is listed, other messages are not", () => {
  page.receive({ code: 200, cmd: "z" });
  page.receive({ hello: "world" });
  page.receive(null);
  assert.deepEqual(calls.list.map(({ cmd, origin }) => [cmd, origin]), [["z", "unasked"]]);
});

test("after stopping, a late answer is still shown", async () => {
  const { call, settled } = calls.send({ cmd: "a", messageId: 9 }, "form");
  await delivered();
  calls.stop(call);
  assert.equal((await settled).state, "stopped");
  answer(posted[0]);
  assert.equal(call.state, "answered");
});
