/** A network of its own for a program, in which every packet is seen. */
import { createConnection } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const HELPERS = fileURLToPath(new URL("../namespace", import.meta.url));

/** One packet that left; on the loopback interface TCP is listed by its first packet only. */
export interface Packet {
  interface: string;
  protocol: string;
  to?: string;
  fromPort?: number;
  port?: number;
  /** The name that was asked for, when this is a question for one. */
  name?: string;
}

export interface Look {
  packets: Packet[];
  /** Connections and datagrams at the servers that nobody has a reason to call. */
  canaries: { kind: string; head: string }[];
  /** Names of the processes that run. */
  programs: string[];
  /** Ports by which the driver and the program talk to each other. */
  driving: number[];
}

const PROXIES = ["http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"].flatMap((name) => ["-u", name, "-u", name.toUpperCase()]);

export class Namespace {
  private readonly control: string;

  /** One that will be made in a folder, by running a command behind the words of `wrap`. */
  constructor(folder: string) {
    this.control = join(folder, "control");
  }

  get wrap(): string[] {
    return ["env", ...PROXIES, "python3", "-B", join(HELPERS, "enter.py"), this.control];
  }

  /** What was seen until now. */
  look(): Promise<Look> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(this.control, () => socket.write("look\n"));
      socket.once("error", reject);
      const lines = createInterface(socket);
      lines.once("line", (line) => {
        socket.destroy();
        resolve(JSON.parse(line) as Look);
      });
      lines.once("close", () => reject(new Error("the namespace ended without an answer")));
    });
  }
}

/** The packets that are neither the driver's nor the kernel's own. */
export function leaks({ packets, driving }: Look): Packet[] {
  const steers = (port: number | undefined) => port !== undefined && driving.includes(port);
  return packets.filter((packet) =>
    packet.interface === "lo" ? !(packet.protocol === "tcp" && (steers(packet.port) || steers(packet.fromPort))) : packet.protocol !== "icmp6 of the kernel",
  );
}

/** Where leaks went, each once: `name X`, `tcp ADDRESS PORT`, `canary HEAD`. */
export function destinations(look: Look): string[] {
  const packets = leaks(look).map(({ protocol, to, port, name }) => (name === undefined ? [protocol, to, port].filter((part) => part !== undefined).join(" ") : `name ${name}`));
  return [...new Set([...packets, ...look.canaries.map(({ kind, head }) => `canary ${kind} ${head}`)])].sort();
}
