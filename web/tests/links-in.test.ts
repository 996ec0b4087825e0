import encodeQR from "qr";
import { expect, it } from "vitest";
import { leadOf, linkTo, linkToApp, linkToGroup } from "../src/links-in";
import { readPixels } from "../src/qr/read";

const PERSON = "5nxG3rUY1rNtGdRZ7gZ1WgEJGKcnqTEWc4Trb7ZwbBfe";
const APP = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT";

it("knows people and apps by links, and people by their bare address", () => {
  expect(leadOf(` ${PERSON}\n`)).toEqual({ kind: "person", address: PERSON });
  expect(leadOf(linkTo(PERSON))).toEqual({ kind: "person", address: PERSON });
  expect(leadOf(`cococat://app/${APP}`)).toEqual({ kind: "app", address: APP, name: "", start: null });
  expect(leadOf(`cococat://app/${APP}?start=a%26b`)).toEqual({ kind: "app", address: APP, name: "", start: "a&b" });
  expect(leadOf(linkToApp(APP, "Möhren & Co"))).toEqual({ kind: "app", address: APP, name: "Möhren & Co", start: null });
});

it("knows groups by links that name who leads them", () => {
  const group = { id: PERSON, name: "Hikers & friends", approval: true, leaders: [PERSON] };
  expect(leadOf(linkToGroup(group))).toEqual({ kind: "group", ...group });
  expect(leadOf(linkToGroup({ ...group, leaders: Array.from({ length: 9 }, () => PERSON) }))).toMatchObject({ leaders: { length: 4 } });
  for (const wrong of [`cococat://group/${PERSON}`, `cococat://group/${PERSON}?lead=x`, `cococat://group/x?lead=${PERSON}`]) expect(leadOf(wrong)).toBeNull();
});

it.each(["", "cococat:", "cococat://add/", `cococat://add/${PERSON}/x`, `cococat://join/${PERSON}`, `https://add/${PERSON}`, `${PERSON}0`, "javascript:alert(1)", `cococat://app/${"1".repeat(9000)}`])("knows nothing else: %s", (text) => {
  expect(leadOf(text)).toBeNull();
});

it("reads a code that it could have made, and none where there is none", () => {
  const rows = encodeQR(linkTo(PERSON), "raw", { ecc: "medium", border: 3, scale: 4 });
  const data = Uint8ClampedArray.from(rows.flat().flatMap((dark) => (dark ? [0, 0, 0, 255] : [255, 255, 255, 255])));
  const picture = { width: rows.length, height: rows.length, data } as unknown as ImageData;
  expect(readPixels(picture)).toBe(linkTo(PERSON));
  expect(readPixels({ ...picture, data: new Uint8ClampedArray(data.length).fill(255) } as ImageData)).toBeNull();
});
