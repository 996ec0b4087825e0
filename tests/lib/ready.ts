/** Programs that say in one line of JSON that they are ready, and are killed without warning. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ended } from "./display.js";

/** How long a program may take until it is ready, ms. */
const PATIENCE = 90_000;

/** How much of what it said is told when it failed, in lines. */
const LAST_WORDS = 20;

export interface Running<Ready> {
  /** The members of its line. */
  ready: Ready;
  /** What it said last. */
  words: () => string;
  /** Kills it, as `kill -9` does, and waits until it is gone. */
  kill: () => Promise<void>;
}

/** Starts a program and waits for its line. The kernel kills it should this process die. */
export async function startReady<Ready>(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<Running<Ready>> {
  const child = spawn("setpriv", ["--pdeathsig", "KILL", program, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  createInterface(child.stderr).on("line", (line) => said.splice(0, said.push(line) - LAST_WORDS));
  const words = () => said.join("\n");
  const kill = () => ended(child, "SIGKILL");
  let timer: NodeJS.Timeout | undefined;
  try {
    const line = await new Promise<string>((resolve, reject) => {
      createInterface(child.stdout).once("line", resolve);
      child.once("error", reject);
      child.once("close", (code) => reject(new Error(`it ended with ${code}`)));
      timer = setTimeout(() => reject(new Error("it does not say that it is ready")), PATIENCE);
    });
    return { ready: JSON.parse(line) as Ready, words, kill };
  } catch (error) {
    if (child.pid !== undefined) await kill();
    throw new Error(`${program} ${args[0] ?? ""}: ${String(error)}\n${words()}`);
  } finally {
    clearTimeout(timer);
  }
}
