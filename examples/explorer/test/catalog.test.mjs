import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { commands, reserved } from "../package/js/catalog.js";
import { address } from "../package/js/app.js";
import { dataOf } from "../package/js/request.js";
import { levels } from "../../../messagehandler-js/dist/esm/index.js";

test("there is a form for each command of the message handler, at its level", () => {
  assert.deepEqual(Object.fromEntries(commands.map(({ cmd, level }) => [cmd, level]).sort()), Object.fromEntries(Object.entries(levels).sort()));
  assert.equal(reserved.length, 17);
});

test("every form is filled with values that can be sent, by every example", async () => {
  for (const { cmd, fields, examples = [] } of commands) {
    const initial = Object.fromEntries(fields.map(({ name, value }) => [name, value ?? ""]));
    dataOf(fields, initial);
    for (const { name, values } of examples) {
      assert.deepEqual(Object.keys(values).filter((key) => !(key in initial)), [], `${cmd}, ${name}`);
      // Those that read the app's own files need its page.
      const texts = Object.entries(values).filter(([, value]) => !String(value).includes("own("));
      const filled = texts.map(([key, value]) => [key, typeof value === "function" ? value() : value]);
      JSON.stringify(dataOf(fields, { ...initial, ...Object.fromEntries(filled) }));
    }
  }
});

test("examples at a limit are exactly there", () => {
  const valueOf = (cmd, name) => {
    const command = commands.find((each) => each.cmd === cmd);
    const [field, value] = Object.entries(command.examples.find((each) => each.name === name).values)[0];
    return dataOf(command.fields, { [field]: value() })[field];
  };
  assert.equal(JSON.stringify(valueOf("setExtendedData", "Largest")).length, 1_048_576);
  assert.equal(JSON.stringify(valueOf("setExtendedData", "Too large")).length, 1_048_577);
  assert.equal(valueOf("openURL", "Too long").length, 2_001);
});

test("the address is that of the key that signs", () => {
  const account = JSON.parse(readFileSync(new URL("../account.json", import.meta.url), "utf8"));
  assert.equal(address, account.address);
});
