/** The watch itself: whatever leaves is seen. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ended } from "../lib/display.js";
import { folder } from "../lib/paths.js";
import { destinations, HELPERS, Namespace } from "./lib/namespace.js";
import { CANARY_TCP, CANARY_UDP } from "./lib/targets.js";

it("sees names asked, TCP, UDP and ICMP on every interface, and every call of a canary", async () => {
  const work = folder();
  const namespace = new Namespace(work.path);
  const [command, ...words] = [...namespace.wrap, "python3", "-B", join(HELPERS, "probe.py"), "--port=0"];
  const probe = spawn(command as string, words, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await new Promise<void>((resolve, reject) => {
      createInterface(probe.stdout).once("line", () => resolve());
      probe.once("exit", () => reject(new Error("the namespace could not be made")));
    });
    expect(destinations(await namespace.look())).toEqual([
      "canary tcp GET /probe HTTP/1.1",
      "canary udp probe",
      "icmp 10.99.2.1",
      "name probe.leak.example",
      "tcp 10.99.2.1 20001",
      "tcp 127.0.0.1 1",
      `tcp 127.0.0.1 ${CANARY_TCP}`,
      `tcp ::1 ${CANARY_TCP}`,
      "tcp fd77::1 20002",
      "udp 10.99.2.1 20003",
      `udp 127.0.0.1 ${CANARY_UDP}`,
    ]);
  } finally {
    await ended(probe, "SIGTERM");
    work.remove();
  }
});
