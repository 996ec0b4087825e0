import encodeQR from "qr";
import { expect, it } from "vitest";
import { leadOf, linkTo } from "../src/links-in";
import { readPixels } from "../src/qr/read";

const PERSON = "5nxG3rUY1rNtGdRZ7gZ1WgEJGKcnqTEWc4Trb7ZwbBfe";
const APP = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT";

it("knows people and apps by links, and people by their bare address", () => {
  expect(leadOf(` ${PERSON}\n`)).toEqual({ kind: "person", address: PERSON });
  expect(leadOf(linkTo(PERSON))).toEqual({ kind: "person", address: PERSON });
  expect(leadOf(`cococat://app/${APP}`)).toEqual({ kind: "app", address: APP, start: null });
  expect(leadOf(`cococat://app/${APP}?start=a%26b`)).toEqual({ kind: "app", address: APP, start: "a&b" });
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
