/** One text to a group of 200 engines in one program, beside a request of its size to as many endpoints. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { programPath } from "../../tools/lib/prepare.mjs";
import { conditions } from "./lib/session.mjs";
import { ms } from "./lib/statistics.mjs";
import { printTable } from "./lib/table.mjs";

const size = 200;

const program = process.env.NETWORK_BENCH ?? programPath("examples/network_bench", "release");
if (!existsSync(program)) {
  console.error(`${program}: not built; \`npm run bench\` builds what is measured`);
  process.exit(1);
}
const note = conditions();
const found = JSON.parse(execFileSync(program, ["group", String(size)], { encoding: "utf8" }).trim());
const time = (microseconds) => ms(0)(microseconds / 1000);
printTable(`A group of ${size}`, [
  "From the call of the route until the last of the members' engines has told its event; median of 10. All engines share this computer, and each writes to a database of its own.",
  note,
], [
  { figure: "text", ours: time(found.text_us), peer: time(found.bare_us), ratio: found.ratio },
], ["engines", "bare"]);
