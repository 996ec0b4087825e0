/** A day in the life of somebody whose messenger is full, by the routes alone. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync, crc32 } from "node:zlib";
import { befriend, type Engine } from "./engines.js";
import { until } from "./wait.js";
import type { World } from "./world.js";

/** The chat with a person or, by 1, with a group. */
const to = (address: string, conversationType: 0 | 1 = 0) => ({ cnd: address, cid: address, conversationType, pub: "" });

/** A message, as far as it is needed here. */
interface Said {
  msg_id: string;
  msg_cry: string;
}

/** A contact, as far as it is needed here. */
interface Known {
  c_nd_add: string;
  c_nic: string;
  c_pub_curve: string;
}

/** Fills the messenger of somebody new with contacts, a bot, a group, a request, a favourite and every kind of message; gives their engine. */
export async function fullMessenger(world: World, files: string, bot: { url: string; secret: string }): Promise<Engine> {
  const names = ["Anna Lindqvist", "Bert", "كارلا الحداد", "Donaudampfschifffahrtskapitänin Dilek"];
  const [anna, bert, carla, dilek] = (await Promise.all(names.map((name) => world.person(name)))) as [Engine, Engine, Engine, Engine];
  await befriend(anna, bert);
  await befriend(anna, carla);
  await dilek.get("contact", "addFriend", { nodeId: await anna.address(), content: "We met on the ferry to Turku." });
  await anna.get("contact", "addFriend", { nodeId: bot.url, content: bot.secret });
  await talk(anna, bert, files);
  await group(anna);
  await until("the request has come", async () => (await anna.get<unknown[]>("contact", "getApplyList")).length > 0);
  return anna;
}

async function talk(anna: Engine, bert: Engine, files: string): Promise<void> {
  const [annas, berts] = [to(await anna.address()), to(await bert.address())];
  const say = async (engine: Engine, where: object, text: string) => {
    const [said] = await engine.get<[Said]>("chat", "sendTextMessage", { ...where, text });
    return said;
  };
  await say(anna, berts, "Good morning! The boat leaves at nine, from the other pier: https://example.org/harbour");
  await say(bert, annas, "صباح الخير، سأكون هناك قبل التاسعة.");
  const message = await heard(anna, await say(bert, annas, "Shall I bring the long lens? 📷"));
  const answer = "Yes please, and the Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsmütze.";
  await anna.get("chat", "sendQuoteMessage", { ...berts, message, text: answer });
  const file = (name: string, content: Buffer) => {
    writeFileSync(join(files, name), content);
    return join(files, name);
  };
  await bert.get("chat", "sendImageMessage", { ...annas, filePath: file("pier.png", gradient(640, 420)) });
  await anna.get("chat", "sendFileMessage", { ...berts, filePath: file("Timetable of all ferries in the archipelago, summer and winter.pdf", randomBytes(180_000)) });
  const wave = Buffer.from(Array.from({ length: 64 }, (_, bar) => Math.round(255 * Math.abs(Math.sin(bar / 5)))));
  await bert.get("chat", "sendAudioMessage", { ...annas, filePath: file("voice.wav", tone(3)), second: 3, wavePath: file("wave", wave) });
  const last = await heard(anna, await say(bert, annas, "See you at the pier!"));
  await anna.get("user", "addFavorite", { msgId: last.msg_id, type: 1, origin: "Bert", msgContent: last.msg_cry, originNdAdd: await bert.address(), originType: 0 });
}

/** Waits until a message has come; gives it as it is there. */
async function heard(engine: Engine, { msg_id }: Said): Promise<Said> {
  const ask = () => engine.ask("chat", "getMessageByIdChat", { messageId: msg_id });
  await until("a message comes", async () => (await ask()).code === 200);
  return (await ask()).data as Said;
}

async function group(anna: Engine): Promise<void> {
  const people = (await anna.get<Known[]>("contact", "getContacts")).filter(({ c_pub_curve }) => c_pub_curve !== "");
  const itemList = people.map(({ c_nd_add, c_nic, c_pub_curve }) => ({ cId: c_nd_add, cPfpId: -1, cPfpUrl: "", cNic: c_nic, cNdAdd: c_nd_add, cPs: "", cPubCurve: c_pub_curve }));
  const { g_id } = await anna.get<{ g_id: string }>("group", "createGroup", { groupName: "Island hikers, summer and winter", itemList });
  await anna.get("sync", "updateGroupInfo", { gId: g_id, type: 9, editContent: "We meet on Saturday at nine, at the eastern pier. Bring water, a map and good boots; whoever is late waits for the next boat." });
  await anna.get("chat", "sendTextMessage", { ...to(g_id, 1), text: "@Bert who has the tent?" });
  await anna.get("chat", "sendTextMessage", { ...to(g_id, 1), text: "cococat://app/1BoatSLRHtKNngkdXEeobR76b53LETtpyT?name=Timetable+of+boats&start=saturday" });
}

/** A picture whose colours run from one corner to the other, as PNG. */
function gradient(width: number, height: number): Buffer {
  const rows = Buffer.concat(Array.from({ length: height }, (_, y) => Buffer.concat([Buffer.of(0), Buffer.from(Array.from({ length: width }, (_none, x) => [70 + (x * 120) / width, 130 + (y * 90) / height, 210 - (x * 60) / width].map(Math.round)).flat())])));
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

/** A tone of some seconds that swells and ebbs, as WAV. */
function tone(seconds: number): Buffer {
  const rate = 8000;
  const head = Buffer.from("524946460000000057415645666d7420100000000100010000000000000000000200100064617461", "hex");
  const sound = Buffer.alloc(seconds * rate * 2);
  for (let at = 0; at < seconds * rate; at += 1) sound.writeInt16LE(Math.round(9000 * Math.sin(at / 5) * Math.abs(Math.sin(at / 2600))), at * 2);
  const full = Buffer.concat([head, Buffer.alloc(4), sound]);
  full.writeUInt32LE(full.length - 8, 4);
  full.writeUInt32LE(rate, 24);
  full.writeUInt32LE(rate * 2, 28);
  full.writeUInt32LE(sound.length, 40);
  return full;
}
