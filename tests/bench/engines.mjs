/** What an engine without a window costs: to start, to be connected, to be there, and to come back after its node was cut off. */
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { Lines } from "./lib/lines.mjs";
import { settledMemoryOf } from "./lib/memory.mjs";
import { conditions, measurement } from "./lib/session.mjs";
import { median, mib, ms, spread } from "./lib/statistics.mjs";
import { printTable } from "./lib/table.mjs";

const rounds = 7;
const cut = 45_000;


/** A program of `coco` that says in a line of JSON that it is ready. */
async function start(program, args, atEnd) {
  const begin = performance.now();
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  atEnd(async () => child.kill("SIGKILL"));
  const ready = await new Lines(child).next(`coco ${args[0]}`, () => true);
  return { child, ready, begin, took: performance.now() - begin };
}

/** Calls a route of an engine. */
async function ask({ ready }, module, method, body = {}) {
  const response = await fetch(`${ready.http}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${ready.token}` },
    body: JSON.stringify({ __SERVER_ROUTE_MODULE: module, __SERVER_ROUTE_METHOD: method, ...body }),
  });
  const answer = await response.json();
  if (answer.code !== 200) throw new Error(`${method}: ${answer.code} ${answer.message}`);
  return answer.data;
}

async function until(what, condition) {
  const begin = performance.now();
  while (!await condition()) {
    if (performance.now() - begin > 120_000) throw new Error(`it did not come to pass: ${what}`);
    await pause(5);
  }
}

const enter = (engine) => ask(engine, "login", "exportLogin", { loginType: "text" });
const connected = async (engine) => (await ask(engine, "user", "connectionState")).value === 1;

async function befriend(one, other) {
  const address = async (engine) => (await ask(engine, "user", "getUserSingleInfo")).u_nd_add;
  const [first, second] = [await address(one), await address(other)];
  await ask(one, "contact", "addFriend", { nodeId: second, content: "hello", remark: "" });
  await until("the request arrives", async () => (await ask(other, "contact", "getApplyList")).length > 0);
  await ask(other, "contact", "agreeApplySync", { nodeId: first, remark: "" });
  await until("they are friends", async () => (await ask(one, "contact", "isFriend", { nodeId: second })).status);
  return [first, second];
}

await measurement(async ({ programs, folder, atEnd }) => {
  const node = await start(programs.coco, ["node", "--data", folder()], atEnd);
  const args = (data) => ["engine", "--data", data, "--no-nearby", "--peer", "127.0.0.1:0", "--node", node.ready.ticket];
  const data = folder();
  const first = await start(programs.coco, args(data), atEnd);
  const empty = await settledMemoryOf(first.child.pid);
  await ask(first, "login", "register", { type: "text" });
  first.child.kill("SIGTERM");
  await new Promise((resolve) => first.child.once("exit", resolve));

  const [ready, online] = [[], []];
  let engine;
  for (let round = 0; round < rounds; round += 1) {
    engine = await start(programs.coco, args(data), atEnd);
    ready.push(engine.took);
    await enter(engine);
    await until("there is a connection", () => connected(engine));
    online.push(performance.now() - engine.begin);
    if (round < rounds - 1) {
      engine.child.kill("SIGTERM");
      await new Promise((resolve) => engine.child.once("exit", resolve));
    }
  }
  const idle = await settledMemoryOf(engine.child.pid);

  const other = await start(programs.coco, args(folder()), atEnd);
  await ask(other, "login", "register", { type: "text" });
  await enter(other);
  await befriend(engine, other);
  // Everything goes over the node from here on: the other is stopped while the text is written.
  const there = await ask(other, "user", "getUserSingleInfo");
  node.child.kill("SIGSTOP");
  await pause(cut);
  const begin = performance.now();
  node.child.kill("SIGCONT");
  await until("there is a connection again", () => connected(engine));
  await until("both are back", () => connected(other));
  const back = performance.now() - begin;
  await ask(engine, "chat", "sendTextMessage", {
    cnd: there.u_nd_add, cid: there.u_nd_add, conversationType: 0, pub: "", text: "again",
  });
  const sent = performance.now();
  await until("the text arrives", async () => (await ask(other, "chat", "getUnreadMessageCount")).value > 0);
  printTable("An engine without a window", [
    `Starts: ${rounds}, of an anonymous account that a node on this computer serves. Memory: proportional set size when it stands still.`,
    `The node is stopped for ${cut / 1000} s; both engines are connected to it again after the time that is shown.`,
    conditions(),
  ], [
    { figure: "start to connected (least – greatest)", ours: spread(online, ms(0)), peer: spread(ready, ms(0)), ratio: median(online) / median(ready) },
    { figure: "memory, logged in and connected", ours: mib(idle), peer: mib(empty), ratio: idle / empty },
    { figure: `connected again after ${cut / 1000} s`, ours: ms(0)(back) },
    { figure: "a text right after that", ours: ms(0)(performance.now() - sent) },
  ], ["engine", "without login"]);
});
