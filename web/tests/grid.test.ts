import { describe, expect, it } from "vitest";
import { step } from "../src/grid";

// Eight tiles in rows of three: 0 1 2 / 3 4 5 / 6 7
const at = (key: string, from: number, rightToLeft = false) => step(key, from, 8, 3, rightToLeft);

describe("keys in the grid", () => {
  it("go along the row and on to the next", () => {
    expect(at("ArrowRight", 2)).toBe(3);
    expect(at("ArrowLeft", 3)).toBe(2);
  });

  it("go the other way where text runs from right to left", () => {
    expect(at("ArrowLeft", 2, true)).toBe(3);
    expect(at("ArrowRight", 3, true)).toBe(2);
  });

  it("go up and down the column", () => {
    expect(at("ArrowDown", 1)).toBe(4);
    expect(at("ArrowUp", 4)).toBe(1);
  });

  it("end at the last tile above a short row", () => {
    expect(at("ArrowDown", 5)).toBe(7);
  });

  it("stop at the edges", () => {
    expect(at("ArrowLeft", 0)).toBeNull();
    expect(at("ArrowRight", 7)).toBeNull();
    expect(at("ArrowUp", 2)).toBeNull();
    expect(at("ArrowDown", 6)).toBeNull();
    expect(at("ArrowDown", 7)).toBeNull();
  });

  it("jump to the ends", () => {
    expect(at("Home", 5)).toBe(0);
    expect(at("End", 1)).toBe(7);
  });

  it("leave every other key alone", () => {
    expect(at("Enter", 1)).toBeNull();
  });
});
